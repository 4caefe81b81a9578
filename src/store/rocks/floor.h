// Forgetting what retention dropped: RocksDB asks a filter about every entry when it rewrites a file. What points below
// the floor, the oldest commit that is kept, is left out; that costs no write of its own. Owned by Database; any thread.
#pragma once

#include <rocksdb/compaction_filter.h>

#include <atomic>
#include <cstdint>

#include "model/inbox.h"
#include "store/rocks/keys.h"

namespace homing::rocks {

// For the log: the events themselves.
class DroppedCommit final : public rocksdb::CompactionFilter {
 public:
  explicit DroppedCommit(const std::atomic<std::uint64_t>& floor) : floor_(floor) {}
  const char* Name() const override { return "homing.DroppedCommit"; }
  bool Filter(int, const rocksdb::Slice& name, const rocksdb::Slice&, std::string*, bool*) const override {
    return name.size() == 8 && get_u64(name.ToStringView()) < floor_;
  }

 private:
  const std::atomic<std::uint64_t>& floor_;
};

// For families whose values are commits: the index and the client ids.
class NamesDroppedCommit final : public rocksdb::CompactionFilter {
 public:
  explicit NamesDroppedCommit(const std::atomic<std::uint64_t>& floor) : floor_(floor) {}
  const char* Name() const override { return "homing.NamesDroppedCommit"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*, bool*) const override {
    return value.size() == 8 && get_u64(value.ToStringView()) < floor_;
  }

 private:
  const std::atomic<std::uint64_t>& floor_;
};

// For inboxes: events that are gone. Notices about marks stay; what they tell of is still there.
class NoticeOfDroppedEvent final : public rocksdb::CompactionFilter {
 public:
  explicit NoticeOfDroppedEvent(const std::atomic<std::uint64_t>& floor) : floor_(floor) {}
  const char* Name() const override { return "homing.NoticeOfDroppedEvent"; }
  bool Filter(int, const rocksdb::Slice& name, const rocksdb::Slice&, std::string*, bool*) const override {
    if (name.size() != 16) return false;
    Cursor at{get_u64(name.ToStringView(), 8)};
    return at.step() == 0 && at.commit().value < floor_;
  }

 private:
  const std::atomic<std::uint64_t>& floor_;
};

}  // namespace homing::rocks
