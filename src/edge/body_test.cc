#include "edge/body.h"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace homing::edge {
namespace {

Task<void> take_whole(Body* body, std::size_t bytes_max, std::optional<Result<std::string>>* out) {
  *out = co_await body->whole(bytes_max);
}
Task<void> take_rest(Body* body, std::uint64_t bytes_max, std::optional<Result<bool>>* out) {
  *out = co_await body->drain(bytes_max);
}

struct BodyTest : testing::Test {
  boost::asio::io_context io;
  int wanted = 0;
  std::optional<Result<std::string>> whole;
  std::optional<Result<bool>> drained;

  std::function<void()> count() {
    return [this] { ++wanted; };
  }
  void read_whole(Body& body, std::size_t bytes_max) {
    boost::asio::co_spawn(io, take_whole(&body, bytes_max, &whole), boost::asio::detached);
    go_on();
  }
  void drain(Body& body, std::uint64_t bytes_max) {
    boost::asio::co_spawn(io, take_rest(&body, bytes_max, &drained), boost::asio::detached);
    go_on();
  }
  void go_on() {
    io.restart();
    io.poll();
  }
};

TEST_F(BodyTest, WaitsForWhatIsStillToCome) {
  Body body(std::nullopt, count());
  read_whole(body, 100);
  EXPECT_FALSE(whole);
  EXPECT_TRUE(body.asked());
  EXPECT_GT(wanted, 0);

  body.feed("hello ");
  go_on();
  EXPECT_FALSE(whole);
  body.feed("world");
  body.finish();
  go_on();

  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ(**whole, "hello world");
  EXPECT_EQ(body.taken(), 11U);
}

TEST_F(BodyTest, IsTooBigAsSoonAsThatIsKnown) {
  Body announced(101, count());
  read_whole(announced, 100);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->error().code, Code::too_big);
  EXPECT_FALSE(announced.asked());

  whole.reset();
  Body chunked(std::nullopt, count());
  chunked.feed(std::string(101, 'x'));
  read_whole(chunked, 100);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->error().code, Code::too_big);
}

TEST_F(BodyTest, GivesWhatCameBeforeItBroke) {
  Body body(100, count());
  body.feed("half");
  body.break_off(Error{Code::unavailable, "gone", {}, {}});
  std::optional<Result<std::string>> first;
  boost::asio::co_spawn(
      io, [](Body* body, auto* first) -> Task<void> { *first = co_await body->read(); }(&body, &first),
      boost::asio::detached);
  go_on();
  EXPECT_EQ(**first, "half");
  read_whole(body, 100);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->error().detail, "gone");
}

TEST_F(BodyTest, IsStillReadWhenItsConnectionEndsAfterIt) {
  Body body(4, count());
  body.feed("full");
  body.finish();
  body.break_off(Error{Code::unavailable, "gone", {}, {}});
  read_whole(body, 100);
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ(**whole, "full");
}

TEST_F(BodyTest, IsDrainedUpToALimit) {
  Body small("12345");
  drain(small, 5);
  ASSERT_TRUE(drained && *drained);
  EXPECT_TRUE(**drained);

  drained.reset();
  Body large(std::nullopt, count());
  large.feed("123456");
  drain(large, 5);
  ASSERT_TRUE(drained && *drained);
  EXPECT_FALSE(**drained);

  drained.reset();
  Body announced(6, count());
  drain(announced, 5);
  ASSERT_TRUE(drained && *drained);
  EXPECT_FALSE(**drained);
}

}  // namespace
}  // namespace homing::edge
