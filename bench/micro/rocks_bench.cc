// The log on disk: what a durable append costs when so many wait for the same group commit. Beside it stands prewritten_log
// (floor_bench.cc), the least that this disk asks for.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "base/check.h"
#include "drafts.h"
#include "store/rocks/rocks_store.h"

namespace {

using namespace homing;
using namespace homing::bench;
namespace asio = boost::asio;

// A store in a folder that goes with it.
struct Stored {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("homing-micro-" + std::to_string(::getpid()));
  SystemClock clock;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::unique_ptr<RocksStore> store;
  std::size_t done = 0;

  Stored() {
    std::filesystem::remove_all(folder);
    auto opened = RocksStore::open(folder, clock);
    CHECK(opened.has_value()) << opened.error().detail;
    store = std::move(*opened);
  }
  ~Stored() {
    store->stop();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  static Task<void> append(Stored* self, Draft draft, Version* version) {
    auto envelope = co_await self->store->append(std::move(draft));
    CHECK(envelope.has_value()) << envelope.error().detail;
    if (version != nullptr) *version = Version{envelope->seq.value};
    ++self->done;
  }
  void begin(Draft draft, Version* version = nullptr) {
    asio::co_spawn(io, append(this, std::move(draft), version), asio::detached);
  }
  void finish(std::size_t count) {
    while (done < count) io.run_one();
    done = 0;
  }
};

void append_on_disk(benchmark::State& state) {
  Stored stored;
  Conversation conversation = group_of(1000, 2);
  auto sealed = text_event(AccountId{1000});
  Version version;
  std::uint64_t number = 1;
  stored.begin(draft_of(conversation, Version{}, number, sealed), &version);
  stored.finish(1);
  const auto batch = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) stored.begin(draft_of(conversation, version, ++number, sealed));
    stored.finish(batch);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_on_disk)->Arg(1)->Arg(64)->Arg(512)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
