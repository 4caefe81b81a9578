// The other end of admin.h: what `homing account ...` talks to. If a server runs on this data folder, its socket is
// asked; otherwise the store is opened here and the same commands are worked on in this process. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/files.h"

namespace homing::server {

class Operator {
 public:
  // `sweeping`: files may be swept. Without a server, what a crash left unposted is posted first: else nothing would say
  // that those messages show files.
  explicit Operator(std::filesystem::path data, std::optional<chat::FileLimits> sweeping = std::nullopt);
  ~Operator();
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  // At most kAdminBatchMax lines; as many answers, in order. Waits a while for a server that is just starting or
  // stopping: it holds the folder's lock, but its socket is not there.
  Result<std::vector<std::string>> ask(std::vector<std::string> lines);

 private:
  class Connection;
  class Offline;
  Result<void> find_way();

  std::filesystem::path data_;
  std::optional<chat::FileLimits> sweeping_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Offline> offline_;
};

}  // namespace homing::server
