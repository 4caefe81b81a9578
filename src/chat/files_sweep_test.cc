// How files go, and when they stay.
#include "chat/files_fixture.h"

namespace homing::chat {
namespace {

TEST_F(FilesTest, WhatNobodyNeedsGoesAfterADayAndADrySweepSaysIt) {
  upload(kAna, "hello");
  clock_.pass(hours(24) - std::chrono::milliseconds(1));
  EXPECT_EQ(sweep().files, 0u);
  clock_.pass(std::chrono::milliseconds(1));

  Swept dry = sweep(Sweep::dry);
  EXPECT_EQ(blob_disk_.blobs.size(), 1u);
  Swept real = sweep();

  EXPECT_EQ(dry.files, 1u);
  EXPECT_EQ(dry.bytes, 5u);
  EXPECT_EQ(real.files, 1u);
  EXPECT_EQ(real.bytes, 5u);
  EXPECT_EQ(real.blobs, 1u);
  EXPECT_TRUE(blob_disk_.blobs.empty());
  EXPECT_EQ(run(files_->usage(kAna)), (Usage{0, 0}));
  EXPECT_EQ(disk_.records.size(), 1u) << "only the usage is left";
  EXPECT_EQ(sweep().files, 0u);
}

TEST_F(FilesTest, WhatIsMeantForLaterStaysLongerUnlessItsOwnerDeletesIt) {
  NewFile later{"a.txt", "", Metadata::keep, {}, hours(24 * 30)};
  upload(kAna, "kept", later);
  auto deleted = upload(kAna, "deleted", later);
  ASSERT_EQ(sent_by(kAna, deleted->id), kFine);
  ASSERT_TRUE(run(files_->erase(kAna, deleted->id)));
  clock_.pass(hours(24 * 30) - std::chrono::milliseconds(1));
  EXPECT_EQ(sweep().files, 1u);
  EXPECT_EQ(blob_disk_.blobs.size(), 1u);

  clock_.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(sweep().files, 1u);

  later.unused = hours(1);
  upload(kAna, "any", later);
  clock_.pass(hours(23));
  EXPECT_EQ(sweep().files, 0u) << "never shorter than others";
}

TEST_F(FilesTest, WhatAMessageShowsStaysUntilTheMessageGoes) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  say(kAna, {file->id}, kTeam, clock_.now() + hours(100));
  clock_.pass(hours(99));
  EXPECT_EQ(sweep().files, 0u);
  EXPECT_EQ(seen_by(kBen, file->id), kFine);

  clock_.pass(hours(1));

  EXPECT_EQ(sweep(Sweep::dry).files, 1u);
  EXPECT_EQ(sweep().files, 1u);
  EXPECT_TRUE(blob_disk_.blobs.empty());
  EXPECT_EQ(disk_.records.size(), 1u);
}

TEST_F(FilesTest, WhatRetentionDroppedNoLongerHoldsAFile) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  Envelope envelope = say(kAna, {file->id});
  clock_.pass(hours(48));
  ASSERT_EQ(sweep().files, 0u);

  disk_.log.erase(envelope.commit);
  disk_.index.erase({envelope.conversation, envelope.seq});

  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
  EXPECT_EQ(sweep().files, 1u);
}

TEST_F(FilesTest, TheBytesGoWithTheLastFileThatHasThem) {
  auto first = upload(kAna, "same");
  clock_.pass(hours(12));
  auto second = upload(kBen, "same");
  ASSERT_EQ(blob_disk_.blobs.size(), 1u);
  clock_.pass(hours(12));

  Swept swept = sweep();

  EXPECT_EQ(swept.files, 1u);
  EXPECT_EQ(swept.bytes, 0u);
  EXPECT_EQ(seen_by(kAna, first->id), Code::media_unknown);
  EXPECT_TRUE(run(files_->open(kBen, second->id)));
  clock_.pass(hours(12));
  EXPECT_EQ(sweep(Sweep::dry).bytes, 4u);
  EXPECT_EQ(sweep().bytes, 4u);
}

TEST_F(FilesTest, ADrySweepCountsBytesThatTwoFilesShareOnce) {
  upload(kAna, "same");
  upload(kBen, "same");
  clock_.pass(hours(24));

  Swept dry = sweep(Sweep::dry);
  EXPECT_EQ(dry.files, 2u);
  EXPECT_EQ(dry.blobs, 1u);
  EXPECT_EQ(dry.bytes, 4u);
  Swept real = sweep();
  EXPECT_EQ(real.files, 2u);
  EXPECT_EQ(real.bytes, 4u);
}

TEST_F(FilesTest, SendingAFileKeepsItUntilDeliveryHasToldOfIt) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  clock_.pass(hours(24) - std::chrono::milliseconds(1));
  ASSERT_EQ(sent_by(kAna, file->id), kFine);
  clock_.pass(hours(1));

  EXPECT_EQ(sweep().files, 0u);
  say(kAna, {file->id});
  clock_.pass(hours(24));
  EXPECT_EQ(sweep().files, 0u);
}

TEST_F(FilesTest, APictureStaysForAsLongAsItIsOne) {
  Account ana;
  ana.id = kAna;
  ana.phone = "+15551230001";
  auto file = upload(kAna, "face");
  ana.picture = file->id;
  EXPECT_EQ(code(run(files_->keep(kBen, file->id))), Code::media_unknown);
  ASSERT_TRUE(run(files_->keep(kAna, file->id)));
  ana.version = *run(store_.directory().put(ana));
  clock_.pass(hours(100));
  EXPECT_EQ(sweep().files, 0u);

  ana.picture.clear();
  ASSERT_TRUE(run(store_.directory().put(ana)));  // and then the server stops, before it is released

  EXPECT_EQ(sweep(Sweep::dry).files, 1u);
  EXPECT_EQ(sweep().files, 1u);
}

TEST_F(FilesTest, AGroupsPictureStaysWhenTheEventThatSetItHasGone) {
  make(kTeam, {kAna, kBen});
  auto first = upload(kAna, "first");
  auto second = upload(kAna, "second");
  picture(kTeam, first->id);
  picture(kTeam, second->id);
  clock_.pass(hours(24 * 40));
  ASSERT_TRUE(run(store_.inbox().set_bookmark(disk_.last)));
  ASSERT_TRUE(run(store_.log().retain(Retention{Keep::days, 30, 30}, clock_.now())));

  EXPECT_EQ(sweep().files, 1u);

  EXPECT_EQ(seen_by(kBen, second->id), kFine);
  EXPECT_EQ(seen_by(kBen, first->id), Code::media_unknown);
}

TEST_F(FilesTest, AKeptFileIsLetGo) {
  auto file = upload(kAna, "face");
  ASSERT_TRUE(run(files_->keep(kAna, file->id)));
  ASSERT_TRUE(run(files_->release(kAna, file->id)));
  clock_.pass(hours(100));
  EXPECT_EQ(sweep().files, 1u);
}

TEST_F(FilesTest, ADeletedFileThatNobodyWasSentMakesRoomAtOnce) {
  auto file = upload(kAna, "oops");
  auto avatar = upload(kAna, "face");
  ASSERT_TRUE(run(files_->keep(kAna, avatar->id)));

  ASSERT_TRUE(run(files_->erase(kAna, file->id)));
  ASSERT_TRUE(run(files_->erase(kAna, avatar->id)));

  EXPECT_EQ(run(files_->usage(kAna)), (Usage{1, 4}));
  EXPECT_EQ(blob_disk_.blobs.size(), 1u);
  EXPECT_EQ(sent_by(kAna, file->id), Code::media_unknown);
  EXPECT_EQ(code(run(files_->erase(kAna, file->id))), Code::media_unknown);
}

TEST_F(FilesTest, WhatIsBeingSentWhenItsOwnerDeletesItReachesItsReaders) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  ASSERT_EQ(sent_by(kAna, file->id), kFine);

  ASSERT_TRUE(run(files_->erase(kAna, file->id)));
  say(kAna, {file->id});

  EXPECT_EQ(seen_by(kBen, file->id), kFine);
}

TEST_F(FilesTest, ADeletedFileThatWasNotSentAfterAllGoesSoon) {
  auto file = upload(kAna, "oops");
  ASSERT_EQ(sent_by(kAna, file->id), kFine);
  ASSERT_TRUE(run(files_->erase(kAna, file->id)));
  EXPECT_EQ(sweep().files, 0u);

  clock_.pass(hours(1));

  EXPECT_EQ(sweep().files, 1u);
}

TEST_F(FilesTest, BytesThatNoFileHasGoUnlessTheyAreJustBeingStored) {
  auto writer = run(files_->begin(kAna, 4));
  ASSERT_TRUE(run((*writer)->write("lost")));
  auto stored = run((*writer)->finish());
  EXPECT_EQ(sweep(Sweep::dry).blobs, 0u);
  EXPECT_EQ(sweep().blobs, 0u);

  stored->pin.reset();

  EXPECT_EQ(sweep(Sweep::dry).blobs, 1u);
  EXPECT_EQ(sweep().bytes, 4u);
  EXPECT_TRUE(blob_disk_.blobs.empty());
}

TEST_F(FilesTest, TheSameContentUploadedWhileTheOldOneIsSweptStays) {
  upload(kAna, "same");
  clock_.pass(hours(24));
  auto writer = run(files_->begin(kBen, 4));
  ASSERT_TRUE(run((*writer)->write("same")));
  auto stored = run((*writer)->finish());

  EXPECT_EQ(sweep().files, 1u);
  auto file = run(files_->add(kBen, std::move(*stored), {"x", "", Metadata::keep, {}}));

  ASSERT_TRUE(file);
  EXPECT_EQ(run(run(files_->open(kBen, file->id))->blob->read(0, 9)), "same");
  EXPECT_EQ(sweep().blobs, 0u);
}

}  // namespace
}  // namespace homing::chat
