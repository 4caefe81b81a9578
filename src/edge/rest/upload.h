// Files on their way in, from a raw body or a form, with one window of them in memory. Owned by Rest; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chat/files.h"
#include "edge/body.h"
#include "edge/request.h"
#include "model/account.h"

namespace homing::rest {

using Fields = std::vector<std::pair<std::string, std::string>>;

// What a form held.
struct Form {
  Fields fields;
  std::optional<File> file;
  std::string file_field;  // what the form calls it

  std::string_view get(std::string_view name) const;
};

// "image", "document" ... or a MIME type; empty: nothing is said. The most that such a file may have.
std::uint64_t bytes_max_of(std::string_view file_type);
// `media_wrong_type` if the file is not of the kind that was said ("image"; a MIME type is compared when it is taken in).
Result<void> check_kind(std::string_view file_type, const File& file);

class Upload {
 public:
  explicit Upload(chat::Files& files) : files_(files) {}

  // The body is the file. `type`: its Content-Type. `media_too_big` before anything is read where the length says so.
  Task<Result<File>> raw(Caller caller, edge::Body& body, std::string type, std::string name, Metadata metadata);
  // Fields, and at most one file. Its kind is said by `file_type` or `type`; what becomes of its metadata by
  // `strip_metadata`, or else `usual`. What is refused leaves nothing.
  Task<Result<Form>> form(Caller caller, edge::Body& body, std::string content_type, Metadata usual = Metadata::keep);
  // An upload that came to nothing after all.
  Task<void> take_back(Caller caller, File file);

 private:
  struct Parts;
  Task<Result<void>> read_parts(Caller caller, edge::Body& body, std::string boundary, Parts& parts);
  template <class Source>
  Task<Result<StoredBlob>> store(AccountId owner, Source& source, std::uint64_t most,
                                 std::optional<std::uint64_t> length);

  chat::Files& files_;
};

}  // namespace homing::rest
