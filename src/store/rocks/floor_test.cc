#include "store/rocks/floor.h"

#include <gtest/gtest.h>

namespace homing::rocks {
namespace {

bool leaves_out(const rocksdb::CompactionFilter& filter, const std::string& name, const std::string& value) {
  std::string changed;
  bool is_changed = false;
  return filter.Filter(0, name, value, &changed, &is_changed);
}

TEST(Floor, LeavesOutDroppedCommits) {
  std::atomic<std::uint64_t> floor{0};
  DroppedCommit filter(floor);
  EXPECT_FALSE(leaves_out(filter, key(Commit{1}), "event"));

  floor = 10;

  EXPECT_TRUE(leaves_out(filter, key(Commit{9}), "event"));
  EXPECT_FALSE(leaves_out(filter, key(Commit{10}), "event"));
  EXPECT_FALSE(leaves_out(filter, "short", "event"));
}

TEST(Floor, LeavesOutWhatNamesADroppedCommit) {
  std::atomic<std::uint64_t> floor{0};
  NamesDroppedCommit filter(floor);
  std::string name = key(ConversationId{3}, Seq{4});
  EXPECT_FALSE(leaves_out(filter, name, key(Commit{1})));

  floor = 10;

  EXPECT_TRUE(leaves_out(filter, name, key(Commit{9})));
  EXPECT_FALSE(leaves_out(filter, name, key(Commit{10})));
  EXPECT_FALSE(leaves_out(filter, name, "what is not a commit"));
}

TEST(Floor, LeavesOutNoticesOfDroppedEventsOnly) {
  std::atomic<std::uint64_t> floor{10};
  NoticeOfDroppedEvent filter(floor);

  EXPECT_TRUE(leaves_out(filter, key(AccountId{3}, Cursor::at(Commit{9})), "e"));
  EXPECT_FALSE(leaves_out(filter, key(AccountId{3}, Cursor::at(Commit{9}, 1)), "m"));
  EXPECT_FALSE(leaves_out(filter, key(AccountId{3}, Cursor::at(Commit{10})), "e"));
  EXPECT_FALSE(leaves_out(filter, "short", "e"));
}

}  // namespace
}  // namespace homing::rocks
