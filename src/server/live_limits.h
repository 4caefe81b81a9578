// The limits that the operator may change while the server runs. What was changed is kept beside the accounts and wins over
// the settings at the next start too, until it is set back. Owned by server/; lives on thread 0.
//
//   limits/KEY    the value, as a setting has it
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "server/config.h"
#include "store/records.h"

namespace homing::server {

class LiveLimits {
 public:
  // `apply` gets the settings with what was changed; it must only hand them on.
  using Apply = std::function<void(const Config&)>;
  LiveLimits(Records& records, const Config& settings, Apply apply)
      : records_(records), settings_(settings), now_(settings), apply_(std::move(apply)) {}

  Task<Result<void>> load();

  struct Limit {
    std::string key;
    std::string value;
    std::string setting;  // what it would be without a change
    std::string unit;
    std::string about;
  };
  std::vector<Limit> list() const;
  // On disk and in effect when this returns. `not_found` for what is no such limit, `invalid_argument` for a value that the
  // setting would refuse. An empty value: as the settings say.
  Task<Result<void>> set(std::string key, std::string value);

 private:
  Records& records_;
  const Config settings_;
  Config now_;
  Apply apply_;
};

}  // namespace homing::server
