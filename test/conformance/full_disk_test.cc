// RocksStore on a disk that fills up and has room again.
#include <chrono>

#include "rocks_world.h"
#include "store/rocks/verify.h"
#include "suite.h"

namespace homing::test {
namespace {

class FullDisk : public Suite {
 protected:
  RocksWorld& rocks_world() { return static_cast<RocksWorld&>(*world_); }
  RocksStore& store() { return rocks_world().store(); }
  void fills() {
    rocks_world().disk().set_free(20 << 20);
    store().look_for_room();
  }
  void has_room() {
    rocks_world().disk().set_free(1 << 30);
    store().look_for_room();
  }
  std::optional<Code> refusal(Draft message) {
    auto answer = run(log().append(std::move(message)));
    return answer ? std::nullopt : std::optional(answer.error().code);
  }
  void expect_whole(ConversationId id, std::size_t events) {
    auto all = all_of(id);
    ASSERT_EQ(all.size(), events);
    for (std::size_t i = 0; i < events; ++i) EXPECT_EQ(all[i].seq.value, i + 1);
  }
  void expect_nothing_wrong_on_disk() {
    auto report = homing::rocks::verify(rocks_world().folder() / "store");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, 0u) << report->first_problems[0];
  }
};

TEST_P(FullDisk, RefusesThenTakesWritesAgainAndNeitherLosesNorRepeats) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::size_t events = 1;
  for (int round = 0; round < 4; ++round) {
    say(id, ana, "before");
    ++events;
    Draft first = draft(id, ana, "is there room?");
    Draft other = draft(id, ben, "and for me?");

    fills();
    EXPECT_EQ(refusal(first), Code::read_only);
    EXPECT_EQ(refusal(first), Code::read_only);
    EXPECT_EQ(refusal(other), Code::read_only);
    EXPECT_FALSE(store().trouble().empty());
    expect_whole(id, events);
    auto found = run(log().find(first.device, first.client_id));
    EXPECT_TRUE(found && !*found);
    EXPECT_EQ(run(log().head(id)), Seq{events});

    has_room();
    EXPECT_EQ(store().trouble(), "");
    found = run(log().find(first.device, first.client_id));
    EXPECT_TRUE(found && !*found);
    auto accepted = run(log().append(first));
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->seq.value, ++events);
    auto again = run(log().append(first));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->commit, accepted->commit);
    EXPECT_EQ(again->seq, accepted->seq);
    EXPECT_TRUE(run(log().append(other)));
    expect_whole(id, ++events);
  }
  crash();
  expect_whole(id, events);
  reopen();
  expect_whole(id, events);
  world_->close();
  expect_nothing_wrong_on_disk();
}

TEST_P(FullDisk, IsNoticedToHaveRoomByTheStoreItself) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft message = draft(id, ana, "is there room?");
  fills();
  EXPECT_EQ(refusal(message), Code::read_only);

  rocks_world().disk().set_free(1 << 30);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (!store().trouble().empty() && std::chrono::steady_clock::now() < deadline) settle();

  EXPECT_TRUE(run(log().append(message)));
  expect_whole(id, 2);
}

TEST_P(FullDisk, KeepsWhatIsDerivedUntilThereIsRoom) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::vector<Envelope> sent;
  for (int i = 0; i < 10; ++i) sent.push_back(say(id, ana, std::to_string(i)));
  flush();
  fills();
  for (const Envelope& envelope : sent) post({arrived(ben.account, envelope)});
  post({marks_moved(ben.account, id)});
  EXPECT_TRUE(run(inbox().set_bookmark(sent.back().commit)));
  EXPECT_TRUE(run(directory().merge(id, ben.account, Receipt{Seq{4}, {}, {}}, Durable::later)));
  EXPECT_FALSE(run(directory().merge(id, ben.account, Receipt{Seq{5}, {}, {}}, Durable::now)));
  EXPECT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(sent[2].commit))));
  EXPECT_FALSE(store().flush());
  EXPECT_FALSE(store().flush());
  EXPECT_TRUE(run(inbox().move(ben.account, ben.device, Cursor::at(sent[3].commit))));

  has_room();
  flush();
  crash();

  EXPECT_EQ(run(inbox().bookmark()), sent.back().commit);
  EXPECT_EQ(run(inbox().cursor(ben.account, ben.device)), Cursor::at(sent[3].commit));
  EXPECT_EQ(notices(ben.account, Cursor::at(sent[3].commit)).size(), 7u);
  auto marks = run(directory().marks(id));
  ASSERT_TRUE(marks && marks->size() == 1);
  EXPECT_EQ((*marks)[0].receipt.delivered, Seq{5});
}

TEST_P(FullDisk, MayCrashBeforeAndAfterItHasRoom) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::size_t events = 1;
  for (int round = 0; round < 2; ++round) {
    for (bool resumed : {false, true}) {
      for (int i = 0; i < 5; ++i) post({arrived(ben.account, say(id, ana, std::string(500, 'x')))});
      events += 5;
      Draft message = draft(id, ana, "is there room?");
      fills();
      EXPECT_EQ(refusal(message), Code::read_only);
      if (resumed) has_room();

      crash();

      has_room();
      EXPECT_EQ(all_of(id).size(), events);
      EXPECT_TRUE(run(log().append(message)));
      expect_whole(id, ++events);
    }
  }
}

TEST_P(FullDisk, ThatFailedAWriteStaysRefusedUntilARestart) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  std::size_t events = 1;
  for (Trouble how :
       {Trouble::full, Trouble::fills_up, Trouble::full_at_sync, Trouble::sync_fails, Trouble::short_write}) {
    Draft message = draft(id, ana, "is there room?");
    rocks_world().disk().set(how);
    EXPECT_EQ(refusal(message), Code::read_only);

    rocks_world().disk().set(Trouble::none);
    fills();
    has_room();
    EXPECT_FALSE(store().trouble().empty());
    EXPECT_EQ(refusal(message), Code::read_only);
    crash();
    EXPECT_TRUE(run(log().append(message)));
    expect_whole(id, ++events);
  }
}

TEST_P(FullDisk, KeepsAReserveAndWantsMoreThanThatToGoOn) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  auto accepts_with = [&](std::uint64_t megabytes) {
    rocks_world().disk().set_free(megabytes << 20);
    store().look_for_room();
    return !refusal(draft(id, ana, "is there room?"));
  };

  EXPECT_TRUE(accepts_with(65));
  EXPECT_FALSE(accepts_with(63));
  EXPECT_FALSE(accepts_with(70));
  EXPECT_TRUE(accepts_with(81));
  EXPECT_TRUE(accepts_with(70));
}

TEST_P(FullDisk, IsSeenInTheMetrics) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  has_room();
  auto before = store().metrics();
  Envelope envelope = say(id, ana, "counted");
  post({arrived(ben.account, envelope)});
  auto got = run(log().get(std::vector<EventRef>{EventRef{id, envelope.seq, envelope.commit}}));
  EXPECT_TRUE(got && got->size() == 1);

  auto after = store().metrics();
  EXPECT_EQ(after.events, before.events + 1);
  EXPECT_EQ(after.syncs.all, before.syncs.all + 1);
  EXPECT_GT(after.syncs.seconds, before.syncs.seconds);
  EXPECT_EQ(after.recent_hits, before.recent_hits + 1);
  EXPECT_EQ(after.hot_inboxes, 1u);
  EXPECT_EQ(after.bookmark_lag, envelope.commit.value);
  EXPECT_EQ(after.free_bytes, 1u << 30);
  EXPECT_FALSE(after.refuses_writes);

  EXPECT_TRUE(run(inbox().set_bookmark(envelope.commit)));
  flush();
  fills();
  EXPECT_EQ(store().metrics().bookmark_lag, 0u);
  EXPECT_EQ(store().metrics().index_waiting, 0u);
  EXPECT_EQ(store().metrics().free_bytes, 20u << 20);
  EXPECT_TRUE(store().metrics().refuses_writes);
}

INSTANTIATE_TEST_SUITE_P(Rocks, FullDisk, testing::Values(rocks_adapter(), killed_rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
