#include "edge/websocket.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "edge/utf8.h"

namespace homing::edge {
namespace {

constexpr std::size_t kHeadReserved = 4;  // enough for every message up to 64 KiB

Step violation(std::uint16_t code, std::string_view reason) {
  Step step;
  step.kind = Step::Kind::violation;
  step.code = code;
  step.payload = reason;
  return step;
}

Step incomplete(std::size_t need) {
  Step step;
  step.need = need;
  return step;
}

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

bool may_be_sent(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::uint64_t big_endian(const unsigned char* at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | at[i];
  return value;
}

// The head of a server frame; returns its size.
std::size_t write_head(char* at, Opcode opcode, std::size_t length) {
  at[0] = static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
  if (length < 126) {
    at[1] = static_cast<char>(length);
    return 2;
  }
  std::size_t width = length < 65536 ? 2 : 8;
  at[1] = static_cast<char>(width == 2 ? 126 : 127);
  for (std::size_t i = 0; i < width; ++i) at[2 + i] = static_cast<char>(length >> (8 * (width - 1 - i)));
  return 2 + width;
}

}  // namespace

void unmask(std::span<char> bytes, const unsigned char mask[4]) {
  std::uint32_t word;
  std::memcpy(&word, mask, 4);
  std::uint64_t wide = std::uint64_t{word} << 32 | word;
  char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t eight;
    std::memcpy(&eight, at, 8);
    eight ^= wide;
    std::memcpy(at, &eight, 8);
  }
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ mask[i & 3]);
}

Step FrameReader::next() {
  for (;;) {
    const auto* head = reinterpret_cast<const unsigned char*>(bytes_.data()) + at_;
    std::size_t left = bytes_.size() - at_;
    if (left < 2) return incomplete(2);

    if ((head[0] & 0x70) != 0) return violation(kCloseProtocolError, "reserved bits are set");
    std::uint8_t code = head[0] & 0x0F;
    if (!is_known(code)) return violation(kCloseProtocolError, "unknown opcode");
    auto opcode = static_cast<Opcode>(code);
    bool last = (head[0] & 0x80) != 0;
    if ((head[1] & 0x80) == 0) return violation(kCloseProtocolError, "client frames are masked");

    std::uint64_t length = head[1] & 0x7F;
    std::size_t head_bytes = 6;
    if (is_control(opcode)) {
      if (!last) return violation(kCloseProtocolError, "a control frame is fragmented");
      if (length > kControlBytesMax) return violation(kCloseProtocolError, "a control frame is too long");
    } else if (length >= 126) {
      std::size_t width = length == 126 ? 2 : 8;
      head_bytes += width;
      if (left < 2 + width) return incomplete(head_bytes);
      length = big_endian(head + 2, width);
      if (length < (width == 2 ? 126u : 65536u)) return violation(kCloseProtocolError, "the length is not minimal");
    }
    if (!is_control(opcode)) {
      bool continues = opcode == Opcode::continuation;
      if (continues && fragments_ == nullptr) return violation(kCloseProtocolError, "nothing to continue");
      if (!continues && fragments_ != nullptr)
        return violation(kCloseProtocolError, "the message before has not ended");
      std::size_t before = continues ? fragments_->bytes.size() : 0;
      if (length > bytes_max_ - before) return violation(kCloseTooBig, "the message is larger than allowed");
    }
    auto size = static_cast<std::size_t>(length);
    if (left < head_bytes + size) return incomplete(head_bytes + size);

    std::span<char> payload = bytes_.subspan(at_ + head_bytes, size);
    unmask(payload, head + head_bytes - 4);
    at_ += head_bytes + size;
    std::string_view view(payload.data(), payload.size());

    if (is_control(opcode)) return control(opcode, view);
    if (opcode != Opcode::continuation && last) return finished(opcode, view);
    if (opcode != Opcode::continuation) {
      fragments_ = std::make_unique<Fragments>(Fragments{opcode, std::string(view)});
      continue;
    }
    fragments_->bytes.append(view);
    if (!last) continue;
    joined_ = std::move(fragments_->bytes);
    opcode = fragments_->opcode;
    fragments_.reset();
    return finished(opcode, joined_);
  }
}

Step FrameReader::finished(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::text && !is_utf8(payload)) return violation(kCloseNotUtf8, "the text is not UTF-8");
  Step step;
  step.kind = Step::Kind::message;
  step.opcode = opcode;
  step.payload = payload;
  return step;
}

Step FrameReader::control(Opcode opcode, std::string_view payload) {
  Step step;
  step.opcode = opcode;
  step.payload = payload;
  if (opcode == Opcode::ping) step.kind = Step::Kind::ping;
  if (opcode == Opcode::pong) step.kind = Step::Kind::pong;
  if (opcode != Opcode::close) return step;

  step.kind = Step::Kind::close;
  step.code = kCloseNoStatus;
  if (payload.empty()) return step;
  if (payload.size() < 2) return violation(kCloseProtocolError, "half a close code");
  step.code = static_cast<std::uint16_t>(big_endian(reinterpret_cast<const unsigned char*>(payload.data()), 2));
  step.payload = payload.substr(2);
  if (!may_be_sent(step.code)) return violation(kCloseProtocolError, "this close code is never sent");
  if (!is_utf8(step.payload)) return violation(kCloseNotUtf8, "the close reason is not UTF-8");
  return step;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  std::array<char, 10> head;
  out.append(head.data(), write_head(head.data(), opcode, payload.size()));
  out.append(payload);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  std::size_t size = std::min(reason.size(), kControlBytesMax - 2);
  while (size > 0 && !is_utf8(reason.substr(0, size))) --size;  // never half a character
  std::array<char, 4> head;
  write_head(head.data(), Opcode::close, size + 2);
  head[2] = static_cast<char>(code >> 8);
  head[3] = static_cast<char>(code & 0xFF);
  out.append(head.data(), head.size());
  out.append(reason.substr(0, size));
}

std::size_t begin_message(std::string& out) {
  std::size_t begun = out.size();
  out.append(kHeadReserved, '\0');
  return begun;
}

void end_message(std::string& out, std::size_t begun, Opcode opcode) {
  std::size_t length = out.size() - begun - kHeadReserved;
  std::array<char, 10> head;
  std::size_t size = write_head(head.data(), opcode, length);
  // Small payloads move two bytes forward, large ones six back; those between stand where they belong.
  if (size < kHeadReserved) out.erase(begun, kHeadReserved - size);
  if (size > kHeadReserved) out.insert(begun, size - kHeadReserved, '\0');
  std::copy_n(head.data(), size, out.data() + begun);
}

}  // namespace homing::edge
