// X-Forwarded-For: whatever stands in it, the client is an address, and never one that only the client itself named.
#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/check.h"
#include "edge/proxies.h"

using namespace homing::edge;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Proxies proxies = *Proxies::parse({"10.0.0.0/8", "fd00::/8"});
  std::string header(reinterpret_cast<const char*>(data), size);

  std::string client = proxies.client("10.0.0.1", header);
  CHECK(homing::parse_address(client).has_value()) << "no address";
  CHECK(proxies.client("203.0.113.7", header) == "203.0.113.7") << "a stranger was believed";
  CHECK(proxies.client("10.0.0.1", header + ", 203.0.113.7") == "203.0.113.7") << "the client was believed";
  (void)Proxies::parse({header});
  return 0;
}
