#include "store/rocks/no_gaps.h"

#include <gtest/gtest.h>

namespace homing::rocks {
namespace {

using Option = rocksdb::WalFilter::WalProcessingOption;

// A record as it lies in the log: its number, then what a batch of so many puts holds.
rocksdb::WriteBatch record(std::uint64_t number, int puts) {
  rocksdb::WriteBatch batch;
  for (int i = 0; i < puts; ++i) batch.Put("key", "value");
  std::string bytes = batch.Data();
  for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(number >> (8 * i));
  return rocksdb::WriteBatch(bytes);
}

Option ask(NoGaps& no_gaps, std::uint64_t number, int puts) {
  return no_gaps.LogRecordFound(7, "000007.log", record(number, puts), nullptr, nullptr);
}

TEST(NoGaps, LetsPassWhatFollowsOnItself) {
  NoGaps no_gaps;

  EXPECT_EQ(ask(no_gaps, 500, 3), Option::kContinueProcessing);
  EXPECT_EQ(ask(no_gaps, 503, 0), Option::kContinueProcessing);
  EXPECT_EQ(ask(no_gaps, 503, 1), Option::kContinueProcessing);
  EXPECT_EQ(ask(no_gaps, 504, 1), Option::kContinueProcessing);
}

TEST(NoGaps, StopsWhereARecordIsMissingOrComesAgain) {
  NoGaps no_gaps;
  EXPECT_EQ(ask(no_gaps, 500, 3), Option::kContinueProcessing);

  EXPECT_EQ(ask(no_gaps, 504, 1), Option::kCorruptedRecord);
  EXPECT_EQ(ask(no_gaps, 500, 3), Option::kCorruptedRecord);
  EXPECT_EQ(ask(no_gaps, 503, 1), Option::kContinueProcessing);
}

}  // namespace
}  // namespace homing::rocks
