// What a number of people needs: `homing plan`. Arithmetic on measured costs, each with its source (docs/capacity.md), so that
// somebody can buy a machine before there is anything to measure on it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace homing::server {

// What people do. The defaults are those of a busy private messenger.
struct Habits {
  std::uint64_t users = 0;
  double messages_per_day = 50;  // that one person sends
  double receivers = 2;  // of a message, on average: groups count each member
  double online_share = 0.4;  // of all people, at the busiest time
  double peak_factor = 3;  // the busiest hour against the mean
  double returns_per_day = 20;  // how often a device connects
  double retention_days = 30;
  double media_share = 0.1;  // of messages
  double media_kib = 300;  // on average; stored once, sent to each receiver
};

// docs/benchmarks.md and docs/benchmarks-media.md unless something else is said. Costs of full rows are rounded up.
namespace costs {
inline constexpr double kMessageUs = 85;  // 1:1, marked as read too: `pairs --read`
inline constexpr double kFurtherDeliveryUs = 4.2;  // each receiver beyond the first: `group`
inline constexpr double kFullLoginUs = 290;  // TLS in full: `idle_tls`. Most devices resume, which is cheaper
inline constexpr double kMediaUsPerMib = 5000;  // upload of a small file; a download costs a tenth
inline constexpr double kServerMib = 46;  // with a million accounts and ten million messages: `growth`
inline constexpr double kConnectionKib = 16 + 5;  // with TLS, and the kernel's half of a pair
inline constexpr double kCacheKibPerActive = 1;  // what bounded caches keep of who talks: `idle`
inline constexpr double kDiskBytesPerMessage = 152;  // homing_fill: 300,000 texts of 100 bytes, after compaction
inline constexpr double kWriteFactor = 6;  // log and compaction against what stays (RocksDB, levelled, a month's data)
// Five frames of 20 to 170 bytes, each with 6 of WebSocket, 22 of TLS, 40 of IP and TCP, and acknowledgements of TCP.
inline constexpr double kNetworkBytesIn = 400;
inline constexpr double kNetworkBytesOutPerReceiver = 300, kNetworkBytesOutPerSender = 220;
// One process has one committer: what it did with a processor of its own, `closed`. Two processors more do sockets and TLS.
inline constexpr double kCommitsPerSecondMax = 38'000;
inline constexpr double kConnectionsMax =
    1'000'000;  // of one process: descriptors and 21 GiB, not measured beyond 15,000
inline constexpr double kUsedAtPeak = 0.6;  // what a processor or a committer may be used, so that latency stays
}  // namespace costs

struct Plan {
  double messages_per_second = 0;  // at the busiest time, as all that follows
  double connections = 0;
  double cores = 0;
  double memory_gib = 0;
  double disk_gib = 0;
  double disk_write_mib_per_second = 0;
  double network_in_mbit = 0;
  double network_out_mbit = 0;
  std::uint64_t machines = 0;  // that the largest of the four limits asks for
  enum class Limit {
    none,
    commits,
    connections,
    cores,
    disk
  } limit = Limit::none;  // which one, when it is more than one
};

// What one machine is taken for.
struct Machine {
  double cores = 64, memory_gib = 256, disk_gib = 16 * 1024;
};

Plan plan(const Habits& habits, const Machine& machine = {});
// For people, some twenty lines.
std::string describe(const Habits& habits, const Plan& plan, const Machine& machine = {});

}  // namespace homing::server
