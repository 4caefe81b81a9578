// Asked about every record of the write-ahead log while it is read back. RocksDB numbers what it writes; it steps silently
// over a page of zeros, and what was on it shows as a gap in the numbers. Recovery ends there, as at any other damage.
// Owned by Database; used while it opens.
#pragma once

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string>

namespace homing::rocks {

class NoGaps final : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "homing.NoGaps"; }

  WalProcessingOption LogRecordFound(unsigned long long, const std::string&, const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch*, bool*) override {
    std::uint64_t number = 0;  // a record begins with it, little-endian
    for (int i = 7; i >= 0; --i) number = number << 8 | static_cast<unsigned char>(batch.Data()[i]);
    if (next_ != 0 && number != next_) return WalProcessingOption::kCorruptedRecord;
    next_ = number + batch.Count();
    return WalProcessingOption::kContinueProcessing;
  }

 private:
  std::uint64_t next_ = 0;  // 0: any
};

}  // namespace homing::rocks
