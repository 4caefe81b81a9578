// What `homing account|invite|device|media` do: ask the operator's commands and print the answers. Results go to standard
// output as JSON, one object per line; a refusal is one line on standard error and exit code 1. One thread.
#pragma once

#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "chat/files.h"

namespace homing::server {

// The fields of a command; numbers are written as such.
using CommandFields = std::vector<std::pair<std::string, std::string>>;

// One command, one object.
int run_command(const std::filesystem::path& data, const std::string& command, const CommandFields& fields);
// device.list: the objects of `list` in the answer, one per line.
int run_listing(const std::filesystem::path& data, const std::string& command, const CommandFields& fields,
                const std::string& list);
int run_account_list(const std::filesystem::path& data);
// Lines "phone<TAB>name"; an object per line in the same order, {"error":...} for those that were refused (then exit 1).
int run_account_import(const std::filesystem::path& data, std::istream& in);

// What a sweep took away, or would.
int run_media_sweep(const std::filesystem::path& data, chat::FileLimits limits, chat::Sweep how);

}  // namespace homing::server
