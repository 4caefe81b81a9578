#include "chat/hub.h"

#include <gtest/gtest.h>

namespace homing::chat {
namespace {

using enum Hub::Turned;
constexpr AccountId kAna{1}, kBen{2};
constexpr SessionId kPhone{1}, kLaptop{2}, kHis{3};

struct HubTest : testing::Test {
  HubTest() {
    hub.enter(kAna, DeviceId{10}, kPhone);
    hub.enter(kAna, DeviceId{11}, kLaptop);
    hub.enter(kBen, DeviceId{20}, kHis);
  }
  Hub hub;
};

TEST_F(HubTest, WhoIsConnectedIsNotOnlineBeforeSomebodyLooks) {
  EXPECT_FALSE(hub.online(kAna));
  EXPECT_EQ(hub.look(kAna, kPhone, wire::Here::yes), online);
  EXPECT_TRUE(hub.online(kAna));
  EXPECT_FALSE(hub.online(kBen));
}

TEST_F(HubTest, TheSecondDeviceChangesNothing) {
  hub.look(kAna, kPhone, wire::Here::yes);
  EXPECT_EQ(hub.look(kAna, kPhone, wire::Here::yes), nothing);
  EXPECT_EQ(hub.look(kAna, kLaptop, wire::Here::yes), nothing);
  EXPECT_EQ(hub.look(kAna, kPhone, wire::Here::no), nothing);
  EXPECT_EQ(hub.look(kAna, kLaptop, wire::Here::no), offline);
}

TEST_F(HubTest, LeavingEndsLooking) {
  hub.look(kAna, kPhone, wire::Here::yes);
  hub.look(kAna, kLaptop, wire::Here::yes);
  EXPECT_EQ(hub.leave(kAna, kPhone), nothing);
  EXPECT_EQ(hub.leave(kAna, kLaptop), offline);
  EXPECT_EQ(hub.leave(kAna, kLaptop), nothing);
  EXPECT_EQ(hub.leave(kBen, kHis), nothing) << "was never online";
}

TEST_F(HubTest, WatchersAreToldApart) {
  Hub::Watcher his{kHis, kBen}, hers{kPhone, kAna};
  hub.watch(kAna, his);
  hub.watch(kAna, hers);
  EXPECT_EQ(hub.watchers(kAna).size(), 2u);
  EXPECT_TRUE(hub.watchers(kBen).empty());
  hub.unwatch(kAna, hers);
  hub.unwatch(kAna, hers);
  EXPECT_EQ(hub.watchers(kAna), std::vector{his});
}

}  // namespace
}  // namespace homing::chat
