// What RocksStore does when the disk fails.
#include "rocks_world.h"
#include "suite.h"

namespace homing::test {
namespace {

class BadDisk : public Suite {
 protected:
  RocksWorld& rocks() { return static_cast<RocksWorld&>(*world_); }

  // A message that must be refused. Returns it, to be sent again.
  Draft refused(ConversationId id, Person from, Trouble trouble) {
    Draft message = draft(id, from, "will this be kept?");
    rocks().disk().set(trouble);
    auto answer = run(log().append(message));
    EXPECT_FALSE(answer);
    if (!answer) {
      EXPECT_EQ(answer.error().code, Code::read_only);
    }
    return message;
  }
};

TEST_P(BadDisk, AFailedWriteRefusesAllWritesAndLosesNothing) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  say(id, ana, "kept");

  for (Trouble trouble : {Trouble::sync_fails, Trouble::short_write, Trouble::full}) {
    std::size_t before = all_of(id).size();
    Draft message = refused(id, ana, trouble);
    EXPECT_FALSE(rocks().store().trouble().empty());
    EXPECT_EQ(all_of(id).size(), before);  // reading goes on, and shows nothing that may be gone
    Draft next = draft(id, ben, "and this?");
    EXPECT_EQ(run(log().append(next)).error().code, Code::read_only);
    EXPECT_EQ(run(directory().put(Device{DeviceId{5}})).error().code, Code::read_only);
    auto mark = run(directory().merge(id, ana.account, Receipt{Seq{before}, {}, {}}, Durable::now));
    EXPECT_EQ(mark.error().code, Code::read_only);

    crash();

    EXPECT_TRUE(rocks().store().trouble().empty());
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
  rocks().disk().set(Trouble::sync_fails);
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
  options.env = rocks().disk().env();

  auto second = RocksStore::open(rocks().folder() / "store", clock_, options);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
}

TEST_P(BadDisk, ABrokenFileIsNoticed) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  for (int i = 0; i < 50; ++i) say(id, ana, std::string(200, 'x'));
  reopen();  // from the write-ahead log into a table
  world_->close();
  std::size_t broken = 0;
  for (const auto& file : std::filesystem::directory_iterator(rocks().folder() / "store")) {
    if (file.path().extension() != ".sst") continue;
    FILE* stream = ::fopen(file.path().c_str(), "r+");
    ASSERT_NE(stream, nullptr);
    for (long at = 10; at < 60; ++at) {
      ::fseek(stream, at, SEEK_SET);
      ::fputc(0x5a, stream);
    }
    ::fclose(stream);
    ++broken;
  }
  ASSERT_GT(broken, 0u);

  auto opened = rocks().try_open();
  bool noticed = !opened;
  if (opened) {
    io_ = std::make_unique<boost::asio::io_context>();
    auto page = run(log().read(id, Seq{1}, Seq{100}, 100));
    noticed = !page && page.error().code == Code::corrupt;
  }
  EXPECT_TRUE(noticed);
}

INSTANTIATE_TEST_SUITE_P(Rocks, BadDisk, testing::Values(rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
