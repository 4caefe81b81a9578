// The protocols that a crowd can speak. Each is a file of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../../load/accounts.h"
#include "crowd.h"

namespace homing::peers {

// Binary WebSocket frames; the recipient's cursor is its acknowledgement and its receipt.
std::unique_ptr<Protocol> make_homing(std::vector<load::Account> accounts);

// MQTT 3.1.1, QoS 1, a persistent session for each person, who subscribes to a topic of their own. The receipt is a message
// back to the sender's topic, since the protocol has none from end to end.
struct MqttLogin {
  std::string user;  // empty: none
  std::string password;
};
std::unique_ptr<Protocol> make_mqtt(std::size_t people, MqttLogin login);

// XMPP c2s: SASL PLAIN, stream management (XEP-0198) with resumption, receipts (XEP-0184), archive (XEP-0313), groups by
// XEP-0045. Person i is p<i> with the password "pw".
std::unique_ptr<Protocol> make_xmpp(std::size_t people, std::string domain);

// The least that the steps of a message need (bench/peers/floor).
std::unique_ptr<Protocol> make_floor(std::size_t people);

}  // namespace homing::peers
