// Who the scripted devices are: the lines that `homing account import` prints. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace homing::load {

struct Account {
  std::uint64_t id = 0;
  std::string token;
};

// The first `count` accounts of the file after `skip`. Throws std::runtime_error if there are fewer or one is not readable.
std::vector<Account> read_accounts(const std::string& path, std::size_t count, std::size_t skip);

}  // namespace homing::load
