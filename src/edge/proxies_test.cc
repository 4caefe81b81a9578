#include "edge/proxies.h"

#include <gtest/gtest.h>

namespace homing::edge {
namespace {

std::string client(const std::vector<std::string>& trusted, const std::string& peer, std::string_view forwarded_for) {
  auto proxies = Proxies::parse(trusted);
  EXPECT_TRUE(proxies);
  return proxies ? proxies->client(peer, forwarded_for) : "";
}

TEST(Proxies, WithoutTrustedOnesTheHeaderIsNotRead) {
  EXPECT_EQ(client({}, "10.0.0.1", "203.0.113.7"), "10.0.0.1");
  EXPECT_EQ(client({}, "unknown", "203.0.113.7"), "unknown");
}

TEST(Proxies, AStrangersHeaderIsNotRead) {
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.2", "203.0.113.7"), "10.0.0.2");
  EXPECT_EQ(client({"10.0.0.1"}, "2001:db8::1", "203.0.113.7"), "2001:db8::1");
}

TEST(Proxies, TheRightmostThatIsNotTrustedIsTheClient) {
  EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", "203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", "203.0.113.7, 10.2.3.4"), "203.0.113.7");
  EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", "203.0.113.7,10.2.3.4 ,\t10.9.9.9"), "203.0.113.7");
}

TEST(Proxies, WhatTheClientWroteItselfIsNotBelieved) {
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.1", "192.0.2.1, 203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.1", "10.0.0.1, 203.0.113.7"), "203.0.113.7");
  // It cannot pass for a proxy either: what stands left of the first stranger is not looked at.
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.1", "192.0.2.1, 10.0.0.1, 203.0.113.7"), "203.0.113.7");
}

TEST(Proxies, WithNothingButProxiesTheOutermostIsTheClient) {
  EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", ""), "10.0.0.1");
  EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", "10.5.5.5, 10.6.6.6"), "10.5.5.5");
}

TEST(Proxies, WhatCannotBeReadEndsTheSearch) {
  for (std::string_view bad : {"unknown", "_hidden", "203.0.113", "203.0.113.7.9", "203.0.113.7:port",
                               "203.0.113.7:", "[2001:db8::1", "[::1]x", "2001:db8::1%eth0", "203.0.113.7 198.51.100.1",
                               ",", "0x7f.1", "203.0.113.07777777777777777777777777777777777777"}) {
    EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", std::string("192.0.2.1, ") + std::string(bad)), "10.0.0.1") << bad;
    EXPECT_EQ(client({"10.0.0.0/8"}, "10.0.0.1", std::string(bad) + ", 10.2.2.2"), "10.2.2.2") << bad;
  }
}

TEST(Proxies, AddressesAreReadAsProxiesWriteThem) {
  EXPECT_EQ(client({"::1"}, "::1", "203.0.113.7:4711"), "203.0.113.7");
  EXPECT_EQ(client({"::1"}, "::1", "2001:DB8:0::7"), "2001:db8::7");
  EXPECT_EQ(client({"::1"}, "::1", "[2001:db8::7]"), "2001:db8::7");
  EXPECT_EQ(client({"::1"}, "::1", "[2001:db8::7]:4711"), "2001:db8::7");
  EXPECT_EQ(client({"::1"}, "::1", "::ffff:203.0.113.7"), "203.0.113.7");
}

TEST(Proxies, NetworksAreComparedBitByBit) {
  EXPECT_EQ(client({"172.16.0.0/12"}, "172.31.255.255", "203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client({"172.16.0.0/12"}, "172.32.0.0", "203.0.113.7"), "172.32.0.0");
  EXPECT_EQ(client({"fd00::/9"}, "fd7f::1", "203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client({"fd00::/9"}, "fd80::1", "203.0.113.7"), "fd80::1");
  EXPECT_EQ(client({"0.0.0.0/0"}, "198.51.100.1", "2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(client({"0.0.0.0/0"}, "2001:db8::1", "203.0.113.7"), "2001:db8::1");
  // A socket that listens on both kinds names IPv4 clients like this.
  EXPECT_EQ(client({"10.0.0.1"}, "::ffff:10.0.0.1", "203.0.113.7"), "203.0.113.7");
}

TEST(Proxies, WhatIsNeitherAddressNorNetworkIsRefused) {
  for (const std::string bad : {"", "proxy", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8",
                                "::/129", "10.0.0.1:80", "[::1]", " 10.0.0.1", "/8"}) {
    auto parsed = Proxies::parse({"10.0.0.1", bad});
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, Code::invalid_argument);
  }
}

}  // namespace
}  // namespace homing::edge
