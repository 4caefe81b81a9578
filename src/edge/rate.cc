#include "edge/rate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace homing::edge {

namespace {

// The first bits of an address of IPv6, with their number.
std::string prefix(in6_addr bytes, int bits) {
  std::memset(bytes.s6_addr + bits / 8, 0, static_cast<std::size_t>(16 - bits / 8));
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string(text.data()) + "/" + std::to_string(bits);
}

}  // namespace

std::string holder_of(const std::string& address) {
  in6_addr bytes;
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) return address.substr(address.rfind(':') + 1);
  return prefix(bytes, 64);
}

std::optional<std::string> site_of(const std::string& address) {
  in6_addr bytes;
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1 || IN6_IS_ADDR_V4MAPPED(&bytes)) return std::nullopt;
  return prefix(bytes, 48);
}

Result<void> AddressLimit::take(const std::string& address, Time now) {
  auto allowed = holders_.take(holder_of(address), now);
  auto site = site_of(address);
  if (!allowed || !site) return allowed;
  return sites_.take(*site, now);
}

Result<void> RateLimit::take(const std::string& key, Time now) {
  Moment moment = std::chrono::milliseconds(now.ms);
  return buckets_.with([&](Buckets& buckets) -> Result<void> {
    Moment step = Moment(buckets.rate.period) / buckets.rate.count;
    auto& full_at = buckets.full_at;
    auto found = full_at.find(key);
    if (found == full_at.end() && full_at.size() >= kKeysMax) {
      if (moment - buckets.swept >= kSweepEvery) {
        buckets.swept = moment;
        std::erase_if(full_at, [&](const auto& entry) { return entry.second <= moment; });
      }
      if (full_at.size() >= kKeysMax) found = full_at.try_emplace("others").first;
    }
    Moment& full = found != full_at.end() ? found->second : full_at[key];
    Moment after = std::max(full, moment) + step;
    Moment too_early = after - moment - buckets.rate.period;
    if (too_early > Moment(0)) {
      Error error{Code::rate_limited, {}, {}, std::chrono::ceil<std::chrono::milliseconds>(too_early)};
      return std::unexpected(std::move(error));
    }
    full = after;
    return {};
  });
}

}  // namespace homing::edge
