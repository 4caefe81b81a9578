#include "server/server_key.h"

#include <gtest/gtest.h>

#include <fstream>

namespace homing::server {
namespace {

class ServerKeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "homing-key-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    data_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(data_); }
  std::filesystem::path data_;
  SeededRandom random_{1};
};

TEST_F(ServerKeyTest, IsMadeOnceAndStays) {
  auto first = server_key(data_, random_);
  auto second = server_key(data_, random_);

  ASSERT_TRUE(first);
  EXPECT_EQ(*first, *second);
  EXPECT_NE(*first, ServerKey{});
  auto allowed = std::filesystem::status(data_ / "server.key").permissions();
  EXPECT_EQ(allowed, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ServerKeyTest, SomethingElseIsNotReplaced) {
  std::ofstream(data_ / "server.key") << "too short";
  auto key = server_key(data_, random_);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::server
