// What uploads under way take of an account's quota.
#include <algorithm>

#include "chat/files_fixture.h"

namespace homing::chat {
namespace {

Task<void> try_another(Files& files, Code& refusal) {
  auto other = co_await files.begin(kAna, 41);
  refusal = other ? kFine : other.error().code;
}

// Counts how often somebody looks.
class CountingRecords final : public Records {
 public:
  explicit CountingRecords(Records& inner) : inner_(inner) {}
  Task<Result<std::string>> record(std::string name) override {
    ++looks;
    return inner_.record(std::move(name));
  }
  Task<Result<Page<Record>>> records(std::string from, std::string to, std::size_t limit) override {
    ++looks;
    return inner_.records(std::move(from), std::move(to), limit);
  }
  Task<Result<void>> write(std::vector<RecordChange> changes, Durable durable) override {
    return inner_.write(std::move(changes), durable);
  }
  std::size_t looks = 0;

 private:
  Records& inner_;
};

class RoomTest : public FilesTest {
 protected:
  using Writer = Result<std::unique_ptr<BlobWriter>>;
  Writer begin(std::uint64_t size, AccountId owner = kAna) { return run(files_->begin(owner, size)); }
  Writer begin_unannounced() { return run(files_->begin(kAna, limits::kDocumentBytesMax, Announced::no)); }
  Code write(Writer& writer, std::size_t bytes) { return code(run((*writer)->write(std::string(bytes, 'x')))); }
};

TEST_F(RoomTest, UploadsUnderWayCountToTheByteUntilTheyEnd) {
  restart({.account_bytes = 100});
  auto first = begin(60);
  ASSERT_TRUE(first);
  EXPECT_EQ(code(begin(41)), Code::quota_exceeded);
  EXPECT_TRUE(begin(100, kBen)) << "another account";
  {
    auto second = begin(40);
    EXPECT_TRUE(second);
    EXPECT_EQ(code(begin(1)), Code::quota_exceeded);
  }
  EXPECT_TRUE(begin(40)) << "the second one has ended";
  first->reset();
  EXPECT_TRUE(begin(100));
}

TEST_F(RoomTest, WhatIsStoredHasItsRoomUntilItIsAFile) {
  restart({.account_bytes = 100});
  for (Metadata metadata : {Metadata::keep, Metadata::strip}) {
    auto writer = begin(60);
    ASSERT_EQ(write(writer, 60), kFine);
    auto stored = run((*writer)->finish());
    writer->reset();
    EXPECT_EQ(code(begin(41)), Code::quota_exceeded);
    Code meanwhile = kFine;
    inspector_.meanwhile = [&] { return try_another(*files_, meanwhile); };
    auto file = run(files_->add(kAna, std::move(*stored), {"a", "", metadata, {}}));
    inspector_.meanwhile = nullptr;
    ASSERT_TRUE(file);
    EXPECT_EQ(meanwhile, Code::quota_exceeded);
    EXPECT_EQ(code(begin(100 - file->size + 1)), Code::quota_exceeded);
    EXPECT_TRUE(begin(100 - file->size));
    ASSERT_TRUE(run(files_->erase(kAna, file->id)));
  }
  EXPECT_TRUE(begin(100));
}

TEST_F(RoomTest, AnUploadOfUnknownLengthTakesRoomAsItComes) {
  restart({.account_bytes = 100});
  auto one = begin_unannounced(), two = begin_unannounced();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(write(one, 60), kFine);
  EXPECT_EQ(write(two, 41), Code::quota_exceeded);
  EXPECT_EQ(write(two, 40), kFine);
  EXPECT_EQ(code(begin(1)), Code::quota_exceeded);
  one->reset();
  EXPECT_EQ(write(two, 60), kFine);
  EXPECT_EQ(write(two, 1), Code::quota_exceeded);
}

TEST_F(RoomTest, AnUploadOfUnknownLengthDoesNotLookAtEachPiece) {
  CountingRecords records(store_.shelf());
  Room room(records, 1ull << 30);
  auto held = run(room.take(kAna, 0));
  ASSERT_TRUE(held);
  records.looks = 0;
  constexpr std::uint64_t kPiece = 16 * 1024;
  std::size_t asked = 0;
  for (std::uint64_t size = kPiece; size <= (64ull << 20); size += kPiece, ++asked) {
    ASSERT_TRUE(run(room.grow(*held, size, std::clamp<std::uint64_t>(size, 256 * 1024, 8 << 20))));
  }
  EXPECT_EQ(asked, 4096u);
  EXPECT_LT(records.looks, 60u);

  room.settle(*held, 64ull << 20);
  EXPECT_TRUE(run(room.take(kAna, (1ull << 30) - (64ull << 20)))) << "what was taken ahead is given back";
}

TEST_F(RoomTest, UploadsInPiecesAndInOneGoCountForEachOther) {
  restart({.account_bytes = 100});
  auto pieces = run(uploads_->begin(kAna, 60, "", ""));
  ASSERT_TRUE(pieces);
  EXPECT_EQ(code(begin(41)), Code::quota_exceeded);
  auto writer = begin(40);
  ASSERT_TRUE(writer);
  EXPECT_EQ(code(run(uploads_->begin(kAna, 1, "", ""))), Code::quota_exceeded);
  ASSERT_TRUE(run(uploads_->abandon(kAna, pieces->id)));
  EXPECT_TRUE(run(uploads_->begin(kAna, 60, "", "")));
}

TEST_F(RoomTest, AnAccountHasSoManyUploadsAtOnce) {
  std::vector<Writer> writers;
  for (std::size_t i = 0; i < limits::kUploadsAtOnceMax; ++i) {
    writers.push_back(begin(1));
    ASSERT_TRUE(writers.back());
  }
  auto more = begin(1);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::rate_limited);
  EXPECT_EQ(more.error().field, "uploads");
  EXPECT_GT(more.error().retry_after.count(), 0);
  EXPECT_TRUE(begin(1, kBen)) << "another account";
  writers.pop_back();
  EXPECT_TRUE(begin(1));
}

}  // namespace
}  // namespace homing::chat
