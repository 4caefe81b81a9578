// A disk that can lie, fill up, get stuck and lose power: a file system for RocksDB that knows how much of each file was synced.
// Any thread.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/guarded.h"

namespace homing::test {

enum class Trouble {
  none,
  sync_fails,  // what is written stays in memory, and fsync says so
  short_write,  // half of it is written, then an error
  full,  // ENOSPC
  fills_up,  // half of it is written, then ENOSPC
  full_at_sync,  // what is written finds room only when it is synced, and there is none
  power_is_off,
};

class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  FaultyDisk();
  const char* Name() const override { return "FaultyDisk"; }

  rocksdb::Env* env() { return env_.get(); }
  void set(Trouble trouble);
  Trouble trouble() const;
  // How much room the disk says it has; all there is if it was never set.
  void set_free(std::uint64_t bytes) { free_ = bytes; }
  // From now on whoever reads waits until it goes on; at most ten seconds, so that a test that waits itself ends.
  void stick();
  void go_on();
  std::size_t readers_stuck() const { return readers_stuck_; }
  void read_begins();
  // Every file is cut to what was synced. Call with the power off and the database closed.
  void lose_what_was_not_synced();
  // Everything written until now is safe.
  void sync_all();

  void written(const std::string& file, std::uint64_t size);
  void synced(const std::string& file);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, std::uint64_t* free,
                                 rocksdb::IODebugContext*) override {
    *free = free_;
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  struct Length {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };
  struct State {
    Trouble trouble = Trouble::none;
    std::map<std::string, Length> files;
  };
  Guarded<State> state_;
  std::atomic<std::uint64_t> free_{~0ull};
  std::mutex mutex_;
  std::condition_variable moves_;
  bool stuck_ = false;  // guarded by it
  std::atomic<std::size_t> readers_stuck_{0};
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace homing::test
