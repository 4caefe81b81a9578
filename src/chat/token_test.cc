#include "chat/token.h"

#include <gtest/gtest.h>

#include <string>

namespace homing::chat {
namespace {

const std::string kSecret(43, 'A');

TEST(Token, ComesBackAsItWasMade) {
  auto parts = parse_token(make_token(DeviceId{0xabc}, kSecret));

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->device, DeviceId{0xabc});
  EXPECT_EQ(parts->secret, kSecret);
}

TEST(Token, AnyOtherWayOfWritingItIsRefused) {
  std::string good = make_token(DeviceId{0xabc}, kSecret);
  std::string upper = good;
  upper[13] = 'A';
  std::string dash = good;
  dash[16] = '-';
  std::string padded = good;
  padded.back() = '=';

  for (const std::string& bad : {std::string(), std::string("_"), good + "A", good.substr(1), upper, dash, padded,
                                 make_token(DeviceId{}, kSecret), std::string(100'000, 'a'), std::string(60, '\0')}) {
    EXPECT_FALSE(parse_token(bad)) << bad.substr(0, 80);
  }
}

TEST(Token, HashIsBlake2b256) {
  // RFC 7693's function with 32 bytes of output, of "abc".
  EXPECT_EQ(to_hex(hash_secret("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_TRUE(same_secret(hash_secret("abc"), hash_secret("abc")));
  EXPECT_FALSE(same_secret(hash_secret("abc"), hash_secret("abd")));
}

TEST(Token, Base64UrlHasNoPaddingAndNoSlashes) {
  const std::uint8_t bytes[] = {0xfb, 0xff, 0xfe, 0x01};
  EXPECT_EQ(to_base64url(bytes), "-__-AQ");
}

}  // namespace
}  // namespace homing::chat
