#include "accounts.h"

#include <boost/json/src.hpp>

#include <fstream>
#include <stdexcept>

namespace homing::load {
namespace {

std::uint64_t number(const boost::json::value& value) {
  if (value.is_string()) return std::stoull(std::string(value.as_string()));
  return value.to_number<std::uint64_t>();
}

}  // namespace

std::vector<Account> read_accounts(const std::string& path, std::size_t count, std::size_t skip) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::vector<Account> accounts;
  for (std::string line; accounts.size() < count && std::getline(in, line);) {
    if (line.empty() || line.front() != '{') continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    auto object = boost::json::parse(line).as_object();
    accounts.push_back({number(object.at("account_id")), std::string(object.at("token").as_string())});
  }
  if (accounts.size() < count) {
    throw std::runtime_error(path + " has only " + std::to_string(accounts.size()) + " of the accounts asked for");
  }
  return accounts;
}

}  // namespace homing::load
