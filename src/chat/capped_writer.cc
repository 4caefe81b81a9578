#include "chat/capped_writer.h"

#include <string>
#include <utility>

namespace homing::chat {
namespace {

class CappedWriter final : public BlobWriter {
 public:
  CappedWriter(std::unique_ptr<BlobWriter> inner, std::uint64_t bytes_max)
      : inner_(std::move(inner)), bytes_max_(bytes_max) {}
  std::uint64_t size() const override { return inner_->size(); }
  Task<Result<void>> write(std::string chunk) override {
    std::uint64_t before = inner_->size();
    if (before > bytes_max_ || chunk.size() > bytes_max_ - before) co_return fail(Code::media_too_big);
    co_return co_await inner_->write(std::move(chunk));
  }
  Task<Result<void>> sync() override { co_return co_await inner_->sync(); }
  Task<Result<StoredBlob>> finish() override { co_return co_await inner_->finish(); }

 private:
  std::unique_ptr<BlobWriter> inner_;
  const std::uint64_t bytes_max_;
};

}  // namespace

std::unique_ptr<BlobWriter> capped(std::unique_ptr<BlobWriter> inner, std::uint64_t bytes_max) {
  return std::make_unique<CappedWriter>(std::move(inner), bytes_max);
}

}  // namespace homing::chat
