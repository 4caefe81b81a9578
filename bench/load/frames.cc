#include "frames.h"

#include <cstring>

namespace homing::load {
namespace {

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}
void put(std::string& out, unsigned field, std::uint64_t value) {
  if (value == 0) return;
  out.push_back(static_cast<char>(field << 3));
  put_varint(out, value);
}
void put(std::string& out, unsigned field, std::string_view bytes) {
  put_varint(out, field << 3 | 2);
  put_varint(out, bytes.size());
  out.append(bytes);
}

constexpr char kMask[4] = {0x3a, 0x51, 0x1c, 0x77};

void put_frame(std::string& out, unsigned char op, std::string_view payload) {
  out.push_back(static_cast<char>(0x80 | op));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    out.push_back(static_cast<char>(0x80 | 126));
    out.push_back(static_cast<char>(payload.size() >> 8));
    out.push_back(static_cast<char>(payload.size()));
  }
  out.append(kMask, 4);
  std::size_t at = out.size();
  out.append(payload);
  for (std::size_t i = 0; i < payload.size(); ++i) out[at + i] = static_cast<char>(out[at + i] ^ kMask[i & 3]);
}

// Scratch for frames that are made inside-out; one generator process has one thread.
std::string& scratch(int which) {
  static std::string buffers[3];
  buffers[which].clear();
  return buffers[which];
}

void put_client_frame(std::string& out, std::uint64_t request, unsigned kind, std::string_view body) {
  std::string& frame = scratch(0);
  put(frame, 1, request);
  put(frame, kind, body);
  put_frame(out, 2, frame);
}

struct Reader {
  const unsigned char* at;
  const unsigned char* end;
  bool bad = false;

  explicit Reader(std::string_view bytes)
      : at(reinterpret_cast<const unsigned char*>(bytes.data())), end(at + bytes.size()) {}

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
      unsigned char byte = *at++;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    bad = true;
    return 0;
  }
  std::string_view bytes() {
    std::uint64_t length = varint();
    if (bad || length > static_cast<std::uint64_t>(end - at)) {
      bad = true;
      return {};
    }
    std::string_view out(reinterpret_cast<const char*>(at), length);
    at += length;
    return out;
  }
  // Calls number(field, value) and nested(field, bytes) for every field.
  template <class Number, class Nested>
  bool fields(Number number, Nested nested) {
    while (at < end && !bad) {
      std::uint64_t tag = varint();
      if ((tag & 7) == 0) {
        std::uint64_t value = varint();
        if (!bad) number(tag >> 3, value);
      } else if ((tag & 7) == 2) {
        std::string_view value = bytes();
        if (!bad) nested(tag >> 3, value);
      } else {
        bad = true;
      }
    }
    return !bad;
  }
};

void ignore(std::uint64_t, std::string_view) {}
void ignore_number(std::uint64_t, std::uint64_t) {}

bool read_text(std::string_view event_body, Heard& heard) {
  return Reader(event_body).fields(ignore_number, [&](std::uint64_t field, std::string_view text) {
    if (field == 1)
      Reader(text).fields(ignore_number, [&](std::uint64_t, std::string_view value) { heard.text = value; });
  });
}

bool read_event(std::string_view event, Heard& heard) {
  return Reader(event).fields(ignore_number, [&](std::uint64_t field, std::string_view bytes) {
    if (field == 1)
      Reader(bytes).fields(
          [&](std::uint64_t f, std::uint64_t v) {
            if (f == 1) heard.author = v;
          },
          ignore);
    if (field == 2) read_text(bytes, heard);
  });
}

bool read_envelope(std::string_view envelope, Heard& heard) {
  return Reader(envelope).fields(
      [&](std::uint64_t field, std::uint64_t value) {
        if (field == 1) heard.conversation = value;
        if (field == 2) heard.seq = value;
      },
      [&](std::uint64_t field, std::string_view bytes) {
        if (field == 4) read_event(bytes, heard);
      });
}

bool read_body(Kind kind, std::string_view body, Heard& heard) {
  auto number = [&](std::uint64_t field, std::uint64_t value) {
    switch (kind) {
      case Kind::error:
        if (field == 1) heard.code = value;
        break;
      case Kind::welcome:
        if (field == 6) heard.position = value;
        break;
      case Kind::sent:
        if (field == 1) heard.conversation = value;
        if (field == 2) heard.seq = value;
        break;
      case Kind::delivery:
        if (field == 1) heard.position = value;
        break;
      case Kind::receipts:
        if (field == 1) heard.position = value;
        if (field == 2) heard.conversation = value;
        if (field == 3) heard.delivered_to = value;
        if (field == 4) heard.read_to = value;
        break;
      case Kind::caught_up:
        if (field == 1) heard.position = value;
        break;
      default: break;
    }
  };
  auto nested = [&](std::uint64_t field, std::string_view bytes) {
    if (kind == Kind::delivery && field == 2) read_envelope(bytes, heard);
    if (kind == Kind::error && field == 2) heard.text = bytes;
  };
  return Reader(body).fields(number, nested);
}

}  // namespace

void put_hello(std::string& out, std::uint64_t cursor) {
  std::string& body = scratch(1);
  put(body, 1, cursor);
  put(body, 2, std::string_view("homing-load"));
  put_client_frame(out, 1, 2, body);
}

void put_send(std::string& out, std::uint64_t request, SendTo to, const ClientId& id, std::string_view text) {
  std::string& content = scratch(2);
  put(content, 1, text);                       // Text
  std::string& body = scratch(1);
  if (to.conversation != 0)
    put(body, 1, to.conversation);
  else
    put(body, 2, to.account);
  put(body, 4, std::string_view(id.data(), id.size()));
  put_varint(body, 5 << 3 | 2);                // Content { Text text = 1 }
  std::string& wrapped = scratch(0);
  put(wrapped, 1, content);
  put_varint(body, wrapped.size());
  body.append(wrapped);
  put_client_frame(out, request, 3, body);
}

void put_ack(std::string& out, std::uint64_t cursor) {
  std::string& body = scratch(1);
  put(body, 1, cursor);
  put_client_frame(out, 0, 4, body);
}

void put_mark_read(std::string& out, std::uint64_t request, std::uint64_t conversation, std::uint64_t seq) {
  std::string& body = scratch(1);
  put(body, 1, conversation);
  put(body, 2, seq);
  put_client_frame(out, request, 5, body);
}

void put_create_group(std::string& out, std::uint64_t request, const ClientId& id, std::string_view name,
                      const std::vector<std::uint64_t>& members) {
  std::string& packed = scratch(2);
  for (std::uint64_t member : members) put_varint(packed, member);
  std::string& body = scratch(1);
  put(body, 1, std::string_view(id.data(), id.size()));
  put(body, 2, name);
  put(body, 3, std::string_view(packed));
  put_client_frame(out, request, 6, body);
}

void put_pong(std::string& out, std::string_view payload) { put_frame(out, 10, payload); }

bool decode(std::string_view bytes, Heard& heard) {
  bool good = true;
  bool whole = Reader(bytes).fields(
      [&](std::uint64_t field, std::uint64_t value) {
        if (field == 1) heard.request = value;
      },
      [&](std::uint64_t field, std::string_view body) {
        heard.kind = static_cast<Kind>(field);
        good = read_body(heard.kind, body, heard) && good;
      });
  return whole && good;
}

Frame next_frame(std::string_view in) {
  Frame frame;
  if (in.size() < 2) return frame;
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(in[i]); };
  std::size_t head = 2;
  std::uint64_t length = byte(1) & 0x7f;
  frame.bad = (byte(0) & 0x70) != 0 || (byte(1) & 0x80) != 0 || (byte(0) & 0x80) == 0;
  if (length == 126) {
    head = 4;
    if (in.size() < head) return frame;
    length = std::uint64_t{byte(2)} << 8 | byte(3);
  } else if (length == 127) {
    head = 10;
    if (in.size() < head) return frame;
    length = 0;
    for (std::size_t i = 2; i < 10; ++i) length = length << 8 | byte(i);
    if (length > (16u << 20)) frame.bad = true;
  }
  if (frame.bad || in.size() - head < length) return frame;
  frame.op = static_cast<Frame::Op>(byte(0) & 0x0f);
  frame.payload = in.substr(head, length);
  frame.size = head + length;
  return frame;
}

}  // namespace homing::load
