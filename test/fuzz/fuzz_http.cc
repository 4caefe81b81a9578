// Requests from a stream, one after the other, and whether they may become a WebSocket.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "edge/request.h"
#include "edge/upgrade.h"
#include "wire/limits.h"

using homing::edge::RequestReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    RequestReader reader;
    // In two pieces, as it may come.
    std::string front = bytes.substr(0, bytes.size() / 2);
    std::size_t used = reader.read(front);
    if (reader.state() == RequestReader::State::head || reader.state() == RequestReader::State::body) {
      used += reader.read(std::string_view(bytes).substr(used));
    }
    if (reader.state() != RequestReader::State::done) break;
    auto upgrade = homing::edge::check_upgrade(reader.head(), {"https://app.example"});
    if (upgrade) {
      std::string out;
      homing::edge::append_switching(out, *upgrade);
      CHECK(upgrade->token.empty() || out.size() < 300) << "the token is echoed";
    } else {
      CHECK(upgrade.error().status >= 400) << "refused without saying so";
    }
    CHECK(reader.take_body().size() <= homing::limits::kHttpBodyBytesMax) << "a body beyond its limit";
    auto request = reader.request();
    if (request) {
      CHECK(request->path.find('\0') == std::string::npos) << "a path that ends early";
      CHECK(request->query.all().size() <= homing::limits::kQueryParametersMax) << "a query beyond its limit";
      for (const std::string& segment : request->segments) {
        CHECK(request->path.find(segment) != std::string::npos) << "a segment from elsewhere";
      }
    }
    if (used == 0) break;
    bytes.erase(0, used);
  }
  return 0;
}
