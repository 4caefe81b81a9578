#include "edge/business/bot_files.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "chat/token.h"
#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"
#include "edge/business/media_types.h"
#include "edge/file_answer.h"
#include "edge/utf8.h"

namespace homing::business {
namespace {

constexpr std::chrono::milliseconds kLinkedFor = std::chrono::minutes(10);
constexpr std::size_t kLinkedMax = 10'000;
constexpr std::string_view kAddressPath = "/whatsapp_business/attachments/";

std::string from_hex(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  std::size_t length = 0;
  sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data(), hex.size(), nullptr, &length,
                 nullptr);
  bytes.resize(length);
  return bytes;
}

GraphError no_such_file(std::string_view method, const std::string& id) { return unknown_object(method, id); }

// Uploads are refused with 100 whatever is wrong with them; the server's own trouble stays what it is.
GraphError upload_error(const Error& error) {
  GraphError refusal = graph_error(error);
  if (http_of(refusal) < 500 && refusal.code != 130429) {
    refusal.code = 100;
    refusal.subcode = 0;
    refusal.http = error.code == Code::too_big ? 413 : 0;
  }
  return refusal;
}

}  // namespace

BotFiles::BotFiles(chat::Files& files, Clock& clock, Keys keys, BotFilesOptions options, Fetch fetch)
    : files_(files), clock_(clock), keys_(keys), options_(std::move(options)), fetch_(std::move(fetch)) {}

Task<Answer<MediaFacts>> BotFiles::wanted(Known known, WantedMedia wanted) {
  std::string id = wanted.id;
  if (id.empty()) {
    auto linked = co_await from_link(known, wanted);
    if (!linked) co_return std::unexpected(linked.error());
    id = std::move(*linked);
  }
  auto file = co_await usable(std::move(known), std::move(id));
  if (!file && file.error().code == 100) {
    co_return refuse(100, wanted.parameter + "[id] is not the id of a media object of this business");
  }
  if (!file) co_return std::unexpected(file.error());
  MediaFacts facts;
  facts.id = file->id;
  facts.mime_type = file->mime_type;
  facts.size = file->size;
  facts.sha256 = from_hex(file->blob.hex);
  facts.name = file->name;
  facts.width = file->width;
  facts.height = file->height;
  facts.thumbnail = file->thumbnail;
  facts.animated = file->motion == Motion::animated;
  co_return facts;
}

Task<Answer<File>> BotFiles::usable(Known known, std::string id) {
  auto file = co_await files_.find(known.caller.account, id);
  if (!file && file.error().code != Code::media_unknown) co_return refuse(file.error());
  if (!file || file->owner != known.caller.account || file->deleted != Time{})
    co_return refuse(100, "There is no such media");
  co_return std::move(*file);
}

Task<Answer<std::string>> BotFiles::from_link(Known known, WantedMedia wanted) {
  if (!fetch_) co_return refuse(131053, wanted.parameter + "[link] is not fetched by this server: upload the file");
  std::string key = known.bot.number_id + " " + wanted.link;
  Time now = clock_.now();
  std::string before = linked_.with([&](auto& linked) {
    std::erase_if(linked, [&](const auto& entry) { return entry.second.until <= now; });
    auto found = linked.find(key);
    return found == linked.end() ? std::string() : found->second.file;
  });
  if (!before.empty()) {
    auto still = co_await usable(known, before);
    if (still) co_return before;
  }

  auto writer = co_await files_.begin(known.caller.account, kUploadBytesMax, chat::Announced::no);
  if (!writer) co_return refuse(writer.error());
  FetchSink sink = [&writer](std::string chunk) { return (*writer)->write(std::move(chunk)); };
  auto fetched = co_await fetch_(wanted.link, kUploadBytesMax, std::move(sink));
  if (!fetched) co_return refuse(131053, wanted.parameter + "[link] could not be fetched: " + fetched.error().detail);
  if (fetched->status != 200) {
    co_return refuse(131053, wanted.parameter + "[link] answered with status " + std::to_string(fetched->status));
  }
  if ((*writer)->size() == 0) co_return refuse(131053, wanted.parameter + "[link] is an empty file");
  auto stored = co_await (*writer)->finish();
  if (!stored) co_return refuse(stored.error());
  std::string name = edge::safe_file_name(name_in_url(fetched->url));
  std::string claimed = claimed_type(fetched->type, {}, name);
  auto id = co_await keep(known, std::move(*stored), std::move(name), std::move(claimed));
  if (!id && http_of(id.error()) >= 500) co_return id;
  if (!id) co_return refuse(131053, wanted.parameter + "[link]: " + id.error().details);
  linked_.with([&](auto& linked) {
    if (linked.size() < kLinkedMax) linked[key] = Linked{*id, clock_.now() + kLinkedFor};
  });
  co_return id;
}

// --- uploads ---

// A small file needs no more room than it says.
Task<Result<std::unique_ptr<BlobWriter>>> BotFiles::begin(AccountId owner, std::optional<std::uint64_t> length) {
  auto announced = length ? chat::Announced::yes : chat::Announced::no;
  return files_.begin(owner, std::min<std::uint64_t>(kUploadBytesMax, length.value_or(kUploadBytesMax)), announced);
}

struct BotFiles::Formed {
  std::string product;
  std::string type;
  std::optional<std::uint64_t> length;
  edge::Part of_file;
  std::optional<StoredBlob> stored;
  json::object said;  // all other fields
};

Task<Answer<std::string>> BotFiles::upload_form(Known known, edge::Request request, edge::Body& body) {
  auto formed = co_await read_form(known, std::move(request), body);
  if (formed && !formed->stored) formed = refuse(100, "file is required");
  if (!formed) (void)co_await body.drain(kUploadBodyBytesMax);
  if (!formed) co_return std::unexpected(formed.error());
  co_return co_await keep(std::move(known), std::move(*formed));
}

Task<Answer<BotFiles::Mixed>> BotFiles::upload_mixed(Known known, edge::Request request, edge::Body& body) {
  auto formed = co_await read_form(known, std::move(request), body);
  if (!formed) (void)co_await body.drain(kUploadBodyBytesMax);
  if (!formed) co_return std::unexpected(formed.error());
  Mixed mixed;
  mixed.said = std::move(formed->said);
  if (!formed->stored) co_return mixed;
  auto id = co_await keep(std::move(known), std::move(*formed));
  if (!id) co_return std::unexpected(id.error());
  mixed.file = std::move(*id);
  co_return mixed;
}

Task<Answer<std::string>> BotFiles::upload_raw(Known known, edge::Request request, edge::Body& body) {
  auto id = co_await read_raw(std::move(known), std::move(request), body);
  if (!id) (void)co_await body.drain(kUploadBodyBytesMax);
  co_return id;
}

Task<Answer<BotFiles::Formed>> BotFiles::read_form(Known known, edge::Request request, edge::Body& body) {
  auto boundary = edge::multipart_boundary(request.header("content-type"));
  if (!boundary) co_return std::unexpected(upload_error(boundary.error()));
  Formed formed;
  formed.product = request.query.get("messaging_product").value_or(std::string_view{});
  formed.type = request.query.get("type").value_or(std::string_view{});
  formed.length = body.length();
  edge::Form form(body, *boundary);
  auto read = co_await read_parts(known, form, formed);
  if (read && formed.product != "whatsapp") read = refuse(100, "messaging_product must be whatsapp");
  if (!read) {
    if (formed.stored) co_await files_.drop(std::move(*formed.stored));
    co_return std::unexpected(read.error());
  }
  co_return formed;
}

Task<Answer<std::string>> BotFiles::keep(Known known, Formed formed) {
  std::string name = edge::safe_file_name(formed.of_file.file_name.value_or(""));
  std::string claimed = claimed_type(formed.of_file.type, formed.type, name);
  co_return co_await keep(std::move(known), std::move(*formed.stored), std::move(name), std::move(claimed));
}

Task<Answer<void>> BotFiles::read_parts(Known known, edge::Form& form, Formed& formed) {
  for (;;) {
    auto part = co_await form.next();
    if (!part) co_return std::unexpected(upload_error(part.error()));
    if (!*part) co_return Answer<void>{};
    bool is_file = (*part)->name == "file" && !formed.stored;
    if (is_file) {
      formed.of_file = **part;
      auto writer = co_await begin(known.caller.account, formed.length);
      if (!writer) co_return std::unexpected(upload_error(writer.error()));
      for (;;) {
        auto piece = co_await form.read();
        if (!piece) co_return std::unexpected(upload_error(piece.error()));
        if (piece->empty()) break;
        auto written = co_await (*writer)->write(std::move(*piece));
        if (!written) co_return std::unexpected(upload_error(written.error()));
      }
      if ((*writer)->size() == 0) co_return refuse(100, "file must not be empty");
      auto finished = co_await (*writer)->finish();
      if (!finished) co_return std::unexpected(upload_error(finished.error()));
      formed.stored = std::move(*finished);
      continue;
    }
    if ((*part)->file_name) continue;
    std::string name = (*part)->name;
    auto value = co_await form.value();
    if (!value) co_return std::unexpected(upload_error(value.error()));
    if (name == "type") {
      formed.type = std::move(*value);
    } else if (name == "messaging_product") {
      formed.product = std::move(*value);
    } else if (edge::is_utf8(*value)) {
      formed.said[name] = js(*value);
    }
  }
}

Task<Answer<std::string>> BotFiles::read_raw(Known known, edge::Request request, edge::Body& body) {
  std::string claimed = claimed_type(request.header("content-type"), {}, {});
  auto writer = co_await begin(known.caller.account, body.length());
  if (!writer) co_return std::unexpected(upload_error(writer.error()));
  for (;;) {
    auto piece = co_await body.read();
    if (!piece) co_return std::unexpected(upload_error(piece.error()));
    if (piece->empty()) break;
    auto written = co_await (*writer)->write(std::move(*piece));
    if (!written) co_return std::unexpected(upload_error(written.error()));
  }
  if ((*writer)->size() == 0) co_return refuse(100, "the body must not be empty");
  auto stored = co_await (*writer)->finish();
  if (!stored) co_return std::unexpected(upload_error(stored.error()));
  co_return co_await keep(std::move(known), std::move(*stored), {}, std::move(claimed));
}

Task<Answer<std::string>> BotFiles::keep(Known known, StoredBlob stored, std::string name, std::string claimed) {
  if (!claimed.empty() && media_bytes_max(bare_type(claimed)) == 0) {
    co_await files_.drop(std::move(stored));
    co_return refuse(100, "file of type " + claimed + " is not supported");
  }
  chat::NewFile file;
  file.name = std::move(name);
  file.mime_type = std::move(claimed);
  file.unused = options_.unused;
  auto added = co_await files_.add(known.caller.account, std::move(stored), std::move(file));
  if (!added) co_return std::unexpected(upload_error(added.error()));
  std::uint64_t max = media_bytes_max(bare_type(added->mime_type));
  if (added->size <= max) co_return added->id;

  (void)co_await files_.erase(known.caller.account, added->id);
  if (max == 0) co_return refuse(100, "file of type " + added->mime_type + " is not supported");
  co_return refuse(100, "file must be at most " + std::to_string(max) + " bytes");
}

// --- what is known, and the bytes ---

std::string BotFiles::hash_of(std::string_view file, std::string_view account, std::string_view expires) const {
  std::string text = std::string(file) + "/" + std::string(account) + "/" + std::string(expires);
  std::array<std::uint8_t, 24> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     keys_.urls.data(), keys_.urls.size());
  return chat::to_base64url(hash);
}

std::string BotFiles::origin_of(const edge::Request& request) const {
  if (!options_.public_url.empty()) return options_.public_url;
  std::string_view scheme = request.header("x-forwarded-proto");
  if (scheme != "https" && scheme != "http") scheme = request.encrypted ? "https" : "http";
  return std::string(scheme) + "://" + std::string(request.header("host"));
}

std::string BotFiles::address(AccountId account, const std::string& id, const edge::Request& request) const {
  std::string expires = std::to_string((clock_.now() + options_.address_valid).ms / 1000);
  std::string bot = std::to_string(account.value);
  return origin_of(request) + std::string(kAddressPath) + "?mid=" + id + "&ext=" + expires + "&bot=" + bot +
         "&hash=" + hash_of(id, bot, expires);
}

Task<Answer<json::object>> BotFiles::describe(Known known, std::string id, edge::Request request) {
  auto owner = request.query.get("phone_number_id");
  if (owner && *owner != known.bot.number_id) co_return refuse(100, "phone_number_id is not the owner of this media");
  auto file = co_await files_.find(known.caller.account, id);
  if (!file && file.error().code != Code::media_unknown) co_return refuse(file.error());
  if (!file || file->deleted != Time{}) co_return std::unexpected(no_such_file(request.method, id));

  std::string url = address(known.caller.account, id, request);
  json::object out{{"messaging_product", "whatsapp"}, {"url", js(url)},          {"mime_type", js(file->mime_type)},
                   {"sha256", js(file->blob.hex)},    {"file_size", file->size}, {"id", js(file->id)}};
  co_return out;
}

Task<Answer<void>> BotFiles::erase(Known known, std::string id, std::optional<std::string> number_id) {
  if (number_id && *number_id != known.bot.number_id)
    co_return refuse(100, "phone_number_id is not the owner of this media");
  auto erased = co_await files_.erase(known.caller.account, id);
  if (!erased && erased.error().code == Code::media_unknown) co_return std::unexpected(no_such_file("delete", id));
  if (!erased) co_return refuse(erased.error());
  co_return Answer<void>{};
}

Task<Answer<edge::Response>> BotFiles::bytes(AccountId account, std::string id, edge::Request request) {
  GraphError gone{100, "The media is not there any more", 33, 404};
  auto open = co_await files_.open(account, std::move(id));
  if (!open && open.error().code == Code::media_unknown) co_return std::unexpected(gone);
  if (!open) co_return refuse(open.error());
  if (open->file.deleted != Time{} && open->file.owner == account) co_return std::unexpected(gone);
  edge::ServedFile served;
  served.region.file = std::make_shared<edge::OpenFile>(open->blob->descriptor(), open->blob);
  served.region.length = open->blob->size();
  served.type = open->file.mime_type;
  served.name = open->file.name;
  edge::Response response = edge::file_answer(request, served);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  co_return response;
}

Task<Answer<edge::Response>> BotFiles::by_address(std::optional<Known> known, edge::Request request) {
  std::string id(request.query.get("mid").value_or(std::string_view{}));
  std::string expires(request.query.get("ext").value_or(std::string_view{}));
  std::string account(request.query.get("bot").value_or(std::string_view{}));
  std::string hash(request.query.get("hash").value_or(std::string_view{}));
  std::string right = hash_of(id, account, expires);
  std::int64_t until = 0;
  std::uint64_t number = 0;
  std::from_chars(expires.data(), expires.data() + expires.size(), until);
  std::from_chars(account.data(), account.data() + account.size(), number);
  bool good = hash.size() == right.size() && sodium_memcmp(hash.data(), right.data(), right.size()) == 0 &&
              clock_.now() <= Time{until * 1000};
  if (good) co_return co_await bytes(AccountId{number}, std::move(id), std::move(request));
  if (known) co_return co_await bytes(known->caller.account, std::move(id), std::move(request));
  co_return std::unexpected(GraphError{190, "The address is not valid any more: ask for a new one", 0, 401});
}

}  // namespace homing::business
