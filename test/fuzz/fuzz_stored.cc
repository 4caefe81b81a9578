// Records from a disk that lies: the first byte says which kind. What loads is stored again to the same value.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/seal.h"
#include "wire/stored.h"

using namespace homing;

namespace {

template <class Load>
void round_trip(std::string_view bytes, Load load) {
  auto first = load(bytes);
  if (!first) return;
  auto again = load(wire::store(*first));
  CHECK(again.has_value()) << "what was loaded cannot be stored";
  CHECK(*again == *first) << "it changes on its way to the disk";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 9) {
    case 0: {
      auto loaded = wire::load_envelope(bytes, Commit{7});
      if (!loaded) break;
      auto again = wire::load_envelope(wire::store(loaded->envelope, loaded->version), Commit{7});
      CHECK(again && again->envelope.sealed->bytes == loaded->envelope.sealed->bytes) << "the event changes";
      break;
    }
    case 1: round_trip(bytes, wire::load_account); break;
    case 2: round_trip(bytes, wire::load_device); break;
    case 3: round_trip(bytes, wire::load_conversation); break;
    case 4: (void)wire::load_ticket(bytes); break;
    case 5: round_trip(bytes, wire::load_receipt); break;
    case 6: (void)wire::unseal(std::string(bytes)); break;
    case 7: round_trip(bytes, wire::load_file); break;
    case 8: round_trip(bytes, wire::load_upload); break;
  }
  return 0;
}
