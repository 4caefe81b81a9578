// What features keep beside the conversations: small records by name, changed together or not at all. A feature that needs
// a table of its own (files, bots, webhooks) writes a room on top of this and leaves the stores alone
// (docs/decisions/0012).
//
// Names are bytes and sort as bytes; each feature has a prefix of its own that ends in '/'. One conformance suite
// (test/conformance) runs against every adapter. Owned by server/. Every method may be called from any I/O thread and
// completes on the caller's executor.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "store/directory.h"
#include "store/page.h"

namespace homing {

inline constexpr std::size_t kRecordNameBytesMax = 512;
inline constexpr std::size_t kRecordValueBytesMax = 1 << 20;
inline constexpr std::size_t kRecordChangesMax = 1024;  // in one write

struct Record {
  std::string name;
  std::string value;
  friend bool operator==(const Record&, const Record&) = default;
};

// What must hold for a change to be made.
struct Whatever {};
struct IfAbsent {};
struct IfEquals {
  std::string value;
};

struct RecordChange {
  std::string name;
  std::optional<std::string> value;  // never empty; nothing: take the record away, which is fine if there is none
  std::variant<Whatever, IfAbsent, IfEquals> condition = Whatever{};
};

class Records {
 public:
  virtual ~Records() = default;

  // `not_found` when there is none.
  virtual Task<Result<std::string>> record(std::string name) = 0;
  // Those with from <= name < to, in order, at most `limit`.
  virtual Task<Result<Page<Record>>> records(std::string from, std::string to, std::size_t limit) = 0;
  // All of the changes or none. `conflict` when a condition does not hold, `read_only` when the disk refuses,
  // `invalid_argument` beyond the sizes above. With Durable::now they are on disk when this returns. With Durable::later
  // they may be lost in a crash, but never while something written after them is kept (Delivery's bookmark, for one);
  // such a write has no conditions.
  virtual Task<Result<void>> write(std::vector<RecordChange> changes, Durable durable) = 0;
};

// The first name after all those that begin with `prefix`, for records().
inline std::string end_of(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// Whether every change is within the limits above; `invalid_argument` otherwise.
Result<void> check_changes(const std::vector<RecordChange>& changes, Durable durable);

}  // namespace homing
