#include "server/server_key.h"

#include <cstring>
#include <string>

#include "server/private_file.h"

namespace homing::server {

Result<ServerKey> server_key(const std::filesystem::path& data, Random& random) {
  std::filesystem::path path = data / "server.key";
  ServerKey key{};
  auto kept = read_private(path, key.size());
  if (!kept && kept.error().code != Code::corrupt) return std::unexpected(kept.error());
  if (kept && !*kept) {
    random.fill(key);
    std::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
    if (auto written = write_private(path, bytes); !written) return std::unexpected(written.error());
    return key;
  }
  if (!kept || (*kept)->size() != key.size())
    return fail(Code::corrupt, path.string() + ": this is not a key of 32 bytes.");
  std::memcpy(key.data(), (*kept)->data(), key.size());
  return key;
}

}  // namespace homing::server
