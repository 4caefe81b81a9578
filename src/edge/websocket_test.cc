#include "edge/websocket.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "edge/utf8.h"

namespace homing::edge {
namespace {

constexpr std::size_t kMax = 128 * 1024;
constexpr std::array<unsigned char, 4> kMask{0x12, 0xE4, 0x00, 0x9F};

enum class Last { no, yes };

std::string sent_by_client(Opcode opcode, std::string_view payload, Last last = Last::yes) {
  std::string frame;
  append_frame(frame, opcode, payload);
  std::size_t head = frame.size() - payload.size();
  frame[1] = static_cast<char>(frame[1] | 0x80);
  if (last == Last::no) frame[0] = static_cast<char>(frame[0] & 0x7F);
  frame.insert(head, reinterpret_cast<const char*>(kMask.data()), 4);
  unmask(std::span<char>(frame.data() + head + 4, payload.size()), kMask.data());
  return frame;
}

// Reads a stream that arrives in pieces, as a connection does: what is incomplete is kept.
struct Stream {
  std::unique_ptr<Fragments> fragments;
  std::string kept;
  std::vector<std::string> seen;  // "text:hello", "close:1000:bye", "violation:1002"
  std::size_t max = kMax;

  void take(std::string_view piece) {
    kept += piece;
    FrameReader reader(kept, fragments, max);
    for (;;) {
      Step step = reader.next();
      if (step.kind == Step::Kind::incomplete) break;
      seen.push_back(name(step));
      if (step.kind == Step::Kind::violation) return;
    }
    kept.erase(0, reader.consumed());
  }
  static std::string name(const Step& step) {
    switch (step.kind) {
      case Step::Kind::message: return (step.opcode == Opcode::text ? "text:" : "binary:") + std::string(step.payload);
      case Step::Kind::ping: return "ping:" + std::string(step.payload);
      case Step::Kind::pong: return "pong:" + std::string(step.payload);
      case Step::Kind::close: return "close:" + std::to_string(step.code) + ":" + std::string(step.payload);
      case Step::Kind::violation: return "violation:" + std::to_string(step.code);
      case Step::Kind::incomplete: break;
    }
    return "incomplete";
  }
};

std::string outcome(std::string_view bytes, std::size_t max = kMax) {
  Stream stream;
  stream.max = max;
  stream.take(bytes);
  return stream.seen.empty() ? "incomplete" : stream.seen.front();
}

TEST(FrameReader, ReadsEveryLengthAroundTheBorders) {
  for (std::size_t size : {0u, 1u, 7u, 8u, 9u, 124u, 125u, 126u, 127u, 128u, 65534u, 65535u, 65536u, 65537u, 131072u}) {
    std::string payload(size, 'x');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 31);

    EXPECT_EQ(outcome(sent_by_client(Opcode::binary, payload)), "binary:" + payload) << size;
  }
}

TEST(FrameReader, ReadsTheSameWhereverTheStreamIsCut) {
  std::string stream = sent_by_client(Opcode::text, "one ") + sent_by_client(Opcode::text, "tw", Last::no) +
                       sent_by_client(Opcode::ping, "still there?") +
                       sent_by_client(Opcode::continuation, "", Last::no) + sent_by_client(Opcode::continuation, "o") +
                       sent_by_client(Opcode::binary, std::string(300, 'b')) +
                       sent_by_client(Opcode::close, std::string("\x03\xE8"
                                                                 "bye",
                                                                 5));
  std::vector<std::string> expected{"text:one ", "ping:still there?", "text:two", "binary:" + std::string(300, 'b'),
                                    "close:1000:bye"};

  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Stream two;
    two.take(stream.substr(0, cut));
    two.take(stream.substr(cut));
    EXPECT_EQ(two.seen, expected) << "cut at " << cut;
  }
  Stream bytes;
  for (char byte : stream) bytes.take({&byte, 1});
  EXPECT_EQ(bytes.seen, expected);
  EXPECT_EQ(bytes.fragments, nullptr);
}

TEST(FrameReader, SaysHowManyBytesItNeeds) {
  std::string frame = sent_by_client(Opcode::binary, std::string(70000, 'x'));
  std::unique_ptr<Fragments> fragments;
  std::string head = frame.substr(0, 20);

  Step step = FrameReader(head, fragments, kMax).next();

  EXPECT_EQ(step.kind, Step::Kind::incomplete);
  EXPECT_EQ(step.need, frame.size());
}

TEST(FrameReader, RefusesWhatIsNotMasked) {
  std::string frame;
  append_frame(frame, Opcode::text, "hello");
  EXPECT_EQ(outcome(frame), "violation:1002");
}

TEST(FrameReader, RefusesReservedBits) {
  for (int bit : {0x10, 0x20, 0x40}) {
    std::string frame = sent_by_client(Opcode::text, "hello");
    frame[0] = static_cast<char>(frame[0] | bit);
    EXPECT_EQ(outcome(frame), "violation:1002");
  }
}

TEST(FrameReader, RefusesUnknownOpcodes) {
  for (int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    std::string frame = sent_by_client(Opcode::text, "hello");
    frame[0] = static_cast<char>(0x80 | opcode);
    EXPECT_EQ(outcome(frame), "violation:1002") << opcode;
  }
}

TEST(FrameReader, RefusesLengthsThatAreNotMinimal) {
  EXPECT_EQ(outcome(std::string("\x82\xFE\x00\x7D", 4)), "violation:1002");
  EXPECT_EQ(outcome(std::string("\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF", 10)), "violation:1002");
}

TEST(FrameReader, RefusesHugeLengthsBeforeTheBytesCome) {
  EXPECT_EQ(outcome(std::string("\x82\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)), "violation:1009");
  EXPECT_EQ(outcome(std::string("\x82\xFF\x00\x00\x00\x00\x00\x02\x00\x01", 10)), "violation:1009");
}

TEST(FrameReader, CountsTheFragmentsOfAMessageTogether) {
  std::string half(6, 'x');
  std::string fits = sent_by_client(Opcode::binary, half, Last::no) + sent_by_client(Opcode::continuation, "1234");
  std::string over = sent_by_client(Opcode::binary, half, Last::no) + sent_by_client(Opcode::continuation, "12345");

  EXPECT_EQ(outcome(fits, 10), "binary:xxxxxx1234");
  EXPECT_EQ(outcome(over, 10), "violation:1009");
}

TEST(FrameReader, RefusesFragmentsOutOfOrder) {
  EXPECT_EQ(outcome(sent_by_client(Opcode::continuation, "x")), "violation:1002");
  EXPECT_EQ(outcome(sent_by_client(Opcode::text, "x", Last::no) + sent_by_client(Opcode::text, "y")), "violation:1002");
}

TEST(FrameReader, RefusesLongOrFragmentedControlFrames) {
  EXPECT_EQ(outcome(sent_by_client(Opcode::ping, std::string(125, 'x'))), "ping:" + std::string(125, 'x'));
  EXPECT_EQ(outcome(sent_by_client(Opcode::ping, std::string(126, 'x'))), "violation:1002");
  EXPECT_EQ(outcome(sent_by_client(Opcode::ping, "x", Last::no)), "violation:1002");
}

TEST(FrameReader, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(outcome(sent_by_client(Opcode::text, "caf\xC3\xA9")), "text:caf\xC3\xA9");
  EXPECT_EQ(outcome(sent_by_client(Opcode::text, "caf\xC3")), "violation:1007");
  EXPECT_EQ(outcome(sent_by_client(Opcode::binary, "caf\xC3")), "binary:caf\xC3");
}

TEST(FrameReader, JoinsACharacterThatIsCutByFragments) {
  EXPECT_EQ(outcome(sent_by_client(Opcode::text, "\xC3", Last::no) + sent_by_client(Opcode::continuation, "\xA9")),
            "text:\xC3\xA9");
}

TEST(FrameReader, ReadsCloseFrames) {
  EXPECT_EQ(outcome(sent_by_client(Opcode::close, "")), "close:1005:");
  EXPECT_EQ(outcome(sent_by_client(Opcode::close, "\x0F\xA1gone")), "close:4001:gone");
  EXPECT_EQ(outcome(sent_by_client(Opcode::close, "\x03")), "violation:1002");
  for (int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    EXPECT_EQ(outcome(sent_by_client(Opcode::close, payload)), "violation:1002") << code;
  }
  EXPECT_EQ(outcome(sent_by_client(Opcode::close, "\x03\xE8\xFF")), "violation:1007");
}

TEST(FrameWriter, WritesInPlaceWhatItWouldHaveWrittenAtOnce) {
  for (std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u, 200000u}) {
    std::string payload(size, 'p');
    std::string expected = "before";
    append_frame(expected, Opcode::binary, payload);

    std::string written = "before";
    std::size_t begun = begin_message(written);
    written += payload;
    end_message(written, begun, Opcode::binary);

    EXPECT_EQ(written, expected) << size;
  }
}

TEST(FrameWriter, CutsACloseReasonBetweenCharacters) {
  std::string reason;
  for (int i = 0; i < 100; ++i) reason += "\xC3\xA9";
  std::string frame;
  append_close(frame, 4001, reason);

  EXPECT_EQ(frame.size(), 2u + 2u + 122u);
  EXPECT_TRUE(is_utf8(std::string_view(frame).substr(4)));
}

TEST(Utf8, KnowsTextFromOtherBytes) {
  for (std::string_view good : {"", "ascii only, longer than a word", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
                                "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "12345678\xC3"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace homing::edge
