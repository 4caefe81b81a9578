// SHA-256 of bytes that come in pieces. One thread at a time.
#pragma once

#include <memory>
#include <string_view>

#include "model/file.h"

struct evp_md_ctx_st;

namespace homing {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  // Once.
  BlobId finish();

 private:
  evp_md_ctx_st* context_;
};

BlobId sha256_of(std::string_view bytes);

}  // namespace homing
