#include "edge/business/graph_error.h"

#include <gtest/gtest.h>

#include "wire/errors.h"

namespace homing::business {
namespace {

TEST(GraphError, HasTheShapeThatSdksRead) {
  GraphError error{131009, "location[latitude] must be between -90 and 90"};
  EXPECT_EQ(
      graph_body(error, "AXsgnV2Cm3ZMGF3dF_cfYIn"),
      R"({"error":{"message":"(#131009) Parameter value is not valid","type":"OAuthException","code":131009,)"
      R"("error_data":{"messaging_product":"whatsapp","details":"location[latitude] must be between -90 and 90"},)"
      R"("fbtrace_id":"AXsgnV2Cm3ZMGF3dF_cfYIn"}})");
  EXPECT_EQ(http_of(error), 400);
}

TEST(GraphError, UnknownPathIsAGraphMethodException) {
  GraphError error = unknown_object("GET", "12");
  std::string body = graph_body(error, "t");
  EXPECT_TRUE(body.starts_with(R"({"error":{"message":"Unsupported get request. Object with ID '12' does not exist)"))
      << body;
  EXPECT_NE(body.find(R"("type":"GraphMethodException","code":100,"error_subcode":33,)"), body.npos) << body;
  EXPECT_EQ(http_of(error), 400);
}

TEST(GraphError, OurErrorsBecomeTheirs) {
  struct {
    Code code;
    int graph, http, on_prem, on_prem_http;
  } const cases[] = {
      {Code::unauthenticated, 190, 401, 1005, 401}, {Code::unknown_recipient, 131026, 400, 1013, 400},
      {Code::rate_limited, 130429, 429, 1015, 429}, {Code::too_big, 100, 413, 1009, 413},
      {Code::not_found, 100, 400, 1006, 404},       {Code::invalid_argument, 131009, 400, 1009, 400},
      {Code::forbidden, 131005, 403, 1005, 403},    {Code::unavailable, 131016, 503, 1016, 503},
      {Code::corrupt, 131000, 500, 1014, 500},      {Code::media_wrong_type, 131053, 400, 1009, 400},
      {Code::not_a_member, 131005, 403, 1005, 403}, {Code::conflict, 2, 503, 1016, 503},
  };
  for (const auto& expected : cases) {
    GraphError error = graph_error(Error{expected.code});
    EXPECT_EQ(error.code, expected.graph);
    EXPECT_EQ(http_of(error), expected.http);
    EXPECT_EQ(on_prem_error(error).code, expected.on_prem);
    EXPECT_EQ(on_prem_error(error).http, expected.on_prem_http);
    EXPECT_EQ(error.details, wire::facts(expected.code).text);
  }
}

TEST(GraphError, KeepsWhatTheErrorSays) {
  Error error{Code::rate_limited, "slow down", "to", std::chrono::seconds(3)};
  EXPECT_EQ(graph_error(error), (GraphError{130429, "to: slow down", 0, 0, std::chrono::seconds(3)}));
}

TEST(GraphError, UnknownNumbersAreOurFault) {
  EXPECT_EQ(graph_facts(7).code, 131000);
  EXPECT_EQ(graph_facts(133010).title, "Phone number not registered");
}

TEST(OnPremError, HasMetaAndAListOfErrors) {
  EXPECT_EQ(on_prem_body({131009, "to is bad"}),
            R"({"meta":{"api_status":"stable","version":"2.53.4"},)"
            R"("errors":[{"code":1009,"title":"Parameter value is not valid","details":"to is bad"}]})");
}

TEST(OnPremError, SomeNumbersHaveNoOtherForm) {
  GraphError taken{100, "There is a user with this name", 0, 400};
  taken.on_premises = 1014;
  EXPECT_EQ(on_prem_error(taken).code, 1014);
  EXPECT_EQ(on_prem_error(taken).http, 400);
  EXPECT_EQ(http_of(taken), 400);
  taken.on_premises = 1001;
  EXPECT_EQ(on_prem_error(taken).title, "Message too long");
}

}  // namespace
}  // namespace homing::business
