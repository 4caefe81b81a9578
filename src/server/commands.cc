#include "server/commands.h"

#include <boost/json.hpp>

#include <iostream>
#include <optional>

#include "base/result.h"
#include "server/admin.h"
#include "server/operator.h"
#include "wire/errors.h"

namespace homing::server {
namespace {

namespace json = boost::json;

constexpr std::size_t kImportBatch = kAdminBatchMax;

int complain(const Error& error) {
  std::cerr << "homing: " << (error.detail.empty() ? wire::facts(error.code).text : error.detail) << "\n";
  return 1;
}

std::string request_line(const std::string& command, const CommandFields& fields) {
  json::object request{{"command", command}};
  for (const auto& [name, value] : fields) {
    if (name == "valid_hours") {
      request[name] = std::stoll(value);
    } else {
      request[name] = value;
    }
  }
  return json::serialize(request);
}

// The result, or nothing after a complaint.
std::optional<json::object> ask_one(Operator& way, std::string line) {
  std::vector<std::string> lines{std::move(line)};
  auto answers = way.ask(std::move(lines));
  if (!answers) {
    complain(answers.error());
    return std::nullopt;
  }
  json::object answer = json::parse(answers->front()).as_object();
  if (const json::value* refused = answer.if_contains("error")) {
    const json::object& error = refused->as_object();
    std::cerr << "homing: " << error.at("code").as_string().c_str() << ": " << error.at("text").as_string().c_str()
              << "\n";
    return std::nullopt;
  }
  return answer.at("result").as_object();
}

std::string import_line(const std::string& written) {
  std::size_t tab = std::min(written.find('\t'), written.size());
  CommandFields fields{{"phone", written.substr(0, tab)}};
  if (tab < written.size()) fields.emplace_back("name", written.substr(tab + 1));
  return request_line("account.add", fields);
}

}  // namespace

int run_command(const std::filesystem::path& data, const std::string& command, const CommandFields& fields) {
  Operator way(data);
  auto result = ask_one(way, request_line(command, fields));
  if (!result) return 1;
  std::cout << json::serialize(*result) << "\n";
  return 0;
}

int run_listing(const std::filesystem::path& data, const std::string& command, const CommandFields& fields,
                const std::string& list) {
  Operator way(data);
  auto result = ask_one(way, request_line(command, fields));
  if (!result) return 1;
  for (const json::value& item : result->at(list).as_array()) std::cout << json::serialize(item) << "\n";
  return 0;
}

int run_media_sweep(const std::filesystem::path& data, chat::FileLimits limits, chat::Sweep how) {
  Operator way(data, limits);
  json::object request{{"command", "media.sweep"}, {"dry_run", how == chat::Sweep::dry}};
  auto result = ask_one(way, json::serialize(request));
  if (!result) return 1;
  std::cout << json::serialize(*result) << "\n";
  return 0;
}

int run_account_list(const std::filesystem::path& data) {
  Operator way(data);
  CommandFields fields;
  for (;;) {
    auto result = ask_one(way, request_line("account.list", fields));
    if (!result) return 1;
    const json::array& accounts = result->at("accounts").as_array();
    for (const json::value& account : accounts) std::cout << json::serialize(account) << "\n";
    if (!result->at("more").as_bool() || accounts.empty()) return 0;
    fields = {{"after", accounts.back().as_object().at("account_id").as_string().c_str()}};
  }
}

int run_account_import(const std::filesystem::path& data, std::istream& in) {
  Operator way(data);
  int status = 0;
  std::string written;
  std::vector<std::string> lines;
  bool more = true;
  while (more) {
    more = static_cast<bool>(std::getline(in, written));
    if (more && !written.empty()) lines.push_back(import_line(written));
    if (lines.empty() || (more && lines.size() < kImportBatch)) continue;
    auto answers = way.ask(std::exchange(lines, {}));
    if (!answers) return complain(answers.error());
    for (const std::string& line : *answers) {
      json::object answer = json::parse(line).as_object();
      const json::value* result = answer.if_contains("result");
      if (!result) status = 1;
      std::cout << json::serialize(result ? *result : json::value(answer)) << "\n";
    }
    std::cout.flush();
  }
  return status;
}

}  // namespace homing::server
