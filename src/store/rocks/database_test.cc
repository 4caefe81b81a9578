#include "store/rocks/database.h"

#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

namespace homing::rocks {
namespace {

constexpr Family kFamily = Family::inbox;

// Tables whose places, files and blocks a test chooses.
class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "homing-database-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    auto opened = Database::open(folder_, RocksOptions{}, Mode::read_write);
    if (opened) database_ = std::move(*opened);
  }
  ~DatabaseTest() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  // No table stays open. RocksDB keeps ten files of this number for itself.
  void SetUp() override {
    ASSERT_NE(database_, nullptr);
    ASSERT_TRUE(database_->db().SetDBOptions({{"max_open_files", "10"}}).ok());
  }
  // Until now: from here on a table that is read stays open.
  void keep_tables_open() { ASSERT_TRUE(database_->db().SetDBOptions({{"max_open_files", "256"}}).ok()); }

  void put(const std::string& name) {
    rocksdb::WriteBatch batch;
    batch.Put(database_->family(kFamily), name, "value");
    ASSERT_TRUE(database_->write(batch, Database::Sync::no));
  }
  void delete_range(const std::string& from, const std::string& to) {
    rocksdb::WriteBatch batch;
    batch.DeleteRange(database_->family(kFamily), from, to);
    ASSERT_TRUE(database_->write(batch, Database::Sync::no));
  }
  // What was put since becomes a table in the first level.
  void make_table() { ASSERT_TRUE(database_->db().Flush(rocksdb::FlushOptions(), database_->family(kFamily)).ok()); }
  // Tables of the first level with names in this range go to the last one, as tables of their own.
  void sink(const std::string& from, const std::string& to) {
    rocksdb::Slice begin(from), end(to);
    ASSERT_TRUE(
        database_->db().CompactRange(rocksdb::CompactRangeOptions(), database_->family(kFamily), &begin, &end).ok());
  }
  void break_newest_table() {
    std::vector<rocksdb::LiveFileMetaData> tables;
    database_->db().GetLiveFilesMetaData(&tables);
    auto newest = std::ranges::max_element(tables, {}, &rocksdb::LiveFileMetaData::file_number);
    std::fstream stream(newest->directory + "/" + newest->relative_filename, std::ios::in | std::ios::out);
    stream << std::string(20, 'Z');
    ASSERT_TRUE(stream.good());
  }
  Result<std::vector<std::string>> names(const std::string& from, const std::string& to, Look& look) {
    std::vector<std::string> found;
    auto scanned = database_->scan(kFamily, from, to, look, [&](std::string_view name, std::string_view) {
      found.emplace_back(name);
      return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return found;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
};

// RocksDB 7.8 gives the tombstones of one table of the first level to the next one as well, if that is not open, and
// then frees them twice.
TEST_F(DatabaseTest, MemoryAloneIsScannedBesideADroppedRange) {
  put("a"), make_table();
  put("b"), delete_range("x", "y"), make_table();
  keep_tables_open();
  ASSERT_TRUE(database_->get(kFamily, "b"));  // opens the second table

  Look look(Reach::memory);
  auto found = names("a", "z", look);

  EXPECT_FALSE(found);
  EXPECT_TRUE(look.wants_disk());
}

// RocksDB 7.8 forgets, where one table of a level ends, that the next one could not be read.
TEST_F(DatabaseTest, MemoryAloneDoesNotEndWhereATableEnds) {
  put("a"), make_table(), sink("a", "a");
  put("b"), make_table(), sink("b", "b");
  keep_tables_open();
  Look disk(Reach::disk);
  ASSERT_EQ(names("a", "b", disk), std::vector<std::string>{"a"});  // opens and reads the first table only

  Look look(Reach::memory);
  auto found = names("a", "z", look);

  EXPECT_TRUE(look.wants_disk()) << (found ? found->size() : 0) << " names";
  ASSERT_EQ(names("a", "z", disk), (std::vector<std::string>{"a", "b"}));
}

TEST_F(DatabaseTest, ABrokenTableIsNoticedBehindAWholeOne) {
  put("a"), make_table(), sink("a", "a");
  put("b"), make_table(), sink("b", "b");
  keep_tables_open();
  break_newest_table();

  Look disk(Reach::disk);
  auto found = names("a", "z", disk);

  ASSERT_FALSE(found) << found->size() << " names";
  EXPECT_EQ(found.error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::rocks
