#include "chat/accounts.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <set>

#include "store/memory.h"
#include "wire/limits.h"

namespace homing::chat {
namespace {

using namespace std::chrono_literals;

class HandClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Task<void> sleep(std::chrono::milliseconds) override { co_return; }
  void pass(std::chrono::milliseconds time) { now_ = now_ + time; }

 private:
  Time now_{1'700'000'000'000};
};

class AccountsTest : public ::testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto future = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return future.get();
  }
  template <class T>
  static std::optional<Code> code(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
  }

  NewDevice add(const std::string& phone) {
    auto made = run(accounts_.add(phone, "Ana", "phone"));
    EXPECT_TRUE(made) << made.error().detail;
    return made.value_or(NewDevice{});
  }
  std::optional<Code> authenticate(const std::string& token) { return code(run(accounts_.authenticate(token))); }
  // The code that was sent to this phone.
  std::string send_code(const std::string& phone) {
    EXPECT_EQ(code(run(accounts_.send_code(phone))), std::nullopt);
    return sent_;
  }
  // Sweeps everything in small steps; how many tickets went.
  std::size_t sweep() {
    std::size_t before = disk_.tickets.size();
    std::string after;
    do {
      auto next = run(accounts_.sweep_tickets(after, 1));
      EXPECT_TRUE(next);
      after = next.value_or("");
    } while (!after.empty());
    return before - disk_.tickets.size();
  }
  std::string another(std::string code) {
    code[0] = code[0] == '0' ? '1' : '0';
    return code;
  }
  auto register_by_code(const std::string& phone, const std::string& code) {
    return run(accounts_.register_by_code(phone, code, "Ana", "phone"));
  }

  static Task<Result<void>> keep(AccountsTest* test, std::string code) {
    if (test->hook_fails_) co_return fail(Code::code_undeliverable);
    test->sent_ = std::move(code);
    co_return Result<void>{};
  }

  HandClock clock_;
  SeededRandom random_{7};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  std::string sent_;
  bool hook_fails_ = false;
  Accounts accounts_{
      store_.log(),   store_.directory(),
      store_.inbox(), clock_,
      random_,        CodeSender([this](std::string, std::string code) { return keep(this, std::move(code)); })};
  Accounts closed_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  boost::asio::io_context io_{1};
};

TEST_F(AccountsTest, ATokenSaysWhoIsCalling) {
  NewDevice ana = add("+1 (555) 123-0001");
  EXPECT_EQ(ana.phone, "+15551230001");

  auto caller = run(accounts_.authenticate(ana.token));

  ASSERT_TRUE(caller);
  EXPECT_EQ(*caller, (Caller{ana.account, ana.device}));
}

TEST_F(AccountsTest, OnlyTheHashOfATokenIsStored) {
  NewDevice ana = add("+15551230001");

  auto device = run(store_.directory().device(ana.device));

  ASSERT_TRUE(device);
  std::string hash((*device)->secret_hash.begin(), (*device)->secret_hash.end());
  EXPECT_EQ(ana.token.find(hash), std::string::npos);
  EXPECT_NE((*device)->secret_hash, Hash256{});
}

TEST_F(AccountsTest, EveryWrongTokenIsUnauthenticated) {
  NewDevice ana = add("+15551230001");
  NewDevice ben = add("+15551230002");
  std::string changed = ana.token;
  changed.back() = changed.back() == 'A' ? 'E' : 'A';
  std::string crossed = ana.token.substr(0, 17) + ben.token.substr(17);
  std::string unknown = "00000000000000ff" + ana.token.substr(16);

  for (const std::string& token :
       {std::string(), std::string("x"), changed, crossed, unknown, ana.token + "A", ana.token.substr(1)}) {
    EXPECT_EQ(authenticate(token), Code::unauthenticated) << token;
  }
}

TEST_F(AccountsTest, AddingThePhoneAgainAddsADevice) {
  NewDevice first = add("+15551230001");
  NewDevice second = add("+15551230001");

  EXPECT_EQ(first.account, second.account);
  EXPECT_NE(first.device, second.device);
  EXPECT_EQ(authenticate(first.token), std::nullopt);
  EXPECT_EQ(authenticate(second.token), std::nullopt);
}

TEST_F(AccountsTest, AnAccountHasTenDevicesAtMostAndARevokedOneMakesRoom) {
  NewDevice first = add("+15551230001");
  for (std::size_t i = 1; i < limits::kDevicesMax; ++i) add("+15551230001");
  EXPECT_EQ(code(run(accounts_.add("+15551230001", "", ""))), Code::invalid_argument);

  ASSERT_TRUE(run(accounts_.revoke(first.device)));

  EXPECT_EQ(code(run(accounts_.add("+15551230001", "", ""))), std::nullopt);
}

TEST_F(AccountsTest, DevicesAddedAtTheSameMomentAreTenAtMost) {
  MemoryFaults interleaved;
  interleaved.interleave = true;
  MemoryStore store(disk_, clock_, interleaved);
  Accounts accounts(store.log(), store.directory(), store.inbox(), clock_, random_, std::nullopt);
  for (std::size_t i = 0; i + 2 < limits::kDevicesMax; ++i) add("+15551230001");

  std::vector<std::future<Result<NewDevice>>> adding;
  for (int i = 0; i < 4; ++i) {
    adding.push_back(boost::asio::co_spawn(io_, accounts.add("+15551230001", "", ""), boost::asio::use_future));
  }
  io_.restart();
  io_.run();

  std::vector<NewDevice> added;
  for (auto& each : adding) {
    auto made = each.get();
    if (made) added.push_back(*made);
    if (!made) { EXPECT_EQ(made.error().code, Code::invalid_argument); }
  }
  EXPECT_EQ(added.size(), 2u);
  for (const NewDevice& device : added) EXPECT_EQ(authenticate(device.token), std::nullopt);
  auto devices = run(accounts_.devices("+15551230001"));
  ASSERT_TRUE(devices);
  EXPECT_EQ(std::ranges::count(*devices, Life::active, &Device::life),
            static_cast<std::ptrdiff_t>(limits::kDevicesMax));
}

TEST_F(AccountsTest, ADeviceIsNotAddedToAnAccountThatIsRemovedAtThatMoment) {
  NewDevice ana = add("+15551230001");
  MemoryFaults interleaved;
  interleaved.interleave = true;
  MemoryStore store(disk_, clock_, interleaved);
  Accounts accounts(store.log(), store.directory(), store.inbox(), clock_, random_, std::nullopt);

  auto adding = boost::asio::co_spawn(io_, accounts.add("+15551230001", "", ""), boost::asio::use_future);
  auto removing = boost::asio::co_spawn(io_, accounts.remove("+15551230001"), boost::asio::use_future);
  io_.restart();
  io_.run();

  EXPECT_TRUE(removing.get());
  auto added = adding.get();
  if (added) { EXPECT_EQ(authenticate(added->token), Code::unauthenticated); }
  EXPECT_EQ(authenticate(ana.token), Code::unauthenticated);
}

TEST_F(AccountsTest, BadPhonesAndLongNamesAreRefused) {
  EXPECT_EQ(code(run(accounts_.add("5551230001", "Ana", ""))), Code::phone_invalid);
  EXPECT_EQ(code(run(accounts_.add("+15551230001", std::string(limits::kProfileNameBytesMax + 1, 'a'), ""))),
            Code::invalid_argument);
  EXPECT_EQ(code(run(accounts_.add("+15551230001", "", std::string(limits::kProfileNameBytesMax + 1, 'a')))),
            Code::invalid_argument);
  EXPECT_EQ(code(run(accounts_.add("+15551230001", std::string(limits::kProfileNameBytesMax, 'a'), ""))), std::nullopt);
}

TEST_F(AccountsTest, ARevokedDeviceIsOutAndRevokingAgainChangesNothing) {
  NewDevice ana = add("+15551230001");
  NewDevice other = add("+15551230001");

  ASSERT_TRUE(run(accounts_.revoke(ana.device)));
  ASSERT_TRUE(run(accounts_.revoke(ana.device)));

  EXPECT_EQ(authenticate(ana.token), Code::unauthenticated);
  EXPECT_EQ(authenticate(other.token), std::nullopt);
  EXPECT_EQ(code(run(accounts_.revoke(DeviceId{12345}))), Code::not_found);
}

TEST_F(AccountsTest, ARemovedAccountIsOutWithAllDevicesAndItsPhoneIsFree) {
  NewDevice ana = add("+15551230001");
  NewDevice tablet = add("+15551230001");

  ASSERT_TRUE(run(accounts_.remove("+15551230001")));

  EXPECT_EQ(authenticate(ana.token), Code::unauthenticated);
  EXPECT_EQ(authenticate(tablet.token), Code::unauthenticated);
  EXPECT_EQ(code(run(accounts_.remove("+15551230001"))), Code::not_found);
  EXPECT_NE(add("+15551230001").account, ana.account);
}

TEST_F(AccountsTest, TheListHasEveryAccountOnceAndNoneThatEnded) {
  std::set<AccountId> expected;
  for (int i = 0; i < 25; ++i) expected.insert(add("+1555123" + std::to_string(1000 + i)).account);
  NewDevice gone = add("+15551232000");
  ASSERT_TRUE(run(accounts_.remove(gone.phone)));

  std::vector<AccountId> seen;
  AccountId after;
  for (More more = More::yes; more == More::yes;) {
    auto page = run(accounts_.list(after, 4));
    ASSERT_TRUE(page);
    for (const Account& account : page->items) seen.push_back(account.id);
    more = page->more;
    if (!page->items.empty()) after = page->items.back().id;
  }

  EXPECT_EQ(seen, std::vector<AccountId>(expected.begin(), expected.end()));
}

TEST_F(AccountsTest, ACodeLetsInOnce) {
  std::string code_sent = send_code("+15551230001");
  ASSERT_EQ(code_sent.size(), 6u);
  EXPECT_TRUE(std::ranges::all_of(code_sent, [](char c) { return c >= '0' && c <= '9'; }));

  auto made = register_by_code("+15551230001", code_sent);

  ASSERT_TRUE(made);
  EXPECT_EQ(authenticate(made->token), std::nullopt);
  EXPECT_EQ(code(register_by_code("+15551230001", code_sent)), Code::code_expired);
}

TEST_F(AccountsTest, ASecondCodeAddsADeviceToTheSameAccount) {
  auto first = register_by_code("+15551230001", send_code("+15551230001"));
  auto second = register_by_code("+15551230001", send_code("+15551230001"));

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->account, second->account);
}

TEST_F(AccountsTest, ACodeIsForItsPhoneOnly) {
  std::string code_sent = send_code("+15551230001");

  EXPECT_EQ(code(register_by_code("+15551230002", code_sent)), Code::code_expired);
}

TEST_F(AccountsTest, AfterFiveWrongCodesTheRightOneIsWorthless) {
  std::string right = send_code("+15551230001");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code(register_by_code("+15551230001", another(right))), Code::code_wrong);

  EXPECT_EQ(code(register_by_code("+15551230001", right)), Code::too_many_attempts);
}

TEST_F(AccountsTest, ACodeExpiresAfterTenMinutes) {
  std::string first = send_code("+15551230001");
  clock_.pass(10min - 1ms);
  EXPECT_TRUE(register_by_code("+15551230001", first));

  std::string second = send_code("+15551230001");
  clock_.pass(10min);
  EXPECT_EQ(code(register_by_code("+15551230001", second)), Code::code_expired);
}

TEST_F(AccountsTest, ANewCodeReplacesTheOlderOne) {
  std::string first = send_code("+15551230001");
  std::string second = send_code("+15551230001");
  ASSERT_NE(first, second);

  EXPECT_EQ(code(register_by_code("+15551230001", first)), Code::code_wrong);
  EXPECT_TRUE(register_by_code("+15551230001", second));
}

TEST_F(AccountsTest, FiveCodesAnHourPerPhone) {
  for (int i = 0; i < 5; ++i) send_code("+15551230001");

  auto sixth = run(accounts_.send_code("+15551230001"));

  EXPECT_EQ(code(sixth), Code::too_many_attempts);
  EXPECT_EQ(sixth.error().retry_after, 1h);
  send_code("+15551230002");
  clock_.pass(1h);
  send_code("+15551230001");
}

TEST_F(AccountsTest, ACodeThatCouldNotBeSentIsSaidToBeSo) {
  hook_fails_ = true;

  EXPECT_EQ(code(run(accounts_.send_code("+15551230001"))), Code::code_undeliverable);
}

TEST_F(AccountsTest, WithoutAHookRegistrationByCodeIsClosed) {
  EXPECT_FALSE(closed_.registration_by_code());
  EXPECT_EQ(code(run(closed_.send_code("+15551230001"))), Code::registration_closed);
  EXPECT_EQ(code(run(closed_.register_by_code("+15551230001", "123456", "", ""))), Code::registration_closed);
}

TEST_F(AccountsTest, AnInviteLetsOnePersonIn) {
  auto invite = run(accounts_.invite(1h));
  ASSERT_TRUE(invite);

  auto ana = run(closed_.register_by_invite("+15551230001", invite->code, "Ana", ""));

  ASSERT_TRUE(ana);
  EXPECT_EQ(authenticate(ana->token), std::nullopt);
  EXPECT_EQ(code(run(closed_.register_by_invite("+15551230002", invite->code, "Ben", ""))), Code::invite_invalid);
}

TEST_F(AccountsTest, UnknownAndExpiredInvitesAreRefused) {
  auto invite = run(accounts_.invite(1h));
  ASSERT_TRUE(invite);
  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", "guess", "", ""))), Code::invite_invalid);
  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", "", "", ""))), Code::invite_invalid);

  clock_.pass(1h);

  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", invite->code, "", ""))), Code::invite_invalid);
}

TEST_F(AccountsTest, AnInviteDoesNotOpenSomebodyElsesAccount) {
  add("+15551230001");
  auto invite = run(accounts_.invite(1h));

  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", invite->code, "Eve", ""))), Code::phone_taken);
  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", "guess", "Eve", ""))), Code::invite_invalid);
  EXPECT_TRUE(run(accounts_.register_by_invite("+15551230002", invite->code, "Ben", "")));
}

TEST_F(AccountsTest, WhatHasExpiredIsSweptAndNothingElse) {
  auto short_one = run(accounts_.invite(1h));
  auto long_one = run(accounts_.invite(24h));
  ASSERT_TRUE(short_one && long_one);
  std::string right = send_code("+15551230001");
  for (int i = 0; i < 5; ++i) register_by_code("+15551230001", another(right));

  EXPECT_EQ(sweep(), 0u);
  // Five wrong guesses are still told as such.
  EXPECT_EQ(code(register_by_code("+15551230001", right)), Code::too_many_attempts);
  clock_.pass(10min);
  EXPECT_EQ(sweep(), 1u);  // the code
  EXPECT_EQ(code(register_by_code("+15551230001", right)), Code::code_expired);
  clock_.pass(50min);
  EXPECT_EQ(sweep(), 2u);  // the short invitation, and how many codes were sent to this phone

  EXPECT_EQ(code(run(accounts_.register_by_invite("+15551230001", short_one->code, "", ""))), Code::invite_invalid);
  EXPECT_TRUE(run(accounts_.register_by_invite("+15551230001", long_one->code, "", "")));
}

TEST_F(AccountsTest, ASweepLooksAtAFewTicketsAtATime) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run(accounts_.invite(1h)));
  clock_.pass(1h);

  auto next = run(accounts_.sweep_tickets("", 2));

  ASSERT_TRUE(next);
  EXPECT_FALSE(next->empty());
  EXPECT_EQ(disk_.tickets.size(), 3u);
  next = run(accounts_.sweep_tickets(*next, 2));
  next = run(accounts_.sweep_tickets(*next, 2));
  EXPECT_EQ(*next, "");
  EXPECT_TRUE(disk_.tickets.empty());
}

}  // namespace
}  // namespace homing::chat
