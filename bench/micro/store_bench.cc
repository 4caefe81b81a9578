// The narrow waist in memory: what the interfaces themselves cost before any disk.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "base/check.h"
#include "drafts.h"
#include "store/memory.h"

namespace {

using namespace homing;
using namespace homing::bench;
namespace asio = boost::asio;

Task<void> append(EventLog& log, Draft draft, Version* version) {
  auto envelope = co_await log.append(std::move(draft));
  CHECK(envelope.has_value()) << envelope.error().detail;
  if (version) *version = Version{envelope->seq.value};
}

Task<void> post(Inbox& inbox, std::vector<Post> posts) {
  auto posted = co_await inbox.post(std::move(posts));
  CHECK(posted.has_value());
}

void run(asio::io_context& io) {
  io.run();
  io.restart();
}

void append_in_memory(benchmark::State& state) {
  asio::io_context io(1);
  SystemClock clock;
  MemoryDisk disk;
  MemoryStore store(disk, clock);
  Conversation conversation = group_of(1000, 2);
  auto sealed = text_event(AccountId{1000});
  Version version;
  std::uint64_t number = 1;
  asio::co_spawn(io, append(store.log(), draft_of(conversation, Version{}, number, sealed), &version), asio::detached);
  run(io);
  const auto batch = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) {
      asio::co_spawn(io, append(store.log(), draft_of(conversation, version, ++number, sealed), nullptr),
                     asio::detached);
    }
    run(io);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_in_memory)->Arg(1)->Arg(64)->Iterations(2000);

// One event for many inboxes: what Delivery asks for with a group message.
void fan_out_in_memory(benchmark::State& state) {
  asio::io_context io(1);
  SystemClock clock;
  MemoryDisk disk;
  MemoryStore store(disk, clock);
  std::uint64_t commit = 0;
  for (auto _ : state) {
    std::vector<Post> posts;
    ++commit;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      posts.push_back({AccountId{static_cast<std::uint64_t>(i + 1)},
                       EventArrived{EventRef{ConversationId{1}, Seq{commit}, Commit{commit}}, Own::no}});
    }
    asio::co_spawn(io, post(store.inbox(), std::move(posts)), asio::detached);
    run(io);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fan_out_in_memory)->Arg(2)->Arg(256)->Iterations(500);

}  // namespace
