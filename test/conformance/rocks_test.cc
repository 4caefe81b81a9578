// What RocksStore does when the disk fails.
#include <array>
#include <atomic>
#include <fstream>
#include <map>
#include <thread>

#include "rocks_world.h"
#include "store/rocks/verify.h"
#include "suite.h"

namespace homing::test {
namespace {

class BadDisk : public Suite {
 protected:
  RocksWorld& rocks_world() { return static_cast<RocksWorld&>(*world_); }

  // A message that must be refused. Returns it, to be sent again.
  Draft refused(ConversationId id, Person from, Trouble trouble) {
    Draft message = draft(id, from, "will this be kept?");
    rocks_world().disk().set(trouble);
    auto answer = run(log().append(message));
    EXPECT_FALSE(answer);
    if (!answer) { EXPECT_EQ(answer.error().code, Code::read_only); }
    return message;
  }
};

TEST_P(BadDisk, AFailedWriteRefusesAllWritesAndLosesNothing) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  say(id, ana, "kept");

  for (Trouble trouble :
       {Trouble::sync_fails, Trouble::short_write, Trouble::full, Trouble::fills_up, Trouble::full_at_sync}) {
    std::size_t before = all_of(id).size();
    Draft message = refused(id, ana, trouble);
    EXPECT_FALSE(rocks_world().store().trouble().empty());
    EXPECT_EQ(all_of(id).size(), before);  // reading goes on, and shows nothing that may be gone
    Draft next = draft(id, ben, "and this?");
    EXPECT_EQ(run(log().append(next)).error().code, Code::read_only);
    EXPECT_EQ(run(directory().put(Device{DeviceId{5}})).error().code, Code::read_only);
    auto mark = run(directory().merge(id, ana.account, Receipt{Seq{before}, {}, {}}, Durable::now));
    EXPECT_EQ(mark.error().code, Code::read_only);

    crash();

    EXPECT_TRUE(rocks_world().store().trouble().empty());
    EXPECT_GE(all_of(id).size(), before);  // what was refused for an unknown state may be there
    auto again = run(log().append(message));
    ASSERT_TRUE(again);
    EXPECT_EQ(all_of(id).size(), before + 1);
    EXPECT_EQ(again->seq.value, before + 1);
  }
}

TEST_P(BadDisk, OtherWritesOfTheFailedGroupAreRefusedToo) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Pending<Result<Envelope>>> pending;
  rocks_world().disk().set(Trouble::sync_fails);
  for (int i = 0; i < 20; ++i) {
    Draft message = draft(id, ana, std::to_string(i));
    pending.push_back(begin(log().append(std::move(message))));
  }

  for (auto& answer : pending) EXPECT_EQ(end(answer).error().code, Code::read_only);
  EXPECT_EQ(run(log().head(id)), Seq{1});
  EXPECT_EQ(all_of(id).size(), 1u);
}

TEST_P(BadDisk, OneFolderIsOpenOnce) {
  RocksOptions options;
  options.env = rocks_world().disk().env();

  auto second = RocksStore::open(rocks_world().folder() / "store", clock_, options);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
}

// Overwrites a part of every table. Returns how many there are.
std::size_t break_tables(const std::filesystem::path& folder) {
  std::size_t broken = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".sst") continue;
    std::fstream stream(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(10);
    stream << std::string(50, 'Z');
    if (stream.good()) ++broken;
  }
  return broken;
}

TEST_P(BadDisk, ABrokenFileIsNoticed) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  for (int i = 0; i < 50; ++i) say(id, ana, std::string(200, 'x'));
  reopen();  // from the write-ahead log into a table
  world_->close();
  ASSERT_GT(break_tables(rocks_world().folder() / "store"), 0u);

  auto opened = rocks_world().try_open();
  bool noticed = !opened;
  if (opened) {
    io_ = std::make_unique<boost::asio::io_context>();
    auto page = run(log().read(id, Seq{1}, Seq{100}, 100));
    noticed = !page && page.error().code == Code::corrupt;
  }
  EXPECT_TRUE(noticed);
}

TEST_P(BadDisk, VerifyFindsWhatIsBrokenAndNothingElse) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  for (int i = 0; i < 50; ++i) post({arrived(ben.account, say(id, ana, std::string(200, 'x')))});
  reopen();
  auto while_open = homing::rocks::verify(rocks_world().folder() / "store");
  world_->close();

  auto whole = homing::rocks::verify(rocks_world().folder() / "store");
  ASSERT_GT(break_tables(rocks_world().folder() / "store"), 0u);
  auto broken = homing::rocks::verify(rocks_world().folder() / "store");

  ASSERT_TRUE(while_open && whole);
  EXPECT_EQ(while_open->events, 51u);
  EXPECT_EQ(whole->events, 51u);
  EXPECT_EQ(whole->notices, 50u);
  EXPECT_EQ(whole->accounts, 2u);
  EXPECT_EQ(whole->problems, 0u) << (whole->first_problems.empty() ? "" : whole->first_problems[0]);
  EXPECT_TRUE(!broken || broken->problems > 0);
}

TEST_P(BadDisk, NoticesThatEveryDeviceHasPassedLeaveTheDisk) {
  Person ana = person(), ben = person();
  DeviceId tablet = device_of(ben.account);
  ConversationId id = talk({ana, ben});
  std::vector<Envelope> sent;
  for (int i = 0; i < 20; ++i) post({arrived(ben.account, sent.emplace_back(say(id, ana, "while nobody is here")))});
  ASSERT_TRUE(run(inbox().set_bookmark(sent.back().commit)));
  reopen();
  ASSERT_EQ(notices(ben.account).size(), 20u);

  for (auto [his, hers, stay] : {std::array{9, 4, 15}, {14, 14, 5}, {14, 19, 5}, {19, 19, 0}}) {
    ASSERT_TRUE(run(inbox().read(ben.account, Cursor{}, 100)));  // as who acknowledges does
    ASSERT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(sent[static_cast<std::size_t>(his)].commit))));
    ASSERT_TRUE(run(inbox().move(ben.account, tablet, Cursor::at(sent[static_cast<std::size_t>(hers)].commit))));
    flush();
    auto lie = homing::rocks::verify(rocks_world().folder() / "store");
    ASSERT_TRUE(lie);
    EXPECT_EQ(lie->notices, static_cast<std::size_t>(stay));
    EXPECT_EQ(notices(ben.account).size(), static_cast<std::size_t>(stay));
  }
}

class ManyThreads : public Suite {
 protected:
  struct Talk {
    ConversationId id;
    Person from, to;
  };
  // Sends, reads, acknowledges and marks, as sessions do. Returns what was acknowledged.
  static Task<std::vector<Envelope>> chat(RocksStore& store, std::vector<Draft> drafts, Talk talk) {
    std::vector<Envelope> sent;
    for (Draft& next : drafts) {
      Draft draft = std::move(next);
      auto envelope = co_await store.append(std::move(draft));
      if (!envelope) continue;
      sent.push_back(*envelope);
      std::vector<Post> posts{arrived(talk.to.account, *envelope), marks_moved(talk.from.account, talk.id)};
      (void)co_await store.post(std::move(posts));
      (void)co_await store.read(talk.to.account, Cursor{}, 100);
      (void)co_await store.move(talk.to.account, talk.to.device, Cursor::at(envelope->commit));
      Receipt receipt{envelope->seq, {}, {}};
      Durable durable = sent.size() % 10 == 0 ? Durable::now : Durable::later;
      (void)co_await store.merge(talk.id, talk.to.account, receipt, durable);
      (void)co_await store.head(talk.id);
      Seq to{envelope->seq.value + 1};
      auto page = co_await store.read(talk.id, Seq{1}, to, 1000);
      if (!page || page->items.size() != envelope->seq.value) co_return std::vector<Envelope>{};
    }
    co_return sent;
  }

  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;  // outlive the store, which may still post to them
};

TEST_P(ManyThreads, AgreeOnOneOrder) {
  constexpr std::size_t kThreads = 4, kMessages = 60;
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  RocksStore& store = static_cast<RocksWorld&>(*world_).store();
  std::vector<std::vector<Envelope>> sent(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    std::vector<Draft> drafts;
    for (std::size_t n = 0; n < kMessages; ++n) drafts.push_back(draft(id, ana, std::to_string(i)));
    contexts_.push_back(std::make_unique<boost::asio::io_context>());
    threads.emplace_back(
        [&store, &sent, &io = *contexts_.back(), i, drafts = std::move(drafts), talk = Talk{id, ana, ben}]() mutable {
          boost::asio::co_spawn(
              io, chat(store, std::move(drafts), talk),
              [&sent, i](std::exception_ptr, std::vector<Envelope> envelopes) { sent[i] = std::move(envelopes); });
          io.run();
        });
  }
  std::atomic<bool> done{false};
  std::thread writer([&] {
    while (!done) (void)store.flush();
  });
  for (auto& thread : threads) thread.join();
  done = true;
  writer.join();

  std::map<Seq, Commit> all;
  for (const auto& envelopes : sent) {
    EXPECT_EQ(envelopes.size(), kMessages);
    for (std::size_t n = 1; n < envelopes.size(); ++n) EXPECT_LT(envelopes[n - 1].seq, envelopes[n].seq);
    for (const Envelope& envelope : envelopes) all[envelope.seq] = envelope.commit;
  }
  ASSERT_EQ(all.size(), kThreads * kMessages);
  EXPECT_EQ(all.rbegin()->first.value, kThreads * kMessages + 1);
  Commit last;
  for (const auto& [seq, commit] : all) {
    EXPECT_LT(last, commit);
    last = commit;
  }
}

INSTANTIATE_TEST_SUITE_P(Rocks, ManyThreads, testing::Values(rocks_adapter()), adapter_name);
INSTANTIATE_TEST_SUITE_P(Rocks, BadDisk, testing::Values(rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
