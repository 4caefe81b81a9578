#include "edge/rest/page.h"

#include "wire/rest_calls.h"

namespace homing::rest {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

const std::string_view kApiPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const std::string_view kApiStyle = R"(:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1rem; margin: 2rem 0 0; }
code, pre { font-family: ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .5rem; }
)";

std::string api_page() {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Homing: the API</title>"
      "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/style.css\"></head>"
      "<body><main><h1>The API</h1><p>For programs: <a href=\"/openapi.json\">openapi.json</a>. In the lines below "
      "<code>$HOMING</code> is this server's address and <code>$TOKEN</code> a device's token. A refusal is "
      "<code>{\"error\":{\"code\",\"text\",\"field\"}}</code>; match the code.</p>\n";
  for (const wire::RestCall& call : wire::rest_calls()) {
    out += "<section><h2>" + escaped(call.summary) + "</h2><p>";
    for (const std::string& path : call.paths) { out += "<code>" + escaped(call.method + " " + path) + "</code> "; }
    out += call.open ? "needs no token" : "";
    out += "</p><pre>curl " + escaped(call.example) + "</pre></section>\n";
  }
  return out + "</main></body></html>\n";
}

}  // namespace homing::rest
