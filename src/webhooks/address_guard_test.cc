#include "webhooks/address_guard.h"

#include <gtest/gtest.h>

namespace homing::webhooks {
namespace {

Address address(const char* text) {
  auto parsed = parse_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Address{});
}

TEST(AddressGuard, TheInternetIsPublic) {
  for (const char* text : {"1.1.1.1",         "8.8.8.8",           "9.255.255.255",        "11.0.0.0",
                           "100.63.255.255",  "100.128.0.0",       "126.255.255.255",      "128.0.0.0",
                           "169.253.255.255", "169.255.0.0",       "172.15.255.255",       "172.32.0.0",
                           "192.167.255.255", "192.169.0.0",       "198.17.255.255",       "198.20.0.0",
                           "223.255.255.255", "::ffff:8.8.8.8",    "64:ff9b::8.8.8.8",     "2002:808:808::1",
                           "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "3ffe::1"}) {
    EXPECT_TRUE(is_public(address(text))) << text;
  }
}

TEST(AddressGuard, WhatIsInsideIsNotPublic) {
  for (const char* text :
       {"0.0.0.0",        "0.1.2.3",         "10.0.0.0",     "10.255.255.255",  "100.64.0.0",      "100.127.255.255",
        "127.0.0.1",      "127.255.255.255", "169.254.0.0",  "169.254.169.254", "169.254.255.255", "172.16.0.0",
        "172.31.255.255", "192.0.0.1",       "192.0.2.1",    "192.88.99.1",     "192.168.0.0",     "192.168.255.255",
        "198.18.0.0",     "198.19.255.255",  "198.51.100.7", "203.0.113.9",     "224.0.0.1",       "239.255.255.255",
        "240.0.0.1",      "255.255.255.255"}) {
    EXPECT_FALSE(is_public(address(text))) << text;
    EXPECT_FALSE(is_public(address((std::string("::ffff:") + text).c_str()))) << "mapped " << text;
    EXPECT_FALSE(is_public(address((std::string("64:ff9b::") + text).c_str()))) << "NAT64 " << text;
    Address six_to_four{0x20, 0x02};
    std::copy_n(address(text).begin() + 12, 4, six_to_four.begin() + 2);
    EXPECT_FALSE(is_public(six_to_four)) << "6to4 " << text;
  }
}

TEST(AddressGuard, SpecialV6IsNotPublic) {
  for (const char* text : {"::",           "::1",
                           "::2",          "::7f00:1",
                           "::808:808",    "::ffff:0:7f00:1",
                           "100::1",       "64:ff9b:1::1",
                           "fc00::1",      "fdff::1",
                           "fe80::1",      "febf::1",
                           "fec0::1",      "ff02::1",
                           "2001::1",      "2001:0:53aa:64c::1",
                           "2001:db8::1",  "3fff::1",
                           "4000::1",      "5f00::1",
                           "fd00:ec2::254"}) {
    EXPECT_FALSE(is_public(address(text))) << text;
  }
}

TEST(AddressGuard, TheOperatorMayAllowMore) {
  auto guard = AddressGuard::parse({"127.0.0.0/8", "fd00::/8", "10.1.2.3"});
  ASSERT_TRUE(guard);

  for (const char* text : {"127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "fd12::1", "10.1.2.3", "8.8.8.8"}) {
    EXPECT_TRUE(guard->admits(address(text))) << text;
  }
  for (const char* text : {"10.1.2.4", "::1", "fc00::1", "169.254.169.254", "64:ff9b::127.0.0.1"}) {
    EXPECT_FALSE(guard->admits(address(text))) << text;
  }
}

TEST(AddressGuard, WhatIsNoNetworkIsRefusedByName) {
  for (const char* text : {"localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "", "10.0.0.0/8x"}) {
    auto guard = AddressGuard::parse({"127.0.0.1", text});
    ASSERT_FALSE(guard) << text;
    EXPECT_TRUE(guard.error().detail.starts_with(text));
  }
}

}  // namespace
}  // namespace homing::webhooks
