// The vocabulary in which the suite says what a store does: people, what they say, and the world around the store.
#pragma once

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "wire/seal.h"
#include "world.h"

namespace homing::test {

struct Person {
  AccountId account;
  DeviceId device;
};

// The answer of a call that was begun and may still be under way.
template <class T>
using Pending = std::shared_ptr<std::optional<T>>;

class Suite : public testing::TestWithParam<Adapter> {
 protected:
  void SetUp() override {
    world_ = GetParam().make(clock_);
    world_->open();
  }
  // The store goes first: it drops the calls that wait in it while their executor still exists.
  void TearDown() override {
    world_.reset();
    io_.reset();
  }

  EventLog& log() { return world_->log(); }
  Inbox& inbox() { return world_->inbox(); }
  Directory& directory() { return world_->directory(); }
  Records& shelf() { return world_->shelf(); }

  void reopen() {
    world_->close();
    io_ = std::make_unique<boost::asio::io_context>();
    world_->open();
  }
  void crash() {
    world_->crash();
    io_ = std::make_unique<boost::asio::io_context>();
    world_->open();
  }
  void flush() { world_->flush(); }

  template <class T>
  Pending<T> begin(Task<T> task) {
    auto answer = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(*io_, std::move(task), [answer](std::exception_ptr error, T value) {
      CHECK(!error) << "a store threw";
      *answer = std::move(value);
    });
    return answer;
  }
  template <class T>
  T end(Pending<T> answer) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!*answer) {
      CHECK(std::chrono::steady_clock::now() < deadline) << "a store does not answer";
      io_->restart();
      io_->run_one_for(std::chrono::milliseconds(20));
    }
    return std::move(**answer);
  }
  template <class T>
  T run(Task<T> task) {
    return end(begin(std::move(task)));
  }
  // Runs for a moment what could run.
  void settle() {
    io_->restart();
    io_->run_for(std::chrono::milliseconds(30));
  }

  // --- people ---
  Person person() {
    std::uint64_t number = random_.id();
    Account account;
    account.id = AccountId{number};
    account.phone = "+1" + std::to_string(number);
    EXPECT_TRUE(run(directory().put(account)));
    return Person{account.id, device_of(account.id)};
  }
  DeviceId device_of(AccountId account) {
    Device device;
    device.id = DeviceId{random_.id()};
    device.account = account;
    EXPECT_TRUE(run(directory().put(device)));
    return device.id;
  }

  // --- what they say ---
  ClientId fresh_client_id() {
    ClientId id{};
    random_.fill(id);
    return id;
  }
  std::shared_ptr<const Sealed> sealed(AccountId author, const std::string& text) {
    Event event;
    event.header.author = author;
    event.body.bytes = text;
    return wire::seal(event);
  }
  // A message in a conversation as it is now.
  Draft draft(ConversationId conversation, Person from, const std::string& text) {
    Draft draft;
    draft.conversation = conversation;
    draft.device = from.device;
    draft.client_id = fresh_client_id();
    draft.expects = version_of(conversation);
    draft.sealed = sealed(from.account, text);
    return draft;
  }
  // The first message between these people.
  Draft beginning(std::vector<Person> people, const std::string& text) {
    ConversationId id{random_.id()};
    Draft first;
    first.conversation = id;
    first.device = people.front().device;
    first.client_id = fresh_client_id();
    first.sealed = sealed(people.front().account, text);
    Conversation conversation;
    conversation.id = id;
    for (Person person : people) {
      conversation.members.push_back(Membership{person.account, Role::member, kThisEvent, {}});
    }
    first.becomes = conversation;
    return first;
  }
  // A new conversation with one event in it.
  ConversationId talk(std::vector<Person> people) {
    Draft first = beginning(std::move(people), "hello");
    ConversationId id = first.conversation;
    auto envelope = run(log().append(std::move(first)));
    EXPECT_TRUE(envelope) << envelope.error().detail;
    return id;
  }
  Envelope say(ConversationId conversation, Person from, const std::string& text) {
    auto envelope = run(log().append(draft(conversation, from, text)));
    EXPECT_TRUE(envelope) << static_cast<int>(envelope.error().code) << " " << envelope.error().detail;
    return envelope ? *envelope : Envelope{};
  }
  Version version_of(ConversationId id) {
    auto conversation = run(directory().conversation(id));
    return conversation ? (*conversation)->version : Version{};
  }
  std::vector<Envelope> all_of(ConversationId conversation) {
    auto page = run(log().read(conversation, Seq{1}, Seq{1000000}, 1000000));
    EXPECT_TRUE(page);
    return page ? page->items : std::vector<Envelope>{};
  }

  // --- inboxes ---
  static Post arrived(AccountId account, const Envelope& envelope, Own own = Own::no) {
    return Post{account, EventArrived{EventRef{envelope.conversation, envelope.seq, envelope.commit}, own}};
  }
  static Post marks_moved(AccountId account, ConversationId conversation) {
    return Post{account, MarksMoved{conversation}};
  }
  void post(std::vector<Post> posts) { ASSERT_TRUE(run(inbox().post(std::move(posts)))); }
  std::vector<Notice> notices(AccountId account, Cursor after = {}) {
    auto page = run(inbox().read(account, after, 1000));
    EXPECT_TRUE(page);
    return page ? page->items : std::vector<Notice>{};
  }

  ManualClock clock_;
  SeededRandom random_{20240229};
  std::unique_ptr<World> world_;
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>();
};

class LogSuite : public Suite {};
class InboxSuite : public Suite {};
class DirectorySuite : public Suite {};
class RetentionSuite : public Suite {};

inline std::string adapter_name(const testing::TestParamInfo<Adapter>& info) { return info.param.name; }

}  // namespace homing::test
