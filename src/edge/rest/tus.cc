#include "edge/rest/tus.h"

#include <utility>

#include "edge/range.h"
#include "edge/rest/query.h"
#include "edge/rest/tus_header.h"
#include "wire/limits.h"
#include "wire/rest_message.h"

namespace homing::rest {
namespace {

using edge::Response;

constexpr std::string_view kVersion = "1.0.0";

Response spoken(Response response) {
  response.headers.emplace_back("Tus-Resumable", kVersion);
  return response;
}
Response refused(const Error& error) { return spoken(edge::refused(error)); }
Response refused(Code code, std::string why, std::string field) {
  return refused(Error{code, std::move(why), std::move(field), {}});
}

Response answer(int status) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Cache-Control", "no-store");
  return spoken(std::move(response));
}

bool speaks(const edge::Request& request) { return request.header("tus-resumable") == kVersion; }

Response other_version() {
  Response response =
      spoken(edge::refused(412, Error{Code::invalid_argument, "This is tus 1.0.0.", "Tus-Resumable", {}}));
  response.headers.emplace_back("Tus-Version", kVersion);
  return response;
}

void say_expiry(Response& response, const chat::UploadState& state) {
  response.headers.emplace_back("Upload-Expires", edge::http_date(state.expires));
}

}  // namespace

Task<Response> Tus::options(edge::Request) {
  Response response = answer(204);
  response.headers.emplace_back("Tus-Version", kVersion);
  response.headers.emplace_back("Tus-Extension", "creation,termination,checksum,expiration");
  response.headers.emplace_back("Tus-Checksum-Algorithm", "sha1,sha256");
  response.headers.emplace_back("Tus-Max-Size", std::to_string(limits::kDocumentBytesMax));
  response.headers.emplace_back("Allow", "OPTIONS, POST");
  co_return response;
}

Task<Response> Tus::create(edge::Request request, edge::Body& body) {
  if (!speaks(request)) co_return other_version();
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return refused(caller.error());
  auto length = number_from(request.header("upload-length"));
  if (!length || *length == 0) {
    co_return refused(Code::invalid_argument, "How long is it? At least one byte.", "Upload-Length");
  }
  auto metadata = parse_upload_metadata(request.header("upload-metadata"));
  if (!metadata) co_return refused(metadata.error());
  auto empty = co_await body.whole(0);
  if (!empty) co_return refused(Code::invalid_argument, "The bytes come with PATCH.", "body");
  auto upload = co_await uploads_.begin(caller->account, *length, std::move(metadata->filename),
                                        std::move(metadata->filetype), metadata->metadata);
  if (!upload) co_return refused(upload.error());
  auto state = co_await uploads_.state(caller->account, upload->id);
  if (!state) co_return refused(state.error());
  Response response = answer(201);
  response.headers.emplace_back("Location", "/v1/uploads/" + upload->id);
  say_expiry(response, *state);
  co_return response;
}

Task<Response> Tus::state(edge::Request request) {
  if (!speaks(request)) co_return other_version();
  auto caller = co_await gate_.enter(request, Act::read);
  if (!caller) co_return refused(caller.error());
  auto state = co_await uploads_.state(caller->account, std::string(request.param("id")));
  if (!state) co_return refused(state.error());
  Response response = answer(200);
  response.headers.emplace_back("Upload-Offset", std::to_string(state->offset));
  response.headers.emplace_back("Upload-Length", std::to_string(state->upload.size));
  if (!state->upload.file.empty()) response.headers.emplace_back("Homing-Media-Id", state->upload.file);
  say_expiry(response, *state);
  co_return response;
}

Task<Response> Tus::show(edge::Request request) {
  auto caller = co_await gate_.enter(request, Act::read);
  if (!caller) co_return refused(caller.error());
  auto state = co_await uploads_.state(caller->account, std::string(request.param("id")));
  if (!state) co_return refused(state.error());
  co_return edge::json(200, wire::progress_json(state->upload, state->offset, state->expires));
}

Task<Response> Tus::append(edge::Request request, edge::Body& body) {
  if (!speaks(request)) co_return other_version();
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return refused(caller.error());
  if (request.header("content-type") != "application/offset+octet-stream") {
    co_return refused(Code::media_wrong_type, "A piece is application/offset+octet-stream.", "Content-Type");
  }
  auto state = co_await uploads_.state(caller->account, std::string(request.param("id")));
  if (!state) co_return refused(state.error());
  co_return co_await write(*caller, std::move(request), std::move(*state), body);
}

Task<Response> Tus::write(Caller caller, edge::Request request, chat::UploadState state, edge::Body& body) {
  auto offset = number_from(request.header("upload-offset"));
  if (!offset) co_return refused(Code::invalid_argument, "Where does this piece begin?", "Upload-Offset");
  auto checksum = parse_checksum(request.header("upload-checksum"));
  if (!checksum) co_return refused(checksum.error());
  const std::string id = state.upload.id;
  const std::uint64_t size = state.upload.size;
  if (*offset <= size && body.length() && *body.length() > size - *offset) {
    co_return refused(Code::media_too_big, "This is more than was announced.", "Content-Length");
  }
  auto writer = co_await uploads_.resume(caller.account, id, *offset);
  if (!writer) co_return refused(writer.error());
  Result<void> done;
  if (*checksum) {
    auto piece = co_await body.whole(limits::kChecksumBytesMax);
    if (!piece) co_return refused(piece.error());
    if (!matches(**checksum, *piece)) {
      Error error{Code::invalid_argument, "The piece does not match its checksum.", "Upload-Checksum", {}};
      co_return spoken(edge::refused(460, error));
    }
    done = co_await (*writer)->write(std::move(*piece));
  } else {
    for (;;) {
      auto piece = co_await body.read();
      if (!piece) done = std::unexpected(piece.error());
      if (!piece || piece->empty()) break;
      done = co_await (*writer)->write(std::move(*piece));
      if (!done) break;
    }
  }
  // Also when the connection broke: the client goes on behind what is here.
  bool whole = done && (*writer)->size() == size;
  if (!whole) {
    auto synced = co_await (*writer)->sync();
    if (!done) co_return refused(done.error());
    if (!synced) co_return refused(synced.error());
  }
  Response response = answer(204);
  response.headers.emplace_back("Upload-Offset", std::to_string((*writer)->size()));
  if (whole) {
    auto file = co_await uploads_.complete(caller.account, id, std::move(*writer));
    if (!file) co_return refused(file.error());
    response.headers.emplace_back("Homing-Media-Id", file->id);
  }
  say_expiry(response, state);
  co_return response;
}

Task<Response> Tus::end(edge::Request request) {
  if (!speaks(request)) co_return other_version();
  auto caller = co_await gate_.enter(request, Act::write);
  if (!caller) co_return refused(caller.error());
  auto ended = co_await uploads_.abandon(caller->account, std::string(request.param("id")));
  if (!ended) co_return refused(ended.error());
  co_return answer(204);
}

}  // namespace homing::rest
