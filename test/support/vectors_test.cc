// test/support/vectors/ holds encoded samples of frames that C++ and TypeScript both decode. This test says that the
// server still writes and reads exactly these bytes; HOMING_WRITE_VECTORS=1 writes them anew after a wanted change.
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "frames.pb.h"
#include "wire/frame.h"
#include "wire/seal.h"

namespace homing::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBig = 0x7FFF'FFFF'FFFF'FFFF;  // ids do not fit a double

ClientId client_id() {
  ClientId id;
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::uint8_t>(0xF0 + i);
  return id;
}

Envelope envelope(EventKind kind, const std::string& text) {
  Event event;
  event.header.author = AccountId{kBig};
  event.header.kind = std::move(kind);
  if (!text.empty()) {
    v1::Content content;
    content.mutable_text()->set_text(text);
    event.body.bytes = content.SerializeAsString();
  }
  return Envelope{ConversationId{7}, Seq{3},      Commit{9},        Time{1'750'000'000'123},
                  DeviceId{5},       client_id(), wire::seal(event)};
}

std::map<std::string, wire::ServerFrame> server_frames() {
  using namespace std::chrono_literals;
  std::map<std::string, wire::ServerFrame> frames;
  Error error{Code::not_a_member, "Ben has left.", "conversation", 1500ms};
  frames["server_error"] = {12, error};
  wire::Welcome welcome{{AccountId{kBig}, DeviceId{5}},
                        "+15551230001",
                        "Ana",
                        "At home",
                        Cursor::at(Commit{4}, 2),
                        Time{1'750'000'000'000},
                        60s,
                        ReadReceipts::shown,
                        {AccountId{8}}};
  frames["server_welcome"] = {1, welcome};
  frames["server_sent"] = {300, wire::Sent{ConversationId{kBig}, Seq{70'000}, Time{1'750'000'000'123}}};
  frames["server_delivery"] = {0, wire::Delivery{Cursor::at(Commit{9}), envelope(Posted{}, "Grüße 👋")}};
  GroupCreated created{"team", {AccountId{1}, AccountId{2}}};
  frames["server_delivery_group"] = {0, wire::Delivery{Cursor::at(Commit{10}), envelope(created, "")}};
  MembersChanged changed{{AccountId{3}}, {AccountId{2}}, {AccountId{3}}};
  frames["server_delivery_members"] = {0, wire::Delivery{Cursor::at(Commit{11}), envelope(changed, "")}};
  frames["server_receipts"] = {0, wire::Receipts{Cursor::at(Commit{9}, 1), ConversationId{7}, Seq{3}, Seq{2}, Seq{3}}};
  frames["server_caught_up"] = {0, wire::CaughtUp{Cursor::at(Commit{9}, 1)}};
  frames["server_done"] = {4, wire::Done{}};
  frames["server_go_away"] = {0, wire::GoAway{1s, 5s, "the server is shutting down"}};
  return frames;
}

std::map<std::string, v1::ClientFrame> client_frames() {
  std::map<std::string, v1::ClientFrame> frames;
  std::string id(16, '\0');
  ClientId bytes = client_id();
  id.assign(bytes.begin(), bytes.end());
  v1::ClientFrame& hello = frames["client_hello"];
  hello.set_request(1);
  hello.mutable_hello()->set_cursor(Cursor::at(Commit{4}, 2).value);
  hello.mutable_hello()->set_agent("vectors/1");
  v1::ClientFrame& send = frames["client_send"];
  send.set_request(300);
  send.mutable_send()->set_account(kBig);
  send.mutable_send()->set_client_id(id);
  send.mutable_send()->mutable_plain()->mutable_text()->set_text("Grüße 👋");
  send.mutable_send()->set_reply_to(2);
  frames["client_ack"].mutable_ack()->set_cursor(Cursor::at(Commit{9}, 1).value);
  v1::ClientFrame& read = frames["client_mark_read"];
  read.set_request(5);
  read.mutable_mark_read()->set_conversation(7);
  read.mutable_mark_read()->set_seq(3);
  v1::ClientFrame& group = frames["client_create_group"];
  group.set_request(6);
  group.mutable_create_group()->set_client_id(id);
  group.mutable_create_group()->set_name("team");
  group.mutable_create_group()->add_members(2);
  return frames;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void expect_file(const std::string& name, const std::string& bytes) {
  fs::path path = fs::path(HOMING_VECTORS) / name;
  if (std::getenv("HOMING_WRITE_VECTORS") != nullptr) std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(content_of(path), bytes) << name;
}

TEST(Vectors, ServerFramesAreWrittenAsTheyAlwaysWere) {
  for (const auto& [name, frame] : server_frames()) {
    std::string binary, json;
    wire::encode(frame, wire::Form::proto, binary);
    wire::encode(frame, wire::Form::json, json);
    expect_file(name + ".bin", binary);
    expect_file(name + ".json", json);

    v1::ServerFrame from_binary, from_json;
    ASSERT_TRUE(from_binary.ParseFromString(binary)) << name;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &from_json).ok()) << name;
    EXPECT_EQ(from_binary.SerializeAsString(), from_json.SerializeAsString()) << name;
  }
}

TEST(Vectors, ClientFramesAreReadAlikeInBothForms) {
  for (const auto& [name, frame] : client_frames()) {
    std::string json;
    google::protobuf::util::JsonPrintOptions names_as_written;
    names_as_written.preserve_proto_field_names = true;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(frame, &json, names_as_written).ok());
    expect_file(name + ".bin", frame.SerializeAsString());
    expect_file(name + ".json", json);

    std::uint64_t request = 0;
    auto from_binary = wire::decode(content_of(fs::path(HOMING_VECTORS) / (name + ".bin")), wire::Form::proto, request);
    ASSERT_TRUE(from_binary) << name << ": " << from_binary.error().detail;
    EXPECT_EQ(request, frame.request());
    auto from_json = wire::decode(content_of(fs::path(HOMING_VECTORS) / (name + ".json")), wire::Form::json, request);
    ASSERT_TRUE(from_json) << name << ": " << from_json.error().detail;
    EXPECT_EQ(from_binary->body.index(), from_json->body.index()) << name;
  }
}

}  // namespace
}  // namespace homing::test
