// RocksStore on a disk that does not answer for a while: who asks it waits, and nobody else does.
#include <boost/asio/post.hpp>

#include <chrono>
#include <thread>

#include "rocks_world.h"
#include "suite.h"

namespace homing::test {
namespace {

class StuckDisk : public Suite {
 protected:
  // A conversation that lies on disk, with more in it than is kept in memory.
  void SetUp() override {
    Suite::SetUp();
    id_ = talk({ana_ = person(), ben_ = person()});
    for (int i = 0; i < 100; ++i) sent_.push_back(say(id_, ana_, std::string(400, 'x')));
    std::vector<Post> posts;
    for (const Envelope& envelope : sent_) posts.push_back(arrived(ben_.account, envelope));
    post(std::move(posts));
    EXPECT_TRUE(run(inbox().set_bookmark(sent_.back().commit)));
    EXPECT_TRUE(run(inbox().move(ben_.account, ben_.device, Cursor::at(sent_[9].commit))));
    EXPECT_TRUE(run(directory().merge(id_, ben_.account, Receipt{Seq{5}, {}, {}}, Durable::later)));
    std::vector<RecordChange> changes(1);
    changes[0].name = "test/a";
    changes[0].value = "1";
    EXPECT_TRUE(run(shelf().write(std::move(changes), Durable::now)));
    reopen();
  }
  void TearDown() override {
    disk().go_on();
    Suite::TearDown();
  }

  RocksStore& store() { return static_cast<RocksWorld&>(*world_).store(); }
  FaultyDisk& disk() { return static_cast<RocksWorld&>(*world_).disk(); }
  // Runs the callers' thread until somebody waits for the disk.
  void until_stuck(std::size_t readers = 1) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(8);
    while (disk().readers_stuck() < readers) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nobody reads from the disk";
      io_->restart();
      io_->run_one_for(std::chrono::milliseconds(2));
    }
  }
  // What `call` answers, from a store that has nothing in memory.
  template <class Call>
  auto cold(Call call) {
    reopen();
    disk().stick();
    auto answer = begin(call());
    until_stuck();
    bool others_ran = false;
    boost::asio::post(*io_, [&] { others_ran = true; });
    settle();
    EXPECT_TRUE(others_ran);
    EXPECT_FALSE(answer->has_value()) << "answered by a thread that waited for the disk";
    disk().go_on();
    return end(answer);
  }
  EventRef ref(std::size_t i) const { return EventRef{id_, sent_[i].seq, sent_[i].commit}; }

  Person ana_, ben_;
  ConversationId id_;
  std::vector<Envelope> sent_;
};

TEST_P(StuckDisk, HoldsUpNobodyButWhoAsksIt) {
  auto page = cold([&] { return log().read(id_, Seq{1}, Seq{50}, 100); });
  EXPECT_EQ(page.value().items.size(), 49u);
  auto got = cold([&] { return log().get(std::vector<EventRef>{ref(3), ref(90)}); });
  ASSERT_EQ(got.value().size(), 2u);
  EXPECT_EQ(got.value()[1].seq, sent_[90].seq);
  auto followed = cold([&] { return log().follow(Partition{}, Commit{}, 20); });
  EXPECT_EQ(followed.value().envelopes.size(), 20u);
  auto found = cold([&] { return log().find(sent_[4].device, sent_[4].client_id); });
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->seq, sent_[4].seq);
  EXPECT_EQ(cold([&] { return log().head(id_); }), Seq{101});

  auto notices = cold([&] { return inbox().read(ben_.account, Cursor{}, 1000); });
  EXPECT_EQ(notices.value().items.size(), 90u);
  EXPECT_EQ(cold([&] { return inbox().cursor(ben_.account, ben_.device); }), Cursor::at(sent_[9].commit));
  auto was = cold([&] { return inbox().move(ben_.account, ben_.device, Cursor::at(sent_[19].commit)); });
  EXPECT_EQ(was, Cursor::at(sent_[9].commit));

  auto marks = cold([&] { return directory().marks(id_); });
  EXPECT_EQ(marks.value().size(), 1u);
  auto merged = cold([&] { return directory().merge(id_, ben_.account, Receipt{Seq{7}, {}, {}}, Durable::later); });
  EXPECT_EQ(merged.value().was.delivered, Seq{5});
  EXPECT_EQ(cold([&] { return directory().account(ana_.account); }).value()->id, ana_.account);
  EXPECT_EQ(cold([&] { return directory().devices_of(ana_.account); }).value().size(), 1u);
  EXPECT_EQ(cold([&] { return directory().conversations_of(ana_.account, {}, 10); }).value().items.size(), 1u);
  EXPECT_EQ(cold([&] { return shelf().record("test/a"); }), "1");
  EXPECT_EQ(cold([&] { return shelf().records("test/", "test0", 10); }).value().items.size(), 1u);
  Retention retention;
  EXPECT_TRUE(cold([&] { return log().retain(retention, clock_.now()); }));
  EXPECT_TRUE(cold([&] { return inbox().forget(ben_.account, ben_.device); }));
}

TEST_P(StuckDisk, IsNotAskedForWhatIsInMemory) {
  Envelope fresh = say(id_, ana_, "fresh");
  post({arrived(ben_.account, fresh)});
  EXPECT_EQ(notices(ben_.account, Cursor::at(sent_.back().commit)).size(), 1u);
  EXPECT_TRUE(run(inbox().move(ben_.account, ben_.device, Cursor::at(sent_.back().commit))));
  std::uint64_t before = store().metrics().cold_reads;
  disk().stick();

  EXPECT_EQ(run(log().get(std::vector<EventRef>{{id_, fresh.seq, fresh.commit}})).value().size(), 1u);
  EXPECT_EQ(run(log().follow(Partition{}, sent_.back().commit, 10)).value().envelopes.size(), 1u);
  EXPECT_EQ(notices(ben_.account, Cursor::at(sent_.back().commit)).size(), 1u);
  EXPECT_TRUE(run(inbox().move(ben_.account, ben_.device, Cursor::at(fresh.commit))));
  EXPECT_TRUE(run(directory().conversation(id_)));
  EXPECT_EQ(disk().readers_stuck(), 0u);
  EXPECT_EQ(store().metrics().cold_reads, before);
}

TEST_P(StuckDisk, ShowsWhatCameWhileItWasStuck) {
  disk().stick();
  auto page = begin(inbox().read(ben_.account, Cursor::at(sent_[97].commit), 100));
  auto was = begin(inbox().move(ben_.account, ben_.device, Cursor::at(sent_[20].commit)));
  until_stuck(2);
  post({marks_moved(ben_.account, id_)});

  disk().go_on();

  auto notices = end(page);
  ASSERT_TRUE(notices);
  EXPECT_EQ(notices->items.size(), 3u);
  EXPECT_EQ(end(was), Cursor::at(sent_[9].commit));
  EXPECT_EQ(run(inbox().cursor(ben_.account, ben_.device)), Cursor::at(sent_[20].commit));
}

TEST_P(StuckDisk, MayLoseItsCallers) {
  disk().stick();
  auto read = begin(log().read(id_, Seq{1}, Seq{50}, 100));
  auto moved = begin(inbox().move(ben_.account, ben_.device, Cursor::at(sent_[20].commit)));
  auto waits = begin(directory().marks(id_));
  until_stuck(2);

  io_.reset();
  EXPECT_EQ(read.use_count() + moved.use_count() + waits.use_count(), 3) << "a caller lives longer than its io_context";
  io_ = std::make_unique<boost::asio::io_context>();
  disk().go_on();

  EXPECT_EQ(all_of(id_).size(), 101u);
  EXPECT_FALSE(*read || *moved || *waits);
}

TEST_P(StuckDisk, MayBeClosedWhileCallersWait) {
  disk().stick();
  auto read = begin(log().read(id_, Seq{1}, Seq{50}, 100));
  auto moved = begin(inbox().move(ben_.account, ben_.device, Cursor::at(sent_[20].commit)));
  auto waits = begin(directory().marks(id_));
  until_stuck(2);

  std::thread recovers([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    disk().go_on();
  });
  world_->close();
  recovers.join();
  io_ = std::make_unique<boost::asio::io_context>();
  world_->open();

  EXPECT_FALSE(*read || *moved || *waits);
  EXPECT_EQ(all_of(id_).size(), 101u);
}

INSTANTIATE_TEST_SUITE_P(Rocks, StuckDisk, testing::Values(rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
