// Uploads that come in pieces.
#include "chat/files_fixture.h"

namespace homing::chat {
namespace {

TEST_F(FilesTest, AnUploadInPiecesBecomesAFile) {
  auto begun = run(uploads_->begin(kAna, 10, "a/long.txt", "text/plain"));
  ASSERT_TRUE(begun);
  {
    auto writer = run(uploads_->resume(kAna, begun->id, 0));
    ASSERT_TRUE(run((*writer)->write("01234")));
    ASSERT_TRUE(run((*writer)->sync()));
    EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 5))), Code::conflict) << "another request writes";
    EXPECT_EQ(code(run(uploads_->complete(kAna, begun->id, std::move(*writer), Metadata::keep))), Code::conflict);
  }
  EXPECT_EQ(run(uploads_->state(kAna, begun->id))->offset, 5u);
  EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 4))), Code::conflict);
  EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 11))), Code::conflict);
  EXPECT_EQ(code(run(uploads_->state(kBen, begun->id))), Code::not_found);
  EXPECT_EQ(code(run(uploads_->resume(kBen, begun->id, 5))), Code::not_found);
  EXPECT_EQ(code(run(uploads_->abandon(kBen, begun->id))), Code::not_found);

  auto writer = run(uploads_->resume(kAna, begun->id, 5));
  EXPECT_EQ(code(run((*writer)->write("567890"))), Code::media_too_big);
  ASSERT_TRUE(run((*writer)->write("56789")));
  auto file = run(uploads_->complete(kAna, begun->id, std::move(*writer), Metadata::keep));

  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "long.txt");
  EXPECT_EQ(run(run(files_->open(kAna, file->id))->blob->read(0, 20)), "0123456789");
  EXPECT_EQ(run(uploads_->state(kAna, begun->id))->upload.file, file->id) << "for who did not hear the answer";
  EXPECT_EQ(run(uploads_->state(kAna, begun->id))->offset, 10u);
  EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 10))), Code::conflict);
  EXPECT_TRUE(blob_disk_.uploads.empty());
  ASSERT_TRUE(run(uploads_->abandon(kAna, begun->id)));
  EXPECT_EQ(code(run(uploads_->state(kAna, begun->id))), Code::not_found);
  EXPECT_TRUE(run(files_->find(kAna, file->id))) << "the file stays";
}

TEST_F(FilesTest, OpenUploadsCountForTheQuotaAndAreFew) {
  restart({.account_bytes = 100});
  auto first = run(uploads_->begin(kAna, 60, "", ""));
  ASSERT_TRUE(first);
  EXPECT_EQ(code(run(uploads_->begin(kAna, 41, "", ""))), Code::quota_exceeded);
  ASSERT_TRUE(run(uploads_->abandon(kAna, first->id)));
  for (std::size_t i = 0; i < limits::kUploadsOpenMax; ++i) ASSERT_TRUE(run(uploads_->begin(kAna, 1, "", "")));
  EXPECT_EQ(code(run(uploads_->begin(kAna, 1, "", ""))), Code::rate_limited);
}

TEST_F(FilesTest, UploadsThatAreNeverCompletedGo) {
  auto begun = run(uploads_->begin(kAna, 10, "", ""));
  ASSERT_TRUE(run((*run(uploads_->resume(kAna, begun->id, 0)))->write("01234")));
  run(uploads_->begin(kAna, 10, "", ""));
  blob_disk_.uploads["stray"] = "pieces without a record";
  EXPECT_EQ(sweep(Sweep::dry).uploads, 1u);
  EXPECT_EQ(sweep().uploads, 1u);

  clock_.pass(hours(24));

  EXPECT_EQ(sweep().uploads, 2u);
  EXPECT_TRUE(blob_disk_.uploads.empty());
  EXPECT_TRUE(disk_.records.empty());
}

}  // namespace
}  // namespace homing::chat
