// Every .chat file on every store: the memory store speaking binary frames, RocksDB speaking JSON ones.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "script.h"
#ifdef HOMING_TEST_ROCKS
#include "rocks_test_disk.h"
#endif

namespace homing::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void play(const fs::path& path, Stage& stage, std::function<void(bool)> set_disk_full) {
  Script script(stage, std::move(set_disk_full));
  std::size_t number = 0;
  for (const std::string& text : lines_of(path)) {
    ++number;
    try {
      Line line = words_of(text);
      if (!line.empty()) script.play(std::move(line));
    } catch (const Mismatch& mismatch) {
      FAIL() << path.string() << ":" << number << ": " << text << "\n  " << mismatch.what();
    }
  }
}

// A first line "# memory only: why" keeps a script away from other stores.
[[maybe_unused]] bool memory_only(const fs::path& path) {
  auto lines = lines_of(path);
  return !lines.empty() && lines.front().starts_with("# memory only");
}

class OnMemory : public testing::Test {
 public:
  explicit OnMemory(fs::path path) : path_(std::move(path)) {}
  void TestBody() override {
    test::MemoryTestDisk disk;
    auto full = std::make_shared<bool>(false);
    disk.faults.on_append = disk.faults.on_put = [full] { return *full ? Fate::refused : Fate::done; };
    Stage stage(disk, wire::Form::proto);
    play(path_, stage, [full](bool is) { *full = is; });
  }

 private:
  fs::path path_;
};

#ifdef HOMING_TEST_ROCKS
class OnRocks : public testing::Test {
 public:
  explicit OnRocks(fs::path path) : path_(std::move(path)) {}
  void TestBody() override {
    test::RocksTestDisk disk;
    Stage stage(disk, wire::Form::json);
    play(path_, stage, {});
  }

 private:
  fs::path path_;
};
#endif

std::string test_name(const fs::path& path) {
  std::string name = path.parent_path().filename().string() + "_" + path.stem().string();
  return name;
}

void register_all() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(HOMING_SCENARIOS)) {
    if (entry.path().extension() == ".chat") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    testing::RegisterTest("memory", test_name(path).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [path]() -> testing::Test* { return new OnMemory(path); });
#ifdef HOMING_TEST_ROCKS
    if (memory_only(path)) continue;
    testing::RegisterTest("rocks", test_name(path).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [path]() -> testing::Test* { return new OnRocks(path); });
#endif
  }
}

// A script that is wrong must fail, or all of them prove nothing.
TEST(Script, SaysWhatIsNotSo) {
  test::MemoryTestDisk disk;
  Stage stage(disk, wire::Form::proto);
  Script script(stage, {});
  script.play(words_of("accounts ana ben"));
  script.play(words_of("ana> ben \"hello\""));

  for (const char* wrong :
       {"nothing for ben", "ben< ana \"hullo\"", "ana sees blue on \"hello\"", "ana> ben \"hello\" ! not_a_member",
        "ana> nobody \"hello\"", "ben finds in ana \"other\"", "ana was closed too_big", "ana flies"}) {
    EXPECT_THROW(script.play(words_of(wrong)), Mismatch) << wrong;
  }
}

}  // namespace
}  // namespace homing::scenario

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  homing::scenario::register_all();
  return RUN_ALL_TESTS();
}
