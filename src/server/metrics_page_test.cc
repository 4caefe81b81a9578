#include "server/metrics_page.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace homing::server
