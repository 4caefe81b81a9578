// WebSocket framing: many small client frames in one read, as they come from a busy socket.
#include <benchmark/benchmark.h>

#include "edge/websocket.h"

namespace {

using namespace homing::edge;

std::string client_frames(std::size_t count, std::size_t payload) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(static_cast<char>(0x82));
    out.push_back(static_cast<char>(0x80 | 126));
    out.push_back(static_cast<char>(payload >> 8));
    out.push_back(static_cast<char>(payload));
    out.append("\x11\x22\x33\x44", 4);
    out.append(payload, 'x');
  }
  return out;
}

void parse_frames(benchmark::State& state) {
  const std::string frames = client_frames(16, 160);
  std::string buffer;
  std::unique_ptr<Fragments> fragments;
  for (auto _ : state) {
    buffer = frames;  // parsing unmasks in place
    FrameReader reader(std::span<char>(buffer), fragments, 128 * 1024);
    for (Step step = reader.next(); step.kind == Step::Kind::message; step = reader.next())
      benchmark::DoNotOptimize(step.payload.data());
  }
  state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(parse_frames);

void write_frame(benchmark::State& state) {
  std::string out;
  std::string payload(160, 'x');
  for (auto _ : state) {
    out.clear();
    append_frame(out, Opcode::binary, payload);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_frame);

}  // namespace
