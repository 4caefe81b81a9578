#include "edge/business/wamid.h"

#include <gtest/gtest.h>

namespace homing::business {
namespace {

const Wamids wamids(Wamids::Key{1, 2, 3});
constexpr MessageName kName{ConversationId{0x0123456789abcdef}, Seq{42}};

TEST(Wamid, ComesBackAsItWent) {
  std::string cloud = wamids.name(kName.conversation, kName.seq, Api::cloud);
  std::string on_premises = wamids.name(kName.conversation, kName.seq, Api::on_premises);

  EXPECT_EQ(cloud, "wamid." + on_premises);
  EXPECT_EQ(on_premises.size(), 32u);
  EXPECT_EQ(wamids.read(cloud), kName);
  EXPECT_EQ(wamids.read(on_premises), kName);
  EXPECT_EQ(in_form(on_premises, Api::cloud), cloud);
  EXPECT_EQ(in_form(cloud, Api::on_premises), on_premises);
}

TEST(Wamid, CannotBeMadeUp) {
  std::string name = wamids.name(kName.conversation, kName.seq, Api::cloud);
  for (std::size_t i = 6; i < name.size(); ++i) {
    std::string other = name;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(wamids.read(other)) << i;
  }
  EXPECT_FALSE(Wamids(Wamids::Key{9}).read(name));
}

TEST(Wamid, ForeignTextsAreNone) {
  for (std::string_view text : {"", "wamid.", "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI",
                                "wamid.dGVzdA==", "wamid.!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"}) {
    EXPECT_FALSE(wamids.read(text)) << text;
  }
  EXPECT_FALSE(wamids.read(wamids.name(kName.conversation, kName.seq, Api::cloud) + "="));
}

TEST(Wamid, NameOfNoneIsWellFormedAndNamesNothing) {
  std::string name = wamids.name_of_none(7, Api::cloud);
  EXPECT_EQ(name.size(), 38u);
  EXPECT_NE(name, wamids.name_of_none(8, Api::cloud));
  EXPECT_FALSE(wamids.read(name));
}

TEST(GroupId, ComesBackAsItWent) {
  EXPECT_EQ(group_id(ConversationId{0x1f}), "g000000000000001f");
  EXPECT_EQ(parse_group_id("g000000000000001f"), ConversationId{0x1f});
  for (std::string_view text :
       {"", "g", "g000000000000001F", "g0000000000000000", "x000000000000001f", "16505551234"}) {
    EXPECT_FALSE(parse_group_id(text)) << text;
  }
}

}  // namespace
}  // namespace homing::business
