#include "chat/file_records.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace homing::chat {
namespace {

constexpr std::size_t kDigits = 16;
constexpr std::size_t kFileIdDigitsMax = 15;

std::string hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

template <class Number>
bool read(std::string_view text, Number& number, int base) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool is_file_id(std::string_view text) {
  return !text.empty() && text.size() <= kFileIdDigitsMax &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string word(Holder::Kind kind) { return kind == Holder::Kind::account ? "account" : "group"; }

std::unexpected<Error> unreadable() { return fail(Code::corrupt, "A stored note about a file cannot be read."); }

}  // namespace

namespace name {

std::string file(const FileId& id) { return kFiles + id; }
std::string own_prefix(AccountId owner) { return "file-of/" + hex(owner.value) + "/"; }
std::string own(const File& file) {
  std::uint64_t newest_first = std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(file.created.ms);
  return own_prefix(file.owner) + hex(newest_first) + "/" + file.id;
}
std::string usage(AccountId owner) { return "file-usage/" + hex(owner.value); }
std::string blob_prefix(const BlobId& blob) { return "file-blob/" + blob.hex + "/"; }
std::string blob(const File& file) { return blob_prefix(file.blob) + file.id; }
std::string shown_prefix(const FileId& id) { return "file-shown/" + id + "/"; }
std::string shown_prefix(const FileId& id, ConversationId conversation) {
  return shown_prefix(id) + hex(conversation.value) + "/";
}
std::string shown(const FileId& id, const Showing& showing) {
  return shown_prefix(id, showing.conversation) + hex(showing.seq.value);
}
std::string in_prefix(ConversationId conversation) { return "file-in/" + hex(conversation.value) + "/"; }
std::string in(const FileId& id, const Showing& showing) {
  return in_prefix(showing.conversation) + hex(showing.seq.value) + "/" + id;
}
std::string kept_prefix(const FileId& id) { return "file-kept/" + id + "/"; }
std::string kept(const FileId& id, const Holder& holder) {
  return kept_prefix(id) + word(holder.kind) + "/" + hex(holder.id);
}
std::string upload(const std::string& id) { return kUploads + id; }
std::string upload_prefix(AccountId owner) { return "upload-of/" + hex(owner.value) + "/"; }
std::string upload_of(const Upload& upload) { return upload_prefix(upload.owner) + upload.id; }
std::string upload_blob(const Upload& upload) { return blob_prefix(upload.blob) + upload.id; }

}  // namespace name

Result<Showing> showing_from(const Record& shown) {
  Showing showing;
  std::string_view name = shown.name;
  if (name.size() < 2 * kDigits + 1) return unreadable();
  std::string_view numbers = name.substr(name.size() - (2 * kDigits + 1));
  bool good = read(numbers.substr(0, kDigits), showing.conversation.value, 16) &&
              read(numbers.substr(kDigits + 1), showing.seq.value, 16) &&
              read(std::string_view(shown.value), showing.expires.ms, 10);
  if (!good) return unreadable();
  return showing;
}

Result<Holder> holder_from(const Record& kept) {
  std::string_view name = kept.name;
  std::size_t last = name.rfind('/');
  if (last == std::string_view::npos) return unreadable();
  Holder holder;
  if (name.substr(0, last).ends_with("/group")) {
    holder.kind = Holder::Kind::group;
  } else if (!name.substr(0, last).ends_with("/account")) {
    return unreadable();
  }
  if (!read(name.substr(last + 1), holder.id, 16)) return unreadable();
  return holder;
}

std::string until(const Showing& showing) { return std::to_string(showing.expires.ms); }

Result<In> in_from(std::string_view name) {
  constexpr std::string_view kPrefix = "file-in/";
  In in;
  const std::string_view whole = name;
  if (name.size() < kPrefix.size() + 2 * kDigits + 3) return unreadable();
  name.remove_prefix(kPrefix.size());
  bool good = read(name.substr(0, kDigits), in.showing.conversation.value, 16) &&
              read(name.substr(kDigits + 1, kDigits), in.showing.seq.value, 16);
  in.id = name.substr(2 * kDigits + 2);
  // It may come from a client: only what is written here is read.
  if (!good || !is_file_id(in.id) || name::in(in.id, in.showing) != whole) return unreadable();
  return in;
}

bool is_own_name(AccountId owner, std::string_view name) {
  const std::string prefix = name::own_prefix(owner);
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  std::uint64_t newest_first = 0;
  if (name.size() < kDigits + 2 || !read(name.substr(0, kDigits), newest_first, 16)) return false;
  return name.starts_with(hex(newest_first) + "/") && is_file_id(name.substr(kDigits + 1));
}

std::string id_from(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::string to_text(Usage usage) { return fmt::format("{} {}", usage.files, usage.bytes); }

Result<Usage> usage_from(std::string_view text) {
  Usage usage;
  std::size_t space = text.find(' ');
  bool good = space != text.npos && read(text.substr(0, space), usage.files, 10) &&
              read(text.substr(space + 1), usage.bytes, 10);
  if (!good) return unreadable();
  return usage;
}

}  // namespace homing::chat
