// What RocksStore makes of a write-ahead log that does not read back: damage is refused, the torn end that a power cut
// leaves is not.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "rocks_world.h"
#include "store/rocks/verify.h"
#include "suite.h"

namespace homing::test {
namespace {

namespace fs = std::filesystem;

class Damage : public Suite {
 protected:
  RocksWorld& rocks_world() { return static_cast<RocksWorld&>(*world_); }
  fs::path folder() { return rocks_world().folder() / "store"; }
  // The log that is being written: of several the newest.
  fs::path newest_log() {
    std::vector<fs::path> logs;
    for (const auto& file : fs::directory_iterator(folder())) {
      if (file.path().extension() == ".log") logs.push_back(file.path());
    }
    return logs.empty() ? fs::path() : std::ranges::max(logs);
  }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void replace(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  // As after kill -9: what was written is there.
  void kill() {
    rocks_world().disk().set(Trouble::power_is_off);
    world_->close();
    rocks_world().disk().set(Trouble::none);
    io_ = std::make_unique<boost::asio::io_context>();
  }
  // Some people who have talked; everything was acknowledged.
  void given_a_talk(int messages) {
    ana_ = person();
    ben_ = person();
    talk_ = talk({ana_, ben_});
    for (int i = 1; i < messages; ++i) say(talk_, ana_, std::string(300, 'x'));
  }
  void expect_all(std::size_t messages) {
    EXPECT_EQ(all_of(talk_).size(), messages);
    EXPECT_EQ(say(talk_, ben_, "and on").seq.value, messages + 1);
  }
  void expect_refused(const std::string& what) {
    auto opened = rocks_world().try_open();
    ASSERT_FALSE(opened) << what;
    EXPECT_EQ(opened.error().code, Code::corrupt) << what;
    EXPECT_NE(opened.error().detail.find("acknowledged"), std::string::npos) << opened.error().detail;
    EXPECT_NE(opened.error().detail.find("backup"), std::string::npos) << opened.error().detail;
  }

  Person ana_, ben_;
  ConversationId talk_;
};

TEST_P(Damage, InTheMiddleOfTheLogIsRefusedAndNothingIsDropped) {
  given_a_talk(60);
  kill();
  fs::path log = newest_log();
  const std::string whole = bytes_of(log);
  ASSERT_GT(whole.size(), 20'000u);

  for (std::size_t percent : {1, 25, 50, 75, 90}) {
    std::string damaged = whole;
    for (std::size_t i = 0; i < 4; ++i) damaged[whole.size() * percent / 100 + i] ^= 0x20;
    replace(log, damaged);

    expect_refused("flipped bits");
    expect_refused("the second time");
    EXPECT_EQ(bytes_of(log), damaged);
  }
  replace(log, whole);
  world_->open();
  expect_all(60);
}

TEST_P(Damage, APageOfZerosInTheMiddleIsRefused) {
  given_a_talk(200);
  kill();
  fs::path log = newest_log();
  const std::string whole = bytes_of(log);

  for (std::size_t at = 4096; at + 4096 < whole.size(); at += 8 * 4096) {
    std::string damaged = whole;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 4096, '\0');
    replace(log, damaged);

    expect_refused("zeros at " + std::to_string(at));
  }
  replace(log, whole);
  world_->open();
  expect_all(200);
}

TEST_P(Damage, AShortOrMissingLogIsRefused) {
  given_a_talk(60);
  kill();
  fs::path log = newest_log();
  const std::string whole = bytes_of(log);
  fs::copy(folder(), rocks_world().folder() / "copy", fs::copy_options::recursive);

  // Any length, also one at which a record happens to end.
  for (std::size_t length = 5'000; length < 6'500; length += 13) {
    fs::remove_all(folder());
    fs::copy(rocks_world().folder() / "copy", folder(), fs::copy_options::recursive);
    replace(log, whole.substr(0, length));
    expect_refused("cut to " + std::to_string(length));
  }
  fs::remove_all(folder());
  fs::copy(rocks_world().folder() / "copy", folder(), fs::copy_options::recursive);
  fs::remove(log);
  expect_refused("missing");
}

TEST_P(Damage, ToTheLastAcknowledgedEventIsRefused) {
  given_a_talk(60);
  kill();
  fs::path log = newest_log();
  std::string damaged = bytes_of(log);
  for (std::size_t at = damaged.size(); at > damaged.size() - 200; --at) damaged[at - 1] ^= 1;
  replace(log, damaged);

  expect_refused("the end");
}

TEST_P(Damage, IsFoundByVerify) {
  given_a_talk(60);
  kill();
  fs::path log = newest_log();
  const std::string whole = bytes_of(log);
  std::string damaged = whole;
  damaged[whole.size() / 2] ^= 1;
  auto before = homing::rocks::verify(folder());
  replace(log, damaged);

  auto after = homing::rocks::verify(folder());

  ASSERT_TRUE(before);
  EXPECT_EQ(before->problems, 0u) << before->first_problems[0];
  ASSERT_TRUE(after);
  ASSERT_GE(after->problems, 1u);
  EXPECT_NE(after->first_problems[0].find("acknowledged"), std::string::npos) << after->first_problems[0];
  EXPECT_EQ(bytes_of(log), damaged);
}

TEST_P(Damage, AnOperatorMayDecideToGoOnWithoutWhatIsLost) {
  given_a_talk(60);
  kill();
  fs::path log = newest_log();
  std::string damaged = bytes_of(log);
  damaged[damaged.size() / 2] ^= 1;
  replace(log, damaged);
  expect_refused("damaged");

  fs::remove(folder() / "ACKNOWLEDGED");
  world_->open();

  std::size_t kept = all_of(talk_).size();
  EXPECT_GT(kept, 10u);
  EXPECT_LT(kept, 60u);
  say(talk_, ana_, "and on");
  reopen();
  EXPECT_EQ(all_of(talk_).size(), kept + 1);
}

TEST_P(Damage, AtTheEndThatWasNeverSyncedStopsNoStart) {
  given_a_talk(30);
  reopen();
  for (int i = 0; i < 3; ++i) say(talk_, ana_, "synced");
  fs::path log = newest_log();
  const std::size_t synced = fs::file_size(log);
  // Much that is derived and written without a sync.
  for (std::uint64_t i = 1; i <= 40; ++i) {
    std::vector<Post> posts;
    for (const Envelope& envelope : all_of(talk_)) posts.push_back(arrived(AccountId{i}, envelope));
    post(std::move(posts));
    ASSERT_TRUE(rocks_world().store().flush());
  }
  kill();
  ASSERT_EQ(newest_log(), log);
  const std::string whole = bytes_of(log);
  ASSERT_GT(whole.size(), synced + 40'000);
  fs::copy(folder(), rocks_world().folder() / "copy", fs::copy_options::recursive);

  std::vector<std::string> ends;
  for (std::size_t length : {0, 1, 6, 7, 8, 100, 4000, 33'000}) ends.push_back(whole.substr(0, synced + length));
  for (std::size_t at : {0, 3, 50, 4000, 20'000}) {
    std::string hole = whole;  // a page that never came, and intact records behind it
    hole[synced + at] ^= 4;
    ends.push_back(hole);
    std::fill_n(hole.begin() + static_cast<std::ptrdiff_t>(synced + at), 8192, '\0');
    ends.push_back(hole);
  }
  ends.push_back(whole.substr(0, synced) + std::string(10'000, '\0'));
  ends.push_back(whole.substr(0, synced) + std::string(10'000, 'Z'));
  for (const std::string& end : ends) {
    fs::remove_all(folder());
    fs::copy(rocks_world().folder() / "copy", folder(), fs::copy_options::recursive);
    replace(log, end);

    world_->open();

    expect_all(33);
    reopen();
    EXPECT_EQ(all_of(talk_).size(), 34u);
    kill();
    auto report = homing::rocks::verify(folder());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, 0u) << report->first_problems[0];
  }
}

TEST_P(Damage, AFolderWithoutTheMarkOpens) {
  given_a_talk(5);
  kill();
  fs::remove(folder() / "ACKNOWLEDGED");

  world_->open();
  expect_all(5);
  kill();
  replace(folder() / "ACKNOWLEDGED", "not what it should be");
  world_->open();
  EXPECT_EQ(all_of(talk_).size(), 6u);
}

INSTANTIATE_TEST_SUITE_P(Rocks, Damage, testing::Values(killed_rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
