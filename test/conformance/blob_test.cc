// What every BlobStore does, and what a crash leaves of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>

#include "base/check.h"
#include "blob/file/file_blobs.h"
#include "blob/memory_blobs.h"
#include "blob/sha256.h"

namespace homing::test {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kRoom = 1 << 20;

// A disk and the blob store on it.
class BlobWorld {
 public:
  virtual ~BlobWorld() = default;
  virtual BlobStore& store() = 0;
  virtual void restart() = 0;
  virtual void set_full(bool full) = 0;
};

class MemoryBlobWorld final : public BlobWorld {
 public:
  BlobStore& store() override { return *store_; }
  void restart() override { store_ = std::make_unique<MemoryBlobs>(disk_, kRoom); }
  void set_full(bool full) override { disk_.full = full; }

 private:
  MemoryBlobDisk disk_;
  std::unique_ptr<MemoryBlobs> store_ = std::make_unique<MemoryBlobs>(disk_, kRoom);
};

class FileBlobWorld final : public BlobWorld {
 public:
  FileBlobWorld() {
    std::string pattern = (fs::temp_directory_path() / "homing-blobs-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    restart();
  }
  ~FileBlobWorld() override {
    store_.reset();
    fs::remove_all(path_);
  }
  BlobStore& store() override { return *store_; }
  void restart() override {
    store_.reset();
    FileBlobOptions options;
    options.bytes_max = kRoom;
    options.fault = [this] { return full_ ? ENOSPC : 0; };
    auto opened = FileBlobs::open(path_ / "blobs", std::move(options));
    CHECK(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }
  void set_full(bool full) override { full_ = full; }
  fs::path path() const { return path_ / "blobs"; }

 private:
  fs::path path_;
  std::atomic<bool> full_{false};
  std::unique_ptr<FileBlobs> store_;
};

struct BlobAdapter {
  std::string name;
  std::function<std::unique_ptr<BlobWorld>()> make;
  friend std::ostream& operator<<(std::ostream& out, const BlobAdapter& adapter) { return out << adapter.name; }
};

template <class T>
T run_on(boost::asio::io_context& io, Task<T> task) {
  std::optional<T> answer;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
    CHECK(!error) << "a store threw";
    answer.emplace(std::move(value));
  });
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!answer) {
    CHECK(std::chrono::steady_clock::now() < deadline) << "a store does not answer";
    io.restart();
    io.run_one_for(std::chrono::milliseconds(20));
  }
  return std::move(*answer);
}

class BlobSuite : public testing::TestWithParam<BlobAdapter> {
 protected:
  BlobStore& store() { return world_->store(); }
  template <class T>
  T run(Task<T> task) {
    return run_on(io_, std::move(task));
  }

  Result<StoredBlob> put(const std::string& bytes) {
    auto writer = run(store().begin(bytes.size()));
    if (!writer) return std::unexpected(writer.error());
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
      if (auto written = run((*writer)->write(bytes.substr(at, 7))); !written) return std::unexpected(written.error());
    }
    return run((*writer)->finish());
  }
  Result<std::string> read(const BlobId& id) {
    auto blob = run(store().open(id));
    if (!blob) return std::unexpected(blob.error());
    return run((*blob)->read(0, (*blob)->size()));
  }
  // The writer before may still be letting go.
  std::unique_ptr<BlobWriter> resume(const std::string& upload) {
    for (;;) {
      auto writer = run(store().resume(upload, 0));
      if (writer) return std::move(*writer);
      CHECK(writer.error().code == Code::conflict) << writer.error().detail;
    }
  }
  std::vector<BlobInfo> all() { return *run(store().list(BlobId{}, 100)); }
  // Waits for what is done behind the caller's back.
  void until(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000 && !holds(); ++i) ::usleep(1000);
    EXPECT_TRUE(holds());
  }

  boost::asio::io_context io_;
  std::unique_ptr<BlobWorld> world_ = GetParam().make();
};

TEST_P(BlobSuite, WhatIsStoredComesBackUnderItsHashAlsoAfterARestart) {
  auto stored = put("hello, world");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->info.id.hex, "09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b");
  EXPECT_EQ(stored->info.size, 12u);

  world_->restart();

  EXPECT_EQ(read(stored->info.id), "hello, world");
  EXPECT_EQ(store().totals().blobs, 1u);
  EXPECT_EQ(store().totals().bytes, 12u);
}

TEST_P(BlobSuite, NothingIsABlobToo) {
  auto stored = put("");
  ASSERT_TRUE(stored);
  EXPECT_EQ(read(stored->info.id), "");
}

TEST_P(BlobSuite, TheSameContentIsKeptOnce) {
  auto first = put("the same");
  auto second = put("the same");

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->info, second->info);
  EXPECT_EQ(all(), std::vector<BlobInfo>{first->info});
  EXPECT_EQ(store().totals().bytes, 8u);
}

TEST_P(BlobSuite, APieceIsReadFromWhereItIsAskedFor) {
  auto stored = put("0123456789");
  auto blob = *run(store().open(stored->info.id));

  EXPECT_EQ(run(blob->read(3, 4)), "3456");
  EXPECT_EQ(run(blob->read(8, 100)), "89");
  EXPECT_EQ(run(blob->read(10, 1)), "");
  EXPECT_EQ(run(blob->read(11, 1)), "");
  char out[3];
  EXPECT_EQ(::pread(blob->descriptor(), out, 3, 4), 3);
  EXPECT_EQ(std::string(out, 3), "456");
}

TEST_P(BlobSuite, AnUploadThatIsNotFinishedLeavesNothing) {
  {
    auto writer = run(store().begin(5));
    ASSERT_TRUE(run((*writer)->write("hello")));
    EXPECT_EQ((*writer)->size(), 5u);
    EXPECT_EQ(store().totals().bytes, 5u);
  }
  until([&] { return store().totals().bytes == 0; });
  EXPECT_TRUE(all().empty());
}

TEST_P(BlobSuite, AnUploadInPiecesGoesOnAfterARestart) {
  {
    auto writer = resume("upload-1");
    ASSERT_TRUE(run(writer->write("hello, ")));
    ASSERT_TRUE(run(writer->sync()));
    EXPECT_EQ(run(store().resume("upload-1", 0)).error().code, Code::conflict);
    EXPECT_EQ(run(store().discard("upload-1")).error().code, Code::conflict);
  }
  world_->restart();
  EXPECT_EQ(run(store().size_of("upload-1")), 7u);
  EXPECT_EQ(run(store().uploads("", 10)), std::vector<std::string>{"upload-1"});
  EXPECT_EQ(run(store().uploads("upload-1", 10)), std::vector<std::string>{});
  EXPECT_EQ(store().totals().bytes, 7u);

  auto writer = resume("upload-1");
  EXPECT_EQ(writer->size(), 7u);
  ASSERT_TRUE(run(writer->write("world")));
  auto stored = run(writer->finish());

  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->info.id, sha256_of("hello, world"));
  EXPECT_EQ(read(stored->info.id), "hello, world");
  EXPECT_EQ(run(store().size_of("upload-1")).error().code, Code::not_found);
  EXPECT_EQ(store().totals().bytes, 12u);
}

TEST_P(BlobSuite, ADiscardedUploadIsGone) {
  ASSERT_TRUE(run(resume("gone")->write("x")));
  for (;;) {
    auto discarded = run(store().discard("gone"));
    if (discarded) break;
    ASSERT_EQ(discarded.error().code, Code::conflict);
  }
  EXPECT_TRUE(run(store().discard("gone")));
  EXPECT_EQ(run(store().size_of("gone")).error().code, Code::not_found);
  EXPECT_EQ(store().totals().bytes, 0u);
}

TEST_P(BlobSuite, ANameThatIsAPathIsRefused) {
  for (const char* name : {"", ".", "../x", "a/b", "a.b", "\xc3\xa4"}) {
    EXPECT_EQ(run(store().resume(name, 0)).error().code, Code::invalid_argument) << name;
  }
  EXPECT_EQ(run(store().resume(std::string(kUploadNameBytesMax + 1, 'a'), 0)).error().code, Code::invalid_argument);
  EXPECT_TRUE(run(store().resume(std::string(kUploadNameBytesMax, 'a'), 0)));
  EXPECT_EQ(run(store().open(BlobId{"../../etc/passwd"})).error().code, Code::not_found);
}

TEST_P(BlobSuite, BlobsAreListedInOrderAndInPages) {
  std::vector<BlobInfo> stored;
  for (int i = 0; i < 5; ++i) stored.push_back(put(std::to_string(i))->info);
  std::ranges::sort(stored, {}, &BlobInfo::id);

  EXPECT_EQ(all(), stored);
  auto page = *run(store().list(stored[1].id, 2));
  EXPECT_EQ(page, (std::vector<BlobInfo>{stored[2], stored[3]}));
  EXPECT_TRUE(run(store().list(stored[4].id, 2))->empty());
}

TEST_P(BlobSuite, ARemovedBlobStaysReadableForWhoHasItOpen) {
  auto id = put("bytes")->info.id;
  auto blob = *run(store().open(id));

  auto verdict = run(store().condemn(id));
  ASSERT_TRUE(verdict);
  ASSERT_TRUE(run(store().remove(id, *verdict)));

  EXPECT_EQ(run(store().open(id)).error().code, Code::not_found);
  EXPECT_EQ(run(blob->read(0, 5)), "bytes");
  EXPECT_EQ(store().totals().blobs, 0u);
  EXPECT_EQ(store().totals().bytes, 0u);
  auto again = run(store().condemn(id));
  ASSERT_TRUE(again);
  EXPECT_TRUE(run(store().remove(id, *again)));
}

TEST_P(BlobSuite, ABlobIsNotRemovedWhileSomebodyStoresItOrWithoutAVerdict) {
  auto stored = put("bytes");
  BlobId id = stored->info.id;

  EXPECT_TRUE(store().pinned(id));
  EXPECT_EQ(run(store().condemn(id)).error().code, Code::conflict);
  EXPECT_EQ(run(store().remove(id, Verdict())).error().code, Code::conflict);
  stored->pin.reset();
  EXPECT_FALSE(store().pinned(id));
  EXPECT_EQ(run(store().remove(id, Verdict())).error().code, Code::conflict);

  // The same content is stored between the verdict and the removal.
  auto verdict = run(store().condemn(id));
  ASSERT_TRUE(verdict);
  put("bytes")->pin.reset();
  EXPECT_EQ(run(store().remove(id, *verdict)).error().code, Code::conflict);
  EXPECT_EQ(read(id), "bytes");
}

TEST_P(BlobSuite, ARemoverDoesNotActOnTheVerdictOfAnother) {
  auto stored = put("bytes");
  BlobId id = stored->info.id;
  stored->pin.reset();

  auto first = run(store().condemn(id));
  put("bytes")->pin.reset();
  auto second = run(store().condemn(id));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(run(store().remove(id, *first)).error().code, Code::conflict);
  EXPECT_EQ(read(id), "bytes");

  store().pardon(id, *first);
  EXPECT_TRUE(run(store().remove(id, *second))) << "only one's own verdict can be taken back";
  EXPECT_EQ(run(store().open(id)).error().code, Code::not_found);
}

TEST_P(BlobSuite, WhatWasPardonedStays) {
  auto id = put("bytes")->info.id;
  auto verdict = run(store().condemn(id));
  ASSERT_TRUE(verdict);

  store().pardon(id, *verdict);

  EXPECT_EQ(run(store().remove(id, *verdict)).error().code, Code::conflict);
  EXPECT_EQ(read(id), "bytes");
}

TEST_P(BlobSuite, MoreThanThereIsRoomForIsRefused) {
  EXPECT_EQ(run(store().begin(kRoom + 1)).error().code, Code::quota_exceeded);
  EXPECT_EQ(run(store().resume("u", kRoom + 1)).error().code, Code::quota_exceeded);
  ASSERT_TRUE(put(std::string(1000, 'a')));

  // Whoever says less than what comes is stopped too, to the byte.
  auto writer = run(store().begin(0));
  ASSERT_TRUE(run((*writer)->write(std::string(kRoom - 1000, 'b'))));
  EXPECT_EQ(run((*writer)->write("c")).error().code, Code::quota_exceeded);
  writer->reset();
  until([&] { return store().totals().bytes == 1000; });
}

TEST_P(BlobSuite, AFullDiskIsSaidAndLeavesNothing) {
  auto writer = run(store().begin(10));
  auto pieces = resume("pieces");
  ASSERT_TRUE(run(pieces->write("kept")));
  world_->set_full(true);

  EXPECT_EQ(run((*writer)->write("0123456789")).error().code, Code::read_only);
  EXPECT_EQ(run((*writer)->finish()).error().code, Code::read_only);
  EXPECT_EQ(run(pieces->write("more")).error().code, Code::read_only);
  writer->reset();
  pieces.reset();
  until([&] { return store().totals().bytes == 4; });
  EXPECT_TRUE(all().empty());

  world_->set_full(false);
  world_->restart();
  EXPECT_EQ(run(store().size_of("pieces")), 4u);
  EXPECT_TRUE(put("again"));
}

TEST_P(BlobSuite, TwoUploadsOfTheSameContentMayEndAtTheSameMoment) {
  auto first = run(store().begin(4));
  auto second = run(store().begin(4));
  ASSERT_TRUE(run((*first)->write("same")) && run((*second)->write("same")));

  auto one = run((*first)->finish());
  auto two = run((*second)->finish());

  ASSERT_TRUE(one && two);
  EXPECT_EQ(store().totals().blobs, 1u);
  one->pin.reset();
  EXPECT_EQ(run(store().condemn(two->info.id)).error().code, Code::conflict);
}

INSTANTIATE_TEST_SUITE_P(Adapters, BlobSuite,
                         testing::Values(BlobAdapter{"memory", [] { return std::make_unique<MemoryBlobWorld>(); }},
                                         BlobAdapter{"file", [] { return std::make_unique<FileBlobWorld>(); }}),
                         [](const auto& info) { return info.param.name; });

// What only a folder can be asked.

TEST(FileBlobs, WhatAKilledServerLeftInTmpIsGoneAfterTheStart) {
  FileBlobWorld world;
  std::ofstream(world.path() / "tmp" / "77") << "half a file";

  world.restart();

  EXPECT_TRUE(fs::is_empty(world.path() / "tmp"));
  EXPECT_EQ(world.store().totals().bytes, 0u);
}

TEST(FileBlobs, ABlobLiesUnderItsHashAndIsNobodyElsesBusiness) {
  FileBlobWorld world;
  boost::asio::io_context io;
  auto writer = run_on(io, world.store().begin(3));
  ASSERT_TRUE(run_on(io, (*writer)->write("abc")));
  ASSERT_TRUE(run_on(io, (*writer)->finish()));

  std::string hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  fs::path file = world.path() / "ba" / "78" / hex;
  ASSERT_TRUE(fs::exists(file));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(fs::is_empty(world.path() / "tmp"));
}

TEST(FileBlobs, WhereTheDiskFailedIsNotForClients) {
  FileBlobWorld world;
  boost::asio::io_context io;
  auto writer = run_on(io, world.store().begin(3));
  world.set_full(true);

  auto written = run_on(io, (*writer)->write("abc"));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::read_only);
  EXPECT_EQ(written.error().detail, "");
}

TEST(FileBlobs, AfterStopNothingIsTakenAndNothingHangs) {
  FileBlobWorld world;
  boost::asio::io_context io;
  auto writer = run_on(io, world.store().begin(3));
  ASSERT_TRUE(run_on(io, (*writer)->write("abc")));
  static_cast<FileBlobs&>(world.store()).stop();

  EXPECT_EQ(run_on(io, (*writer)->finish()).error().code, Code::shutting_down);
  writer->reset();
  EXPECT_TRUE(fs::is_empty(world.path() / "tmp"));
}

}  // namespace
}  // namespace homing::test
