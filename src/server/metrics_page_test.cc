#include "server/metrics_page.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace homing::server {
namespace {

TEST(MetricsPage, WritesWhatPrometheusReads) {
  MetricsPage page;
  page.counter("messages_total", "Messages.", 12);
  page.gauge("sessions", "Devices attached.", 0.5);

  EXPECT_EQ(std::move(page).take(),
            "# HELP homing_messages_total Messages.\n# TYPE homing_messages_total counter\nhoming_messages_total 12\n"
            "# HELP homing_sessions Devices attached.\n# TYPE homing_sessions gauge\nhoming_sessions 0.5\n");
}

TEST(MetricsPage, KnowsItsOwnProcess) {
  MetricsPage page;
  add_process(page);
  std::string text = std::move(page).take();

  std::size_t at = text.find("\nhoming_process_resident_bytes ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_GT(std::stod(text.substr(at + 31)), 100'000);
}

TEST(MetricsPage, WritesHowLongThingsTookInCumulativeSteps) {
  using std::chrono::milliseconds;
  rocks::Durations durations;
  durations.add(milliseconds(4));
  durations.add(milliseconds(20));
  durations.add(milliseconds(5000));
  MetricsPage page;
  page.histogram("sync_seconds", "Syncs.", durations.counts());

  EXPECT_EQ(std::move(page).take(),
            "# HELP homing_sync_seconds Syncs.\n# TYPE homing_sync_seconds histogram\n"
            "homing_sync_seconds_bucket{le=\"0.0005\"} 0\nhoming_sync_seconds_bucket{le=\"0.001\"} 0\n"
            "homing_sync_seconds_bucket{le=\"0.002\"} 0\nhoming_sync_seconds_bucket{le=\"0.005\"} 1\n"
            "homing_sync_seconds_bucket{le=\"0.01\"} 1\nhoming_sync_seconds_bucket{le=\"0.025\"} 2\n"
            "homing_sync_seconds_bucket{le=\"0.1\"} 2\nhoming_sync_seconds_bucket{le=\"0.5\"} 2\n"
            "homing_sync_seconds_bucket{le=\"2\"} 2\nhoming_sync_seconds_bucket{le=\"+Inf\"} 3\n"
            "homing_sync_seconds_sum 5.024\nhoming_sync_seconds_count 3\n");
}

TEST(MetricsPage, KnowsTheStore) {
  rocks::Metrics metrics;
  metrics.events = 7;
  metrics.syncs.all = 3;
  metrics.recent_hits = 11;
  metrics.recent_misses = 12;
  metrics.cold_reads = 13;
  metrics.index_waiting = 14;
  metrics.hot_inboxes = 15;
  metrics.hot_marks = 16;
  metrics.bookmark_lag = 17;
  metrics.table_bytes = 1u << 20;
  metrics.free_bytes = 1ull << 40;
  metrics.reserve_bytes = 64u << 20;
  metrics.refuses_writes = true;
  MetricsPage page;
  add_store(page, metrics);
  std::string text = std::move(page).take();

  for (const char* line :
       {"store_groups_total 3", "store_events_total 7", "store_sync_seconds_count 3", "store_recent_hits_total 11",
        "store_recent_misses_total 12", "store_cold_reads_total 13", "store_index_waiting 14", "store_hot_inboxes 15",
        "store_hot_marks 16", "store_bookmark_lag 17", "store_table_bytes 1048576", "store_free_bytes 1099511627776",
        "store_reserve_bytes 67108864", "store_refuses_writes 1"}) {
    EXPECT_NE(text.find("\nhoming_" + std::string(line) + "\n"), std::string::npos) << line << " in\n" << text;
  }
}

TEST(MetricsPage, IsAlsoJson) {
  MetricsPage page;
  page.gauge("sessions", "Devices attached.", 3);
  page.counter("events_total", "Events.", 7);
  EXPECT_EQ(as_json(std::move(page).take() + "homing_wait_bucket{le=\"0.5\"} 2\n"),
            R"({"homing_sessions":3,"homing_events_total":7,"homing_wait_bucket{le=\"0.5\"}":2})");
  EXPECT_EQ(as_json(""), "{}");
}

}  // namespace
}  // namespace homing::server
