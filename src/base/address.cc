#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>

namespace homing {
namespace {

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96 holds all of IPv4
constexpr Address kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

bool is_v4(const Address& address) { return std::memcmp(address.data(), kMapped.data(), kMappedBits / 8) == 0; }

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(address)) {
    inet_ntop(AF_INET, address.data() + kMappedBits / 8, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string copy(text);
  Address address = kMapped;
  if (inet_pton(AF_INET, copy.c_str(), address.data() + kMappedBits / 8) == 1) return address;
  if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool Network::holds(const Address& address) const {
  if (std::memcmp(address.data(), base.data(), bits / 8) != 0) return false;
  unsigned rest = bits % 8;
  return rest == 0 || (address[bits / 8] ^ base[bits / 8]) >> (8 - rest) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  std::size_t slash = text.find('/');
  auto base = parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  Network network{*base};
  if (slash == std::string_view::npos) return network;
  bool v4 = text.find(':') == std::string_view::npos;
  std::string_view bits = text.substr(slash + 1);
  auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits);
  if (error != std::errc() || end != bits.data() + bits.size() || network.bits > (v4 ? 32u : 128u)) return std::nullopt;
  if (v4) network.bits += kMappedBits;
  return network;
}

}  // namespace homing
