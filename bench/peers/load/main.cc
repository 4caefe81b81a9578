// homing_peers WORKLOAD --protocol NAME --port N ...: the same people and the same messages, in the words of one of four
// protocols (bench/peers/README.md).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <stdexcept>

#include "protocols.h"
#include "workloads.h"

namespace homing::peers {
namespace {

struct Speech {
  std::string protocol = "homing";
  std::string accounts, domain = "localhost";
  std::size_t skip = 0;
  MqttLogin mqtt;
  std::size_t text_bytes = 100;
};

std::unique_ptr<Protocol> make(const Speech& speech, std::size_t people) {
  std::unique_ptr<Protocol> protocol;
  if (speech.protocol == "homing") protocol = make_homing(load::read_accounts(speech.accounts, people, speech.skip));
  if (speech.protocol == "mqtt") protocol = make_mqtt(people, speech.mqtt);
  if (speech.protocol == "xmpp") protocol = make_xmpp(people, speech.domain);
  if (speech.protocol == "floor") protocol = make_floor(people);
  if (protocol == nullptr) throw std::runtime_error("--protocol is homing, mqtt, xmpp or floor");
  protocol->set_text_bytes(speech.text_bytes);
  return protocol;
}

}  // namespace
}  // namespace homing::peers

int main(int argc, char** argv) {
  using namespace homing::peers;
  CLI::App app("The same people and messages in the words of several protocols");
  app.require_subcommand(1);
  Options o;
  Speech speech;
  int (*run)(const Options&, Protocol&) = nullptr;
  auto workload = [&](const char* name, const char* what, int (*function)(const Options&, Protocol&)) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("--protocol", speech.protocol, "homing, mqtt, xmpp, floor")->capture_default_str();
    sub->add_option("--accounts", speech.accounts, "homing: what `homing account import` printed");
    sub->add_option("--skip", speech.skip, "homing: accounts of the file to pass over");
    sub->add_option("--domain", speech.domain, "xmpp")->capture_default_str();
    sub->add_option("--mqtt-user", speech.mqtt.user);
    sub->add_option("--mqtt-password", speech.mqtt.password);
    sub->add_option("--text-bytes", speech.text_bytes)->capture_default_str();
    sub->add_option("--port", o.target.port)->required();
    sub->add_flag("--tls", o.target.tls, "by TLS, without looking at the certificate; reconnections resume");
    sub->add_option("--server-pid", o.server, "whose CPU and memory to report, with its children");
    sub->add_option("--parallel", o.parallel, "log-ins under way at a time")->capture_default_str();
    sub->add_option("--patience", o.patience, "seconds for all log-ins")->capture_default_str();
    sub->callback([&run, function] { run = function; });
    return sub;
  };
  auto timed = [&](CLI::App* sub) {
    sub->add_option("--people", o.people)->capture_default_str();
    sub->add_option("--seconds", o.seconds, "that count")->capture_default_str();
    sub->add_option("--warmup", o.warmup, "seconds before them")->capture_default_str();
    return sub;
  };
  timed(workload("pairs", "open loop at one rate", run_pairs))->add_option("--rate", o.rate)->capture_default_str();
  CLI::App* ladder = timed(workload("ladder", "rising rates, until the delay to delivery is too long", run_ladder));
  ladder->add_option("--rate", o.rate, "the first")->capture_default_str();
  ladder->add_option("--step", o.step)->capture_default_str();
  ladder->add_option("--steps-max", o.steps_max)->capture_default_str();
  ladder->add_option("--p99-ms", o.p99_ms)->capture_default_str();
  timed(workload("store", "half of the people leave messages for the other half", run_store))
      ->add_option("--messages", o.messages);
  timed(workload("group", "one group of all people", run_group))
      ->add_option("--senders", o.senders)
      ->capture_default_str();
  CLI::App* crash = timed(workload("crash", "kill -9 under load, and after", run_crash));
  crash->add_option("--messages", o.messages);
  crash->add_option("--rate", o.rate)->capture_default_str();
  CLI::App* idle = workload("idle", "connections at rest; then a storm", run_idle);
  idle->add_option("--sizes", o.sizes, "connections at each reading, rising")->delimiter(',');
  idle->add_option("--storm-parallel", o.storm_parallel)->capture_default_str();
  idle->add_option("--settle", o.settle)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    auto protocol = make(speech, std::max(o.people, idle->parsed() ? o.sizes.back() : 0));
    return run(o, *protocol);
  } catch (const std::exception& error) {
    fmt::print("{{\"mode\":\"failed\",\"why\":\"{}\"}}\n", error.what());
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
