// What it costs to turn bytes into frames and back: decode runs once per frame a device sends, encode once per frame it gets.
#include <benchmark/benchmark.h>

#include "frames.pb.h"
#include "wire/frame.h"
#include "wire/seal.h"
#include "wire/stored.h"

namespace {

using namespace homing;

std::string send_bytes() {
  v1::ClientFrame frame;
  frame.set_request(12345);
  frame.mutable_send()->set_conversation(0x123456789abcdefull);
  frame.mutable_send()->set_client_id(std::string(16, 'x'));
  frame.mutable_send()->mutable_plain()->mutable_text()->set_text(std::string(100, 'a'));
  return frame.SerializeAsString();
}

Envelope envelope() {
  Event event;
  event.header.author = AccountId{0x1234567890abcdefull};
  event.header.kind = Posted{};
  v1::Content content;
  content.mutable_text()->set_text(std::string(100, 'a'));
  event.body.bytes = content.SerializeAsString();
  return Envelope{ConversationId{0x123456789abcdefull},
                  Seq{1000},
                  Commit{1'000'000},
                  Time{1'790'000'000'000},
                  DeviceId{77},
                  {},
                  wire::seal(event)};
}

void decode_send(benchmark::State& state) {
  std::string bytes = send_bytes();
  std::uint64_t request = 0;
  for (auto _ : state) benchmark::DoNotOptimize(wire::decode(bytes, wire::Form::proto, request));
}
BENCHMARK(decode_send);

void decode_ack(benchmark::State& state) {
  v1::ClientFrame frame;
  frame.mutable_ack()->set_cursor(1ull << 40);
  std::string bytes = frame.SerializeAsString();
  std::uint64_t request = 0;
  for (auto _ : state) benchmark::DoNotOptimize(wire::decode(bytes, wire::Form::proto, request));
}
BENCHMARK(decode_ack);

void encode(benchmark::State& state, const wire::ServerFrame& frame, wire::Form form) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    wire::encode(frame, form, out);
    benchmark::DoNotOptimize(out.data());
  }
}
void encode_delivery(benchmark::State& state) {
  encode(state, wire::ServerFrame{0, wire::Delivery{Cursor::at(Commit{1'000'000}), envelope()}}, wire::Form::proto);
}
BENCHMARK(encode_delivery);
void encode_delivery_json(benchmark::State& state) {
  encode(state, wire::ServerFrame{0, wire::Delivery{Cursor::at(Commit{1'000'000}), envelope()}}, wire::Form::json);
}
BENCHMARK(encode_delivery_json);
void encode_sent(benchmark::State& state) {
  encode(state, wire::ServerFrame{7, wire::Sent{ConversationId{1ull << 60}, Seq{1000}, Time{1'790'000'000'000}}},
         wire::Form::proto);
}
BENCHMARK(encode_sent);
void encode_receipts(benchmark::State& state) {
  wire::Receipts receipts{Cursor::at(Commit{1'000'000}, 3), ConversationId{1ull << 60}, Seq{1000}, Seq{999}, Seq{998}};
  encode(state, wire::ServerFrame{0, receipts}, wire::Form::proto);
}
BENCHMARK(encode_receipts);

void seal_event(benchmark::State& state) {
  Event event{envelope().sealed->header, Body{Encoding::plain, std::string(104, 'a')}};
  for (auto _ : state) benchmark::DoNotOptimize(wire::seal(event));
}
BENCHMARK(seal_event);

void store_envelope(benchmark::State& state) {
  Envelope one = envelope();
  for (auto _ : state) benchmark::DoNotOptimize(wire::store(one, Version{1}));
}
BENCHMARK(store_envelope);

void load_envelope(benchmark::State& state) {
  std::string bytes = wire::store(envelope(), Version{1});
  for (auto _ : state) benchmark::DoNotOptimize(wire::load_envelope(bytes, Commit{1'000'000}));
}
BENCHMARK(load_envelope);

}  // namespace
