#include "edge/rest/upload.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "edge/multipart.h"
#include "edge/rest/strip_metadata.h"
#include "wire/limits.h"

namespace homing::rest {
namespace {

constexpr auto kMedia = std::to_array<std::string_view>({"image", "video", "audio", "voice", "sticker"});

bool is_mime(std::string_view type) { return type.find('/') != std::string_view::npos; }

// What curl and browsers say when they do not know.
bool says_nothing(std::string_view type) {
  return type.empty() || type.starts_with("application/octet-stream") ||
         type.starts_with("application/x-www-form-urlencoded");
}

std::string_view kind_said(const Form& form) {
  std::string_view type = form.get("file_type");
  return type.empty() ? form.get("type") : type;
}

}  // namespace

std::string_view Form::get(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

std::uint64_t bytes_max_of(std::string_view file_type) {
  std::string_view kind = file_type.substr(0, file_type.find('/'));
  bool media = std::ranges::find(kMedia, kind) != kMedia.end() && file_type != "image/svg+xml";
  // A picture, sound or film of a type that is not one of ours is a document; then its bytes decide.
  bool known = !is_mime(file_type) || file_type == "image/jpeg" || file_type == "image/png" || file_type == "video/mp4";
  return media && known ? limits::kImageBytesMax : limits::kDocumentBytesMax;
}

Result<void> check_kind(std::string_view file_type, const File& file) {
  bool fits = true;
  if (file_type == "image" || file_type == "sticker") fits = file.kind == FileKind::image;
  if (file_type == "video") fits = file.kind == FileKind::video;
  if (file_type == "audio" || file_type == "voice") fits = file.kind == FileKind::audio;
  if (fits) return {};
  return fail(Code::media_wrong_type, "The file is " + file.mime_type + ".", "file_type");
}

template <class Source>
Task<Result<StoredBlob>> Upload::store(AccountId owner, Source& source, std::uint64_t most,
                                       std::optional<std::uint64_t> length) {
  auto announced = length ? chat::Announced::yes : chat::Announced::no;
  auto writer = co_await files_.begin(owner, std::min(most, length.value_or(most)), announced);
  if (!writer) co_return std::unexpected(writer.error());
  for (;;) {
    auto piece = co_await source.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) break;
    auto written = co_await (*writer)->write(std::move(*piece));
    if (!written) co_return std::unexpected(written.error());
  }
  if ((*writer)->size() == 0) co_return fail(Code::invalid_argument, "The file is empty.", "file");
  co_return co_await (*writer)->finish();
}

Task<Result<File>> Upload::raw(Caller caller, edge::Body& body, std::string type, std::string name, Metadata metadata) {
  if (says_nothing(type)) type.clear();
  std::uint64_t most = bytes_max_of(type);
  if (body.length() && *body.length() > most) co_return fail(Code::media_too_big, {}, "file");
  auto stored = co_await store(caller.account, body, most, body.length());
  if (!stored) co_return std::unexpected(stored.error());
  chat::NewFile about{std::move(name), std::move(type), metadata, {}};
  co_return co_await files_.add(caller.account, std::move(*stored), std::move(about));
}

// What came of a form, also when it broke off: the bytes of its file are to be kept or dropped.
struct Upload::Parts {
  Form form;
  chat::NewFile about;
  std::optional<StoredBlob> stored;
};

Task<Result<Form>> Upload::form(Caller caller, edge::Body& body, std::string content_type, Metadata usual) {
  auto boundary = edge::multipart_boundary(content_type);
  if (!boundary) co_return std::unexpected(boundary.error());
  auto length = body.length();
  if (length && *length > limits::kDocumentBytesMax + limits::kFormOverheadBytesMax) {
    co_return fail(Code::media_too_big, {}, "file");
  }
  Parts parts;
  parts.about.metadata = usual;
  auto read = co_await read_parts(caller, body, std::move(*boundary), parts);
  if (!read) {
    if (parts.stored) co_await files_.drop(std::move(*parts.stored));
    co_return std::unexpected(read.error());
  }
  Form form = std::move(parts.form);
  if (!parts.stored) co_return form;
  std::string_view said = kind_said(form);
  if (is_mime(said)) parts.about.mime_type = said;
  auto file = co_await files_.add(caller.account, std::move(*parts.stored), std::move(parts.about));
  if (!file) co_return std::unexpected(file.error());
  auto fits = check_kind(kind_said(form), *file);
  if (!fits) {
    co_await take_back(caller, std::move(*file));
    co_return std::unexpected(fits.error());
  }
  form.file = std::move(*file);
  co_return form;
}

Task<Result<void>> Upload::read_parts(Caller caller, edge::Body& body, std::string boundary, Parts& into) {
  auto length = body.length();
  Form& form = into.form;
  edge::Form parts(body, boundary);
  for (;;) {
    auto part = co_await parts.next();
    if (!part) co_return std::unexpected(part.error());
    if (!*part) co_return Result<void>{};
    std::string name = (*part)->name;
    if (!(*part)->file_name && name != "file") {
      auto value = co_await parts.value();
      if (!value) co_return std::unexpected(value.error());
      if (name == kStripMetadata) {
        auto wanted = metadata_from(*value);
        if (!wanted) co_return std::unexpected(wanted.error());
        into.about.metadata = *wanted;
      }
      form.fields.emplace_back(std::move(name), std::move(*value));
      continue;
    }
    if (into.stored) co_return fail(Code::invalid_argument, "One file at a time.", std::move(name));
    std::uint64_t most = bytes_max_of(kind_said(form));
    if (length && *length > most + limits::kFormOverheadBytesMax) co_return fail(Code::media_too_big, {}, name);
    into.about.name = (*part)->file_name.value_or("");
    if (!says_nothing((*part)->type)) into.about.mime_type = (*part)->type;
    form.file_field = std::move(name);
    auto taken = co_await store(caller.account, parts, most, length);
    if (!taken) co_return std::unexpected(taken.error());
    into.stored = std::move(*taken);
  }
}

Task<void> Upload::take_back(Caller caller, File file) {
  auto erased = co_await files_.erase(caller.account, file.id);
  if (!erased) log::warn("rest.take_back_failed", {{"detail", erased.error().detail}});  // the sweep takes it
}

}  // namespace homing::rest
