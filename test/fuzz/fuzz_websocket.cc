// A stream of client frames, cut at any places: it must read the same as in one piece, within its limits.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "edge/utf8.h"
#include "edge/websocket.h"

namespace {

using homing::edge::Fragments;
using homing::edge::FrameReader;
using homing::edge::Opcode;
using homing::edge::Step;

constexpr std::size_t kMax = 300;

struct Stream {
  std::unique_ptr<Fragments> fragments;
  std::string kept;
  std::string seen;
  bool broken = false;

  void take(const std::string& piece) {
    if (broken) return;
    kept += piece;
    FrameReader reader(kept, fragments, kMax);
    for (;;) {
      Step step = reader.next();
      if (step.kind == Step::Kind::incomplete) {
        CHECK(step.need > kept.size() - reader.consumed()) << "it has what it asks for";
        break;
      }
      if (step.kind == Step::Kind::message) {
        CHECK(step.payload.size() <= kMax) << "a message beyond its limit";
        CHECK(step.opcode != Opcode::text || homing::edge::is_utf8(step.payload)) << "text that is none";
      }
      seen += std::to_string(static_cast<int>(step.kind)) + ":" + std::to_string(step.code) + ":";
      seen += step.payload;
      if (step.kind == Step::Kind::violation) {
        broken = true;
        return;
      }
    }
    kept.erase(0, reader.consumed());
    CHECK(fragments == nullptr || fragments->bytes.size() <= kMax) << "fragments beyond their limit";
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::size_t step = data[0] % 16 + 1u;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

  Stream whole;
  whole.take(bytes);
  Stream pieces;
  for (std::size_t at = 0; at < bytes.size(); at += step) pieces.take(bytes.substr(at, step));
  CHECK(whole.seen == pieces.seen) << "cut into pieces it reads differently";
  return 0;
}
