#include "rocks_world.h"

#include <stdlib.h>

#include "suite.h"

namespace homing::test {
namespace {

std::filesystem::path fresh_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "homing-conformance-XXXXXX").string();
  CHECK(::mkdtemp(pattern.data()) != nullptr) << "no folder for a test";
  return pattern;
}

}  // namespace

RocksWorld::RocksWorld(Clock& clock, Crash crash) : clock_(clock), crash_(crash), folder_(fresh_folder()) {}

RocksWorld::~RocksWorld() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RocksWorld::open() {
  auto opened = try_open();
  CHECK(opened.has_value()) << opened.error().detail;
}

Result<void> RocksWorld::try_open() {
  RocksOptions options;
  options.env = disk_.env();
  options.recent_bytes = 8 << 10;  // small, so that the suite also reads from disk
  auto store = RocksStore::open(folder_ / "store", clock_, options);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  return {};
}

void RocksWorld::crash() {
  disk_.set(Trouble::power_is_off);
  store_.reset();
  if (crash_ == Crash::power_cut) disk_.lose_what_was_not_synced();
  disk_.set(Trouble::none);
}

void RocksWorld::flush() {
  CHECK(store_->flush().has_value()) << "flush";
  disk_.sync_all();
}

Adapter rocks_adapter() {
  return {"rocks", [](Clock& clock) { return std::make_unique<RocksWorld>(clock, Crash::power_cut); }};
}

Adapter killed_rocks_adapter() {
  return {"rocks_killed", [](Clock& clock) { return std::make_unique<RocksWorld>(clock, Crash::kill); }};
}

namespace {
INSTANTIATE_TEST_SUITE_P(Rocks, LogSuite, testing::Values(rocks_adapter(), killed_rocks_adapter()), adapter_name);
INSTANTIATE_TEST_SUITE_P(Rocks, InboxSuite, testing::Values(rocks_adapter(), killed_rocks_adapter()), adapter_name);
INSTANTIATE_TEST_SUITE_P(Rocks, DirectorySuite, testing::Values(rocks_adapter(), killed_rocks_adapter()), adapter_name);
INSTANTIATE_TEST_SUITE_P(Rocks, RetentionSuite, testing::Values(rocks_adapter(), killed_rocks_adapter()), adapter_name);
}  // namespace

}  // namespace homing::test
