#include "chat/client_ids.h"

#include <gtest/gtest.h>

namespace homing::chat {
namespace {

TEST(ClientIds, AFreshOneIsAUuidOfItsTime) {
  SeededRandom random(1);

  ClientId id = fresh_client_id(Time{0x017F22E279B0}, random);  // the example of RFC 9562, appendix A.6

  EXPECT_EQ((std::array{id[0], id[1], id[2], id[3], id[4], id[5]}),
            (std::array<std::uint8_t, 6>{0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0}));
  EXPECT_EQ(id[6] >> 4, 7);
  EXPECT_EQ(id[8] >> 6, 2);
}

TEST(ClientIds, AFreshOneIsLargerThanAllOfBefore) {
  SeededRandom random(1);
  ClientId before{};
  for (std::int64_t ms = 1'700'000'000'000; ms < 1'700'000'000'100; ++ms) {
    ClientId id = fresh_client_id(Time{ms}, random);
    EXPECT_GT(id, before);
    before = id;
  }
}

TEST(ClientIds, TwoOfOneMillisecondDiffer) {
  SeededRandom random(1);
  EXPECT_NE(fresh_client_id(Time{5}, random), fresh_client_id(Time{5}, random));
}

TEST(ClientIds, AKeyAlwaysHasTheSameOneInItsDomain) {
  EXPECT_EQ(client_id_of("a", "order 1"), client_id_of("a", "order 1"));
  EXPECT_NE(client_id_of("a", "order 1"), client_id_of("a", "order 2"));
  EXPECT_NE(client_id_of("a", "order 1"), client_id_of("b", "order 1"));
}

TEST(ClientIds, AKeysIdIsSmallerThanAFreshOne) {
  SeededRandom random(1);
  EXPECT_LT(client_id_of("a", "order 1"), fresh_client_id(Time{1'700'000'000'000}, random));
}

}  // namespace
}  // namespace homing::chat
