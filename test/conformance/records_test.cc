// What every Records does.
#include "suite.h"

namespace homing::test {
namespace {

class RecordsSuite : public Suite {
 protected:
  Result<void> put(std::string name, std::string value, Durable durable = Durable::now) {
    std::vector<RecordChange> changes{RecordChange{std::move(name), std::move(value)}};
    return run(shelf().write(std::move(changes), durable));
  }
  Result<void> write(std::vector<RecordChange> changes) { return run(shelf().write(std::move(changes), Durable::now)); }
  std::vector<Record> all(std::string prefix, std::size_t limit = 100) {
    return run(shelf().records(prefix, end_of(prefix), limit))->items;
  }
};

TEST_P(RecordsSuite, WhatIsWrittenComesBackAlsoAfterACrash) {
  ASSERT_TRUE(put("file/1", "one"));

  crash();

  EXPECT_EQ(run(shelf().record("file/1")), "one");
  EXPECT_EQ(run(shelf().record("file/2")).error().code, Code::not_found);
}

TEST_P(RecordsSuite, NamesComeInOrderAndInPages) {
  ASSERT_TRUE(write({{"a/2", "x"}, {"a/10", "y"}, {std::string("a/\0", 3), "zero"}, {"a0", "other"}, {"b/1", "z"}}));

  EXPECT_EQ(all("a/"), (std::vector<Record>{{std::string("a/\0", 3), "zero"}, {"a/10", "y"}, {"a/2", "x"}}));
  auto page = run(shelf().records("a/", end_of("a/"), 2));
  EXPECT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->more, More::yes);
  EXPECT_EQ(run(shelf().records("a/2", "a/2", 5))->items.size(), 0u);
}

TEST_P(RecordsSuite, AConditionThatDoesNotHoldStopsAllChanges) {
  ASSERT_TRUE(put("a", "1"));

  EXPECT_EQ(write({{"b", "2"}, {"a", "2", IfAbsent{}}}).error().code, Code::conflict);
  EXPECT_EQ(write({{"b", "2"}, {"a", "2", IfEquals{"0"}}}).error().code, Code::conflict);
  EXPECT_EQ(write({{"b", "2"}, {"c", "2", IfEquals{"0"}}}).error().code, Code::conflict);
  EXPECT_FALSE(run(shelf().record("b")));

  EXPECT_TRUE(write({{"b", "2", IfAbsent{}}, {"a", "2", IfEquals{"1"}}}));
  EXPECT_EQ(run(shelf().record("a")), "2");
}

TEST_P(RecordsSuite, OfTwoWhoWantToBeFirstOneIs) {
  std::vector<RecordChange> mine{RecordChange{"lock", "mine", IfAbsent{}}};
  std::vector<RecordChange> yours{RecordChange{"lock", "yours", IfAbsent{}}};

  auto first = begin(shelf().write(std::move(mine), Durable::now));
  auto second = begin(shelf().write(std::move(yours), Durable::now));

  EXPECT_NE(end(first).has_value(), end(second).has_value());
}

TEST_P(RecordsSuite, WhatIsTakenAwayIsGoneAndMayBeTakenAwayAgain) {
  ASSERT_TRUE(put("a", "1"));

  EXPECT_TRUE(write({{"a", std::nullopt}}));
  EXPECT_TRUE(write({{"a", std::nullopt}}));
  EXPECT_EQ(write({{"a", std::nullopt, IfEquals{"1"}}}).error().code, Code::conflict);

  crash();
  EXPECT_FALSE(run(shelf().record("a")));
}

TEST_P(RecordsSuite, WhatMayLagIsThereAtOnceAndAfterAnythingDurable) {
  ASSERT_TRUE(put("lag", "1", Durable::later));
  EXPECT_EQ(run(shelf().record("lag")), "1");

  ASSERT_TRUE(put("now", "1"));
  crash();

  EXPECT_EQ(run(shelf().record("lag")), "1");
}

TEST_P(RecordsSuite, SizesAreHeldToOnBothSides) {
  EXPECT_TRUE(put(std::string(kRecordNameBytesMax, 'n'), std::string(kRecordValueBytesMax, 'v')));
  EXPECT_EQ(put(std::string(kRecordNameBytesMax + 1, 'n'), "v").error().code, Code::invalid_argument);
  EXPECT_EQ(put("n", std::string(kRecordValueBytesMax + 1, 'v')).error().code, Code::invalid_argument);
  EXPECT_EQ(put("", "v").error().code, Code::invalid_argument);
  EXPECT_EQ(put("n", "").error().code, Code::invalid_argument);
  std::vector<RecordChange> many(kRecordChangesMax, RecordChange{"n", "v"});
  EXPECT_TRUE(write(many));
  many.push_back(RecordChange{"n", "v"});
  EXPECT_EQ(write(many).error().code, Code::invalid_argument);
  std::vector<RecordChange> conditional{RecordChange{"n", "v", IfAbsent{}}};
  EXPECT_EQ(run(shelf().write(conditional, Durable::later)).error().code, Code::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Stores, RecordsSuite,
                         testing::Values(memory_adapter(), rocks_adapter(), killed_rocks_adapter()), adapter_name);

}  // namespace
}  // namespace homing::test
