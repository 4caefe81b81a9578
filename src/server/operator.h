// The other end of admin.h: what `homing account ...` talks to. If a server runs on this data folder, its socket is
// asked; otherwise the store is opened here and the same commands are worked on in this process. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace homing::server {

class Operator {
 public:
  explicit Operator(std::filesystem::path data);
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
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Offline> offline_;
};

}  // namespace homing::server
