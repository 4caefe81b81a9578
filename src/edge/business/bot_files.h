// Files of bots: uploads as a form (Cloud) or as raw bytes (On-Premises), what is known of them, and their bytes for who
// has a signed address or a token. The address is a capability: bot, file and time under a key of the server.
// Owned by server/; any I/O thread.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <string>

#include "base/guarded.h"
#include "chat/files.h"
#include "edge/body.h"
#include "edge/business/calls.h"
#include "edge/multipart.h"
#include "edge/request.h"
#include "edge/response.h"

namespace homing::business {

struct BotFilesOptions {
  std::string public_url;  // "https://chat.example"; empty: where the request came to
  std::chrono::milliseconds unused = std::chrono::days(30);  // how long an upload stays that no message shows
  std::chrono::milliseconds address_valid = std::chrono::minutes(5);
};

// A file from somewhere else: a GET whose bytes go to the sink if the answer is 200.
struct Fetched {
  int status = 0;
  std::string type;  // Content-Type, as sent
  std::string url;  // after redirects
};
using FetchSink = std::function<Task<Result<void>>(std::string chunk)>;
using Fetch = std::function<Task<Result<Fetched>>(std::string url, std::uint64_t bytes_max, FetchSink sink)>;

class BotFiles {
 public:
  // Without `fetch`, files are sent by id only.
  BotFiles(chat::Files& files, Clock& clock, Keys keys, BotFilesOptions options, Fetch fetch = {});

  // The port of Calls. A link is fetched and becomes a file of the bot; for ten minutes it is not fetched again. 131053
  // when that fails.
  Task<Answer<MediaFacts>> wanted(Known known, WantedMedia wanted);

  // Reads the whole body, whatever becomes of it, so that the client sees the answer. The file's id.
  Task<Answer<std::string>> upload_form(Known known, edge::Request request, edge::Body& body);
  Task<Answer<std::string>> upload_raw(Known known, edge::Request request, edge::Body& body);
  // A form that may bring a file, and says other things besides.
  struct Mixed {
    std::string file;  // its id; empty: it brought none
    boost::json::object said;
  };
  Task<Answer<Mixed>> upload_mixed(Known known, edge::Request request, edge::Body& body);

  Task<Answer<boost::json::object>> describe(Known known, std::string id, edge::Request request);
  // `number_id`: whose it must be, if the request says so.
  Task<Answer<void>> erase(Known known, std::string id, std::optional<std::string> number_id = {});
  // Its bytes, as an answer to this request.
  Task<Answer<edge::Response>> bytes(AccountId account, std::string id, edge::Request request);
  // Where the bytes are for the next minutes, for whoever knows it.
  std::string address(AccountId account, const std::string& id, const edge::Request& request) const;
  // "https://chat.example": as it is set, or where the request came to.
  std::string origin_of(const edge::Request& request) const;
  // GET of an address that describe() gave. `known`: who asks, if a token said so.
  Task<Answer<edge::Response>> by_address(std::optional<Known> known, edge::Request request);

 private:
  Task<Result<std::unique_ptr<BlobWriter>>> begin(AccountId owner, std::optional<std::uint64_t> length);
  struct Formed;
  Task<Answer<Formed>> read_form(Known known, edge::Request request, edge::Body& body);
  Task<Answer<std::string>> keep(Known known, Formed formed);
  Task<Answer<void>> read_parts(Known known, edge::Form& form, Formed& formed);
  Task<Answer<std::string>> read_raw(Known known, edge::Request request, edge::Body& body);
  Task<Answer<std::string>> keep(Known known, StoredBlob stored, std::string name, std::string claimed);
  Task<Answer<File>> usable(Known known, std::string id);
  Task<Answer<std::string>> from_link(Known known, WantedMedia wanted);
  std::string hash_of(std::string_view file, std::string_view account, std::string_view expires) const;

  chat::Files& files_;
  Clock& clock_;
  const Keys keys_;
  const BotFilesOptions options_;
  const Fetch fetch_;
  struct Linked {
    std::string file;
    Time until;
  };
  Guarded<std::map<std::string, Linked>> linked_;  // by bot and link
};

}  // namespace homing::business
