// Uploads that come in pieces.
#include <boost/asio/detached.hpp>

#include "chat/files_fixture.h"

namespace homing::chat {
namespace {

// What a second request sees and does while the first one is being completed.
struct Second {
  std::uint64_t offset = 0;
  Code resume_at_start{}, resume_at_end{}, abandon{};
  std::uint64_t swept = 0;
};
Task<void> intrude(Uploads& uploads, Files& files, std::string id, Second& second) {
  auto state = co_await uploads.state(kAna, id);
  if (state) second.offset = state->offset;
  auto from_start = co_await uploads.resume(kAna, id, 0);
  if (!from_start) second.resume_at_start = from_start.error().code;
  auto from_end = co_await uploads.resume(kAna, id, 5);
  if (!from_end) second.resume_at_end = from_end.error().code;
  auto abandoned = co_await uploads.abandon(kAna, id);
  if (!abandoned) second.abandon = abandoned.error().code;
  auto step = co_await files.sweep("b", Sweep::real);
  if (step) second.swept = step->swept.blobs;
}

TEST_F(FilesTest, AnUploadInPiecesBecomesAFile) {
  auto begun = run(uploads_->begin(kAna, 10, "a/long.txt", "text/plain"));
  ASSERT_TRUE(begun);
  {
    auto writer = run(uploads_->resume(kAna, begun->id, 0));
    ASSERT_TRUE(run((*writer)->write("01234")));
    ASSERT_TRUE(run((*writer)->sync()));
    EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 5))), Code::conflict) << "another request writes";
    EXPECT_EQ(code(run(uploads_->complete(kAna, begun->id, std::move(*writer)))), Code::conflict);
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
  auto file = run(uploads_->complete(kAna, begun->id, std::move(*writer)));

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

TEST_F(FilesTest, AnUploadInPiecesRemembersThatItsMetadataIsToGo) {
  auto begun = run(uploads_->begin(kAna, 5, "a.jpg", "image/jpeg", Metadata::strip));
  restart({});
  auto writer = run(uploads_->resume(kAna, begun->id, 0));
  ASSERT_TRUE(run((*writer)->write("01234")));
  auto file = run(uploads_->complete(kAna, begun->id, std::move(*writer)));
  ASSERT_TRUE(file);
  EXPECT_EQ(run(run(files_->open(kAna, file->id))->blob->read(0, 20)), "plain") << "as it was rewritten";
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

Task<void> begin_one(Uploads& uploads, std::size_t& begun, std::size_t& refused) {
  auto upload = co_await uploads.begin(kAna, 1, "", "");
  ++(upload ? begun : refused);
}

TEST_F(FilesTest, ManyThatBeginAtOneMomentAreAsManyAsMayBeOpen) {
  MemoryFaults interleave;
  interleave.interleave = true;
  MemoryStore store{disk_, clock_, std::move(interleave)};
  Uploads uploads{*files_, store.shelf(), blobs_, clock_, random_};
  std::size_t begun = 0, refused = 0;
  for (std::size_t i = 0; i < limits::kUploadsOpenMax + 5; ++i) {
    boost::asio::co_spawn(io_, begin_one(uploads, begun, refused), boost::asio::detached);
  }
  io_.restart();
  io_.run();
  EXPECT_EQ(begun, limits::kUploadsOpenMax);
  EXPECT_EQ(refused, 5u);
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

TEST_F(FilesTest, AfterAPassingErrorACompleteUploadStaysAndIsCompletedWithoutItsBytes) {
  for (Code passing : {Code::unavailable, Code::shutting_down, Code::conflict, Code::read_only}) {
    auto begun = run(uploads_->begin(kAna, 5, "a.txt", "text/plain"));
    auto writer = run(uploads_->resume(kAna, begun->id, 0));
    ASSERT_TRUE(run((*writer)->write("01234")));
    inspector_.refusal = passing;
    ASSERT_EQ(code(run(uploads_->complete(kAna, begun->id, std::move(*writer)))), passing);

    EXPECT_EQ(sweep().blobs, 0u);
    auto state = run(uploads_->state(kAna, begun->id));
    ASSERT_TRUE(state);
    EXPECT_EQ(state->offset, 5u);
    EXPECT_TRUE(state->upload.file.empty());
    EXPECT_EQ(code(run(uploads_->resume(kAna, begun->id, 0))), Code::conflict);

    inspector_.refusal.reset();
    auto again = run(uploads_->resume(kAna, begun->id, 5));
    ASSERT_TRUE(again);
    EXPECT_EQ(code(run((*again)->write("5"))), Code::media_too_big);
    auto file = run(uploads_->complete(kAna, begun->id, std::move(*again)));
    ASSERT_TRUE(file);
    EXPECT_EQ(run(run(files_->open(kAna, file->id))->blob->read(0, 20)), "01234");
    EXPECT_EQ(run(uploads_->state(kAna, begun->id))->upload.file, file->id);
  }
  EXPECT_EQ(run(files_->usage(kAna)), (Usage{4, 20}));
}

TEST_F(FilesTest, ACompleteUploadThatIsRefusedForWhatItIsGoes) {
  for (Code refusal : {Code::media_wrong_type, Code::media_dangerous, Code::media_too_big}) {
    auto begun = run(uploads_->begin(kAna, 5, "a.txt", "text/plain"));
    auto writer = run(uploads_->resume(kAna, begun->id, 0));
    ASSERT_TRUE(run((*writer)->write("01234")));
    inspector_.refusal = refusal;

    EXPECT_EQ(code(run(uploads_->complete(kAna, begun->id, std::move(*writer)))), refusal);

    EXPECT_EQ(code(run(uploads_->state(kAna, begun->id))), Code::not_found);
    EXPECT_TRUE(blob_disk_.blobs.empty());
    EXPECT_TRUE(disk_.records.empty());
  }
}

TEST_F(FilesTest, AFinishedUploadThatNobodyCompletesGoesWithItsBytes) {
  auto begun = run(uploads_->begin(kAna, 5, "a.txt", "text/plain"));
  auto writer = run(uploads_->resume(kAna, begun->id, 0));
  ASSERT_TRUE(run((*writer)->write("01234")));
  inspector_.refusal = Code::unavailable;
  run(uploads_->complete(kAna, begun->id, std::move(*writer)));
  clock_.pass(hours(24));

  EXPECT_EQ(sweep().uploads, 1u);

  EXPECT_TRUE(blob_disk_.blobs.empty());
  EXPECT_TRUE(disk_.records.empty());
}

TEST_F(FilesTest, WhileAnUploadIsCompletedNobodyWritesOrEndsItAndItIsChargedOnce) {
  auto begun = run(uploads_->begin(kAna, 5, "a.txt", "text/plain"));
  auto writer = run(uploads_->resume(kAna, begun->id, 0));
  ASSERT_TRUE(run((*writer)->write("01234")));
  Second second;
  inspector_.meanwhile = [&] { return intrude(*uploads_, *files_, begun->id, second); };

  auto file = run(uploads_->complete(kAna, begun->id, std::move(*writer)));

  ASSERT_TRUE(file);
  EXPECT_EQ(second.offset, 5u);
  EXPECT_EQ(second.resume_at_start, Code::conflict);
  EXPECT_EQ(second.resume_at_end, Code::conflict);
  EXPECT_EQ(second.abandon, Code::conflict);
  EXPECT_EQ(second.swept, 0u);
  EXPECT_EQ(run(files_->usage(kAna)), (Usage{1, 5}));
  EXPECT_EQ(run(uploads_->state(kAna, begun->id))->upload.file, file->id);
}

TEST_F(FilesTest, WhoseAnswerWasLostGetsTheSameFileAgain) {
  auto begun = run(uploads_->begin(kAna, 5, "a.txt", "text/plain"));
  auto writer = run(uploads_->resume(kAna, begun->id, 0));
  ASSERT_TRUE(run((*writer)->write("01234")));
  inspector_.refusal = Code::unavailable;
  run(uploads_->complete(kAna, begun->id, std::move(*writer)));
  inspector_.refusal.reset();
  auto one = run(uploads_->resume(kAna, begun->id, 5));
  auto two = run(uploads_->resume(kAna, begun->id, 5));

  auto first = run(uploads_->complete(kAna, begun->id, std::move(*one)));
  auto second = run(uploads_->complete(kAna, begun->id, std::move(*two)));

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id, second->id);
  EXPECT_EQ(run(files_->usage(kAna)), (Usage{1, 5}));
}

}  // namespace
}  // namespace homing::chat
