#include "chat/room_writer.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace homing::chat {
namespace {

// What comes without a length asks for room in steps that grow with it, not with each chunk: asking looks at the disk.
constexpr std::uint64_t kAheadBytesMin = 256 * 1024;
constexpr std::uint64_t kAheadBytesMax = 8 * 1024 * 1024;

struct PinInRoom {
  BlobPin pin;
  Room::Held held;
};

class RoomWriter final : public BlobWriter {
 public:
  RoomWriter(std::unique_ptr<BlobWriter> inner, Room& room, Room::Held held)
      : inner_(std::move(inner)), room_(room), held_(std::move(held)) {}
  std::uint64_t size() const override { return inner_->size(); }
  Task<Result<void>> write(std::string chunk) override {
    std::uint64_t ahead = std::clamp(inner_->size(), kAheadBytesMin, kAheadBytesMax);
    auto fits = co_await room_.grow(held_, inner_->size() + chunk.size(), ahead);
    if (!fits) co_return fits;
    co_return co_await inner_->write(std::move(chunk));
  }
  Task<Result<void>> sync() override { co_return co_await inner_->sync(); }
  Task<Result<StoredBlob>> finish() override {
    auto stored = co_await inner_->finish();
    if (stored) room_.settle(held_, stored->info.size);
    if (stored) stored->pin = std::make_shared<const PinInRoom>(std::move(stored->pin), held_);
    co_return stored;
  }

 private:
  std::unique_ptr<BlobWriter> inner_;
  Room& room_;
  const Room::Held held_;
};

}  // namespace

std::unique_ptr<BlobWriter> in_room(std::unique_ptr<BlobWriter> inner, Room& room, Room::Held held) {
  return std::make_unique<RoomWriter>(std::move(inner), room, std::move(held));
}

}  // namespace homing::chat
