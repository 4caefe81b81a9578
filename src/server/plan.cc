#include "server/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace homing::server {
namespace {

constexpr double kSecondsPerDay = 86'400, kKib = 1024, kMib = 1024 * kKib, kGib = 1024 * kMib;

double megabits(double bytes_per_second) { return bytes_per_second * 8 / 1e6; }

// Small things in small units.
std::string gib(double value) {
  if (value < 1) return fmt::format("{:.0f} MiB", value * 1024);
  if (value < 10'000) return fmt::format("{:.1f} GiB", value);
  return fmt::format("{:.1f} TiB", value / 1024);
}

std::string_view words(Plan::Limit limit) {
  switch (limit) {
    case Plan::Limit::none: return "";
    case Plan::Limit::commits: return "the one committer of a process";
    case Plan::Limit::connections: return "the connections of a process, and its memory";
    case Plan::Limit::cores: return "processors";
    case Plan::Limit::disk: return "disk space";
  }
  return "";
}

}  // namespace

Plan plan(const Habits& habits, const Machine& machine) {
  using namespace costs;
  auto users = static_cast<double>(habits.users);
  double further = std::max(0.0, habits.receivers - 1);
  double per_day = users * habits.messages_per_day;
  Plan plan;
  plan.messages_per_second = per_day / kSecondsPerDay * habits.peak_factor;
  plan.connections = users * habits.online_share;

  double logins = users * habits.returns_per_day / kSecondsPerDay * habits.peak_factor;
  double media_bytes = plan.messages_per_second * habits.media_share * habits.media_kib * kKib;
  double media_us = media_bytes / kMib * kMediaUsPerMib * (1 + habits.receivers / 10);
  double message_us = kMessageUs + further * kFurtherDeliveryUs;
  double busy = (plan.messages_per_second * message_us + logins * kFullLoginUs + media_us) / 1e6;
  plan.cores = busy / kUsedAtPeak;

  plan.memory_gib = (kServerMib * kMib + plan.connections * (kConnectionKib + kCacheKibPerActive) * kKib) / kGib;
  double media_per_day = per_day * habits.media_share * habits.media_kib * kKib;
  plan.disk_gib = (per_day * kDiskBytesPerMessage + media_per_day) * habits.retention_days / kGib;
  plan.disk_write_mib_per_second =
      (plan.messages_per_second * kDiskBytesPerMessage * kWriteFactor + media_bytes) / kMib;
  plan.network_in_mbit = megabits(plan.messages_per_second * kNetworkBytesIn + media_bytes);
  double out = kNetworkBytesOutPerSender + habits.receivers * kNetworkBytesOutPerReceiver;
  plan.network_out_mbit = megabits(plan.messages_per_second * out + media_bytes * habits.receivers);

  using Limit = Plan::Limit;
  double connections_max =
      std::min(kConnectionsMax, machine.memory_gib / 2 * kGib / ((kConnectionKib + kCacheKibPerActive) * kKib));
  std::array<std::pair<double, Limit>, 4> asks{
      {{plan.messages_per_second / (kCommitsPerSecondMax * kUsedAtPeak), Limit::commits},
       {plan.connections / connections_max, Limit::connections},
       {plan.cores / machine.cores, Limit::cores},
       {plan.disk_gib / machine.disk_gib, Limit::disk}}};
  auto most =
      std::max_element(asks.begin(), asks.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  plan.machines = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(most->first)));
  plan.limit = plan.machines > 1 ? most->second : Limit::none;
  return plan;
}

std::string describe(const Habits& habits, const Plan& plan, const Machine& machine) {
  std::string out = fmt::format(
      "{} people, {:g} messages each and day to {:g} receivers; kept for {:g} days.\n"
      "Taken: {:g} % online and {:g} times the mean at the busiest time; {:g} % of messages with a file of {:g} KiB;\n"
      "{:g} connections a day and device, all of them with a full TLS handshake.\n\n"
      "at the busiest time\n"
      "  messages      {:.1f} per second\n"
      "  connections   {:.0f}\n"
      "  processors    {:.2f} (used to {:g} %)\n"
      "  memory        {}\n"
      "  disk writes   {:.1f} MiB/s\n"
      "  network       {:.1f} Mbit/s in, {:.1f} out\n"
      "disk            {}\n\n",
      habits.users, habits.messages_per_day, habits.receivers, habits.retention_days, habits.online_share * 100,
      habits.peak_factor, habits.media_share * 100, habits.media_kib, habits.returns_per_day, plan.messages_per_second,
      plan.connections, plan.cores, costs::kUsedAtPeak * 100, gib(plan.memory_gib), plan.disk_write_mib_per_second,
      plan.network_in_mbit, plan.network_out_mbit, gib(plan.disk_gib));
  if (plan.machines == 1) {
    out += "One machine holds this.\n";
  } else {
    out += fmt::format(
        "More than one machine holds: {} of {:g} processors, {} of memory and {} of disk each, by {}.\n"
        "Homing runs on one; this many would have to share the people among them.\n",
        plan.machines, machine.cores, gib(machine.memory_gib), gib(machine.disk_gib), words(plan.limit));
  }
  out += "The costs behind this, and what they leave out: docs/capacity.md.\n";
  return out;
}

}  // namespace homing::server
