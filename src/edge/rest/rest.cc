#include "edge/rest/rest.h"

#include <set>
#include <utility>

#include "base/check.h"
#include "edge/rest/page.h"
#include "wire/rest_calls.h"

namespace homing::rest {
namespace {

using edge::Body;
using edge::Request;
using edge::Response;

// Those of our calls that do not stand below /v1. A GET of /status is a page of the app.
std::optional<std::size_t> claim_root(const Request& request) {
  const std::string& path = request.path;
  bool ours = path == "/messages" || path == "/messages/ack" || path == "/openapi.json" || path == "/api" ||
              path == "/api/style.css" || (path == "/status" && request.method != "GET" && request.method != "HEAD");
  return ours ? std::optional<std::size_t>(0) : std::nullopt;
}

bool is_below(const std::string& path, std::string_view prefix) { return path.starts_with(prefix); }

}  // namespace

Rest::Rest(chat::Accounts& accounts, chat::Chat& chat, chat::Files& files, chat::Uploads& uploads, Clock& clock,
           edge::Readiness ready, RestOptions options)
    : gate_(accounts, clock, options.limits),
      people_(chat),
      upload_(files),
      media_(gate_, people_, files, upload_),
      messages_(gate_, people_, chat, files, upload_),
      unread_(gate_, people_, chat, clock, std::move(ready)),
      tus_(gate_, uploads),
      other_messages_(std::move(options.other_messages)),
      openapi_(wire::openapi_json(options.version)),
      page_(api_page()) {}

std::map<std::string, Rest::Call> Rest::calls() {
  std::map<std::string, Call> calls;
  auto handler = [&](const char* name, auto& part, auto method) {
    calls[name].handler = [&part, method](Request request) { return (part.*method)(std::move(request)); };
  };
  auto stream = [&](const char* name, auto& part, auto method) {
    calls[name].stream = [&part, method](Request request, Body& body) {
      return (part.*method)(std::move(request), body);
    };
  };
  stream("SendMessage", messages_, &Messages::send);
  stream("PostStatus", messages_, &Messages::post_status);
  handler("GetMessages", unread_, &Unread::get);
  handler("AckMessages", unread_, &Unread::acknowledge);
  stream("UploadMedia", media_, &Media::upload);
  handler("SearchMedia", media_, &Media::search);
  handler("GetMedia", media_, &Media::download);
  handler("DeleteMedia", media_, &Media::erase);
  handler("TusOptions", tus_, &Tus::options);
  stream("TusCreate", tus_, &Tus::create);
  handler("TusState", tus_, &Tus::state);
  handler("TusShow", tus_, &Tus::show);
  stream("TusPatch", tus_, &Tus::append);
  handler("TusEnd", tus_, &Tus::end);
  return calls;
}

void Rest::join(edge::Http& http) {
  edge::FamilyOptions root_options;
  root_options.claim = claim_root;
  edge::Family& root = http.family(std::move(root_options));
  root.add("GET", "/openapi.json", [this](Request request) { return openapi(std::move(request)); });
  root.add("GET", "/api", [this](Request request) { return page(std::move(request)); });
  root.add("GET", "/api/style.css", [this](Request request) { return style(std::move(request)); });
  edge::FamilyOptions tus_options;
  tus_options.claim = edge::below("v1/uploads");
  tus_options.method_override = edge::FamilyOptions::MethodOverride::yes;
  edge::Family& tus = http.family(std::move(tus_options));

  // Registration and the like are Http's own.
  const std::set<std::string> elsewhere{"ServerFactsOf", "SendCode", "Register", "LinkDevice", "Me"};
  auto made = calls();
  for (const wire::RestCall& call : wire::rest_calls()) {
    if (elsewhere.contains(call.name)) continue;
    auto found = made.find(call.name);
    CHECK(found != made.end()) << "nobody answers " << call.name << " of proto/rest.proto";
    for (const std::string& path : call.paths) {
      edge::Family& family = is_below(path, "/v1/uploads") ? tus : is_below(path, "/v1/") ? http.native() : root;
      if (call.name == "SendMessage" && path == "/v1/messages") {
        family.stream(call.method, path, [this](Request request, Body& body) {
          return messages_.send_or(std::move(request), body, other_messages_);
        });
      } else if (found->second.stream) {
        family.stream(call.method, path, found->second.stream);
      } else {
        family.add(call.method, path, found->second.handler);
      }
    }
    made.erase(found);
  }
  CHECK(made.empty()) << made.begin()->first << " is not in proto/rest.proto";
}

Task<Response> Rest::openapi(Request) {
  Response response = edge::json(200, openapi_);
  co_return response;
}

Task<Response> Rest::page(Request) {
  Response response;
  response.type = "text/html; charset=utf-8";
  response.file = page_;
  response.headers.emplace_back("Content-Security-Policy", kApiPolicy);
  response.headers.emplace_back("Cache-Control", "no-cache");
  co_return response;
}

Task<Response> Rest::style(Request) {
  Response response;
  response.type = "text/css; charset=utf-8";
  response.file = kApiStyle;
  response.headers.emplace_back("Cache-Control", "no-cache");
  co_return response;
}

}  // namespace homing::rest
