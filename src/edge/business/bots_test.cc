#include "edge/business/bots.h"

#include "edge/business/calls_fixture.h"

namespace homing::business {
namespace {

class BotsTest : public CallsTest {};

TEST_F(BotsTest, WhatExpiresIsSweptAndTheRestStays) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(bots_.keep_callback(shop_.caller.device, ClientId{1}, "x", Bots::Repeats::never)));
  auto sweep = [&] {
    std::string after;
    do { after = run(bots_.sweep(after, 2)).value(); } while (!after.empty());
  };
  sweep();
  EXPECT_TRUE(run(bots_.authenticate(login.token)));
  EXPECT_EQ(run(bots_.callback(shop_.caller.device, ClientId{1})), "x");

  clock_.time = clock_.time + std::chrono::days(31);
  EXPECT_FALSE(run(bots_.authenticate(login.token)));
  sweep();
  EXPECT_EQ(run(bots_.callback(shop_.caller.device, ClientId{1})), "");
  EXPECT_EQ(run(bots_.list()).value().size(), 3u);
  EXPECT_TRUE(run(bots_.authenticate(made.token)));
}

TEST_F(BotsTest, PasswordsAreCheckedAndChanged) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  EXPECT_TRUE(is_good_password(made.password));
  EXPECT_EQ(run(bots_.login("15551239002", "wrong", {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15550000000", made.password, {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, "weak")).error().code, Code::invalid_argument);
  auto login = run(bots_.login("15551239002", made.password, "Stronger-1"));
  ASSERT_TRUE(login);
  EXPECT_FALSE(run(bots_.login("15551239002", made.password, {})));
  EXPECT_TRUE(run(bots_.authenticate(login->token)));
  EXPECT_TRUE(run(bots_.logout(login->token)));
  EXPECT_EQ(run(bots_.authenticate(login->token)).error().code, Code::unauthenticated);
}

TEST_F(BotsTest, ABotCanHaveFurtherUsers) {
  const std::string& number = shop_.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till-1", "Strong-12")));
  auto login = run(bots_.login("till-1", "Strong-12", {}));
  ASSERT_TRUE(login) << login.error().detail;
  auto known = run(bots_.authenticate(login->token));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->bot.number_id, number);
  EXPECT_EQ(known->user, "till-1");
  EXPECT_EQ(run(bots_.login("till-1", "Strong-13", {})).error().code, Code::unauthenticated);

  ASSERT_TRUE(run(bots_.set_password(number, "till-1", "Strong-13")));
  EXPECT_TRUE(run(bots_.login("till-1", "Strong-13", "Strong-14")));
  EXPECT_TRUE(run(bots_.login("till-1", "Strong-14", {})));

  ASSERT_TRUE(run(bots_.remove_user(number, "till-1")));
  EXPECT_EQ(run(bots_.authenticate(login->token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("till-1", "Strong-14", {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.remove_user(number, "till-1")).error().code, Code::not_found);
}

TEST_F(BotsTest, AUsersTokensAreNotThoseOfAnotherWithItsName) {
  const std::string& number = shop_.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  auto before = run(bots_.login("till", "Strong-12", {})).value();
  ASSERT_TRUE(run(bots_.remove_user(number, "till")));
  clock_.time = clock_.time + std::chrono::seconds(1);
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-34")));
  EXPECT_EQ(run(bots_.authenticate(before.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(run(bots_.login("till", "Strong-34", {})).value().token)));
}

TEST_F(BotsTest, UsersThatCannotBe) {
  const std::string& number = shop_.bot.number_id;
  for (const char* name : {"", "15551239001", "a b", "a:b", "a/b", "+1-555.1239001"}) {
    EXPECT_EQ(run(bots_.add_user(number, name, "Strong-12")).error().code, Code::invalid_argument) << name;
  }
  EXPECT_EQ(run(bots_.add_user(number, "till", "weak")).error().code, Code::invalid_argument);
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  EXPECT_EQ(run(bots_.add_user(number, "till", "Strong-12")).error().code, Code::conflict);
  EXPECT_EQ(run(bots_.add_user(other_.bot.number_id, "till", "Strong-12")).error().code, Code::conflict);
  EXPECT_EQ(run(bots_.set_password(other_.bot.number_id, "till", "Strong-13")).error().code, Code::not_found);
  EXPECT_EQ(run(bots_.remove_user(other_.bot.number_id, "till")).error().code, Code::not_found);
  for (std::size_t i = 1; i < kUsersMax; ++i) {
    ASSERT_TRUE(run(bots_.add_user(number, "till" + std::to_string(i), "Strong-12")));
  }
  EXPECT_EQ(run(bots_.add_user(number, "more", "Strong-12")).error().code, Code::invalid_argument);
}

TEST_F(BotsTest, LoginsEndWithTheBotsDevice) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(accounts_.revoke(made.bot.device)));

  EXPECT_EQ(run(bots_.authenticate(login.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, {})).error().code, Code::unauthenticated);
}

TEST_F(BotsTest, LoginsEndWithTheBotsAccount) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  auto login = run(bots_.login("15551239002", made.password, {})).value();
  ASSERT_TRUE(run(bots_.add_user(made.bot.number_id, "till", "Strong-12")));
  auto till = run(bots_.login("till", "Strong-12", {})).value();
  ASSERT_TRUE(run(accounts_.remove("+15551239002")));

  EXPECT_EQ(run(bots_.authenticate(login.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.authenticate(till.token)).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("15551239002", made.password, {})).error().code, Code::unauthenticated);
  EXPECT_EQ(run(bots_.login("till", "Strong-12", {})).error().code, Code::unauthenticated);
}

TEST_F(BotsTest, ANewPasswordEndsTheTokensOfTheOldOne) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  const std::string& number = made.bot.number_id;
  ASSERT_TRUE(run(bots_.add_user(number, "till", "Strong-12")));
  auto before = run(bots_.login("15551239002", made.password, {})).value();
  auto till = run(bots_.login("till", "Strong-12", {})).value();

  auto after = run(bots_.login("15551239002", made.password, "Stronger-1")).value();
  EXPECT_EQ(run(bots_.authenticate(before.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(after.token)));
  EXPECT_TRUE(run(bots_.authenticate(till.token))) << "another user";

  ASSERT_TRUE(run(bots_.set_password(number, "till", "Strong-13")));
  EXPECT_EQ(run(bots_.authenticate(till.token)).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.authenticate(run(bots_.login("till", "Strong-13", {})).value().token)));
  EXPECT_TRUE(run(bots_.authenticate(after.token)));
}

TEST_F(BotsTest, UsersEndWithTheirBot) {
  ASSERT_TRUE(run(bots_.add_user(shop_.bot.number_id, "till", "Strong-12")));
  ASSERT_TRUE(run(bots_.forget(run(bots_.by_phone("+15551239000")).value())));
  EXPECT_EQ(run(bots_.login("till", "Strong-12", {})).error().code, Code::unauthenticated);
  EXPECT_TRUE(run(bots_.add_user(other_.bot.number_id, "till", "Strong-12"))) << "the name is free";
}

TEST_F(BotsTest, SecretsNeedTheSameKey) {
  auto made = run(bots_.add("+15551239002", "Third")).value();
  EXPECT_EQ(bots_.app_secret(made.bot), made.app_secret);
  Bots elsewhere{store_.shelf(), store_.directory(), accounts_, clock_, random_, derive_keys({1})};
  EXPECT_EQ(elsewhere.app_secret(made.bot).error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::business
