// Files that a message names by a link: fetched once, when the message is sent, with the same care as webhooks are told.
// Redirects are followed three times at most, each to an address that the guard admits. What was fetched for a URL may be
// kept for ten minutes (kLinkKeptFor); the caller keeps it. Owned by server/; any I/O thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "webhooks/outgoing.h"

namespace homing::webhooks {

inline constexpr std::chrono::milliseconds kLinkLimit{60'000};
inline constexpr std::chrono::milliseconds kLinkKeptFor = std::chrono::minutes(10);
inline constexpr int kLinkRedirectsMax = 3;
inline constexpr std::size_t kFileNameBytesMax = 240;

struct FetchedLink {
  std::string content_type;  // "image/png", without parameters, lower case; empty if it was not said
  std::string file_name;  // from Content-Disposition, else the last part of the URL; may be empty. Never a path
  std::size_t bytes = 0;
};

class LinkFetch {
 public:
  explicit LinkFetch(Outgoing& outgoing) : outgoing_(outgoing) {}

  // Hands the content to the sink chunk by chunk; it is whole only when this succeeds. Errors are about the field "link":
  // `invalid_argument` (the URL), `forbidden` (its address), `too_big`, `not_found` (it answers 4xx), `unavailable` (all
  // else); and what the sink returned.
  Task<Result<FetchedLink>> fetch(std::string url, std::size_t bytes_max, Sink sink);

 private:
  Outgoing& outgoing_;
};

// Pure. "image/png; charset=x" -> "image/png".
std::string media_type_of(std::string_view content_type);
// Pure. From `attachment; filename="a.pdf"; filename*=UTF-8''%e2%82%ac.pdf`, or from the URL's path.
std::string file_name_of(std::string_view disposition, std::string_view url);

}  // namespace homing::webhooks
