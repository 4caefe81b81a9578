#include "webhooks/signature.h"

#include <gtest/gtest.h>

namespace homing::webhooks {
namespace {

TEST(Signature, MatchesWhatReceiversCompute) {
  const std::string body =
      R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Zo\u00eb"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.dGVzdA==","timestamp":"1749416383","type":"text","text":{"body":"h\u00e9 \ud83d\ude00 a/b"}}]},"field":"messages"}]}]})";
  ASSERT_EQ(body.size(), 440u);

  EXPECT_EQ(signature_256("app-secret", body),
            "sha256=8fb0da0bdee9d152dfb3f7e3b62360c3b6cbc17257776b255e17a8e77d8d9ad9");
  EXPECT_EQ(signature_1("app-secret", body), "sha1=457abdcefc38151f4d8c6c1192395245b01b714f");
}

}  // namespace
}  // namespace homing::webhooks
