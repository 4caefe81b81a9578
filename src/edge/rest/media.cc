#include "edge/rest/media.h"

#include <utility>

#include "edge/file_answer.h"
#include "edge/rest/query.h"
#include "edge/rest/strip_metadata.h"
#include "wire/limits.h"
#include "wire/rest_message.h"

namespace homing::rest {
namespace {

using edge::Response;

// Pictures, sounds and films may be looked at in place: nothing in them runs (file_answer.h). The rest is saved.
edge::Disposition disposition_of(const File& file) {
  return file.kind == FileKind::document ? edge::Disposition::attachment : edge::Disposition::inline_;
}

}  // namespace

Task<Response> Media::upload(edge::Request request, edge::Body& body) {
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return edge::refused(caller.error());
  std::string type(request.header("content-type"));
  auto metadata = metadata_from(request.query.get(kStripMetadata).value_or("false"));
  if (!metadata) co_return edge::refused(metadata.error());
  Result<File> file = fail(Code::invalid_argument, "The form has no file.", "file");
  if (type.starts_with("multipart/")) {
    auto form = co_await upload_.form(*caller, body, std::move(type), *metadata);
    if (!form) co_return edge::refused(form.error());
    if (form->file) file = std::move(*form->file);
  } else {
    std::string name(request.query.get("name").value_or(""));
    if (name.empty()) {
      auto disposition = edge::parse_parameters(request.header("content-disposition"), edge::Backslash::escapes);
      if (disposition) name = edge::file_name_of(*disposition);
    }
    file = co_await upload_.raw(*caller, body, std::move(type), std::move(name), *metadata);
  }
  if (!file) co_return edge::refused(file.error());
  Response response = edge::json(201, wire::uploaded_json(*file));
  response.headers.emplace_back("Location", "/v1/media/" + file->id);
  co_return response;
}

Task<Response> Media::search(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::read);
  if (!caller) co_return edge::refused(caller.error());
  auto limit = number_in(request.query, "limit", 1, limits::kFilesPageMax, limits::kFilesPageMax);
  if (!limit) co_return edge::refused(limit.error());
  std::string part(request.query.get("name").value_or(""));
  std::string after(request.query.get("after").value_or(""));
  auto page = co_await files_.search(caller->account, std::move(part), *limit, std::move(after));
  if (!page) co_return edge::refused(page.error());
  std::string out = "{\"files\":[";
  for (const chat::FoundFile& found : page->files) {
    if (out.back() != '[') out += ',';
    out += wire::media_json(found.file);
  }
  out += "],\"next\":\"" + page->next + "\"}";
  co_return edge::json(200, std::move(out));
}

Task<Response> Media::download(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::read);
  if (!caller) co_return edge::refused(caller.error());
  if (auto user = request.query.get("user_id")) {
    auto own = co_await people_.check_caller(*caller, std::string(*user), "user_id");
    if (!own) co_return edge::refused(own.error());
  }
  auto opened = co_await files_.open(caller->account, std::string(request.param("id")));
  if (!opened) co_return edge::refused(opened.error());
  edge::ServedFile served;
  served.region.file = std::make_shared<edge::OpenFile>(opened->blob->descriptor(), opened->blob);
  served.region.length = opened->blob->size();
  served.type = opened->file.mime_type;
  served.name = opened->file.name;
  served.disposition = disposition_of(opened->file);
  served.validators = edge::Validators{"\"" + opened->file.blob.hex + "\"", opened->file.created};
  co_return edge::file_answer(request, served);
}

Task<Response> Media::erase(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return edge::refused(caller.error());
  auto erased = co_await files_.erase(caller->account, std::string(request.param("id")));
  if (!erased) co_return edge::refused(erased.error());
  co_return edge::json(200, "{}");
}

}  // namespace homing::rest
