#include "push/web_push/sealing.h"

#include <gtest/gtest.h>

#include "push/web_push/base64.h"

namespace homing::web_push {
namespace {

std::string bytes(std::string_view base64) { return from_base64(base64).value(); }

// The example of RFC 8291, section 5 and appendix A.
const std::string kText = "When I grow up, I want to be a watermelon";
const std::string kServerSecret = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const std::string kServerPoint =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
const std::string kBrowserSecret = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
const std::string kBrowserPoint =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const std::string kSecret = "BTBZMqHH6r4Tts7J_aSIgg";
const std::string kSalt = "DGv6ra1nlYgDCS1FRnbzlw";
const std::string kBody =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

PushAddress browser() {
  return PushAddress{"https://push.example/x", bytes(kBrowserPoint), bytes(kSecret), Previews::no};
}

TEST(WebPushSealing, MakesTheExampleOfTheRfc) {
  auto server = key_from(bytes(kServerSecret));
  ASSERT_TRUE(server);
  EXPECT_EQ(to_base64(*point_of(*server)), kServerPoint);

  auto body = sealed(browser(), *server, bytes(kSalt), kText);

  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_EQ(to_base64(*body), kBody);
}

TEST(WebPushSealing, ReadsTheExampleOfTheRfc) {
  auto own = key_from(bytes(kBrowserSecret));
  ASSERT_TRUE(own);
  EXPECT_EQ(to_base64(*point_of(*own)), kBrowserPoint);
  EXPECT_EQ(unsealed(*own, bytes(kSecret), bytes(kBody)), kText);
}

TEST(WebPushSealing, NobodyElseReadsIt) {
  auto stranger = fresh_key();
  EXPECT_FALSE(unsealed(*stranger, bytes(kSecret), bytes(kBody)));
  auto own = key_from(bytes(kBrowserSecret));
  EXPECT_FALSE(unsealed(*own, std::string(16, 'x'), bytes(kBody)));
  std::string touched = bytes(kBody);
  touched.back() ^= 1;
  EXPECT_FALSE(unsealed(*own, bytes(kSecret), touched));
  EXPECT_FALSE(unsealed(*own, bytes(kSecret), bytes(kBody).substr(0, 90)));
}

TEST(WebPushSealing, TextsHaveALimit) {
  auto own = key_from(bytes(kBrowserSecret));
  auto fresh = fresh_key();
  auto body = sealed(browser(), *fresh, bytes(kSalt), std::string(kTextBytesMax, 'x'));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->size(), 4096u) << "one record, as every service takes it";
  EXPECT_EQ(unsealed(*own, bytes(kSecret), *body), std::string(kTextBytesMax, 'x'));
  EXPECT_EQ(sealed(browser(), *fresh, bytes(kSalt), std::string(kTextBytesMax + 1, 'x')).error().code, Code::too_big);
}

TEST(WebPushSealing, WhatIsNoKeyIsRefused) {
  auto fresh = fresh_key();
  PushAddress address = browser();
  address.key.back() ^= 1;  // not on the curve
  EXPECT_EQ(sealed(address, *fresh, bytes(kSalt), "x").error().code, Code::invalid_argument);
  address.key = "short";
  EXPECT_EQ(sealed(address, *fresh, bytes(kSalt), "x").error().code, Code::invalid_argument);
  address = browser();
  address.secret.pop_back();
  EXPECT_EQ(sealed(address, *fresh, bytes(kSalt), "x").error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace homing::web_push
