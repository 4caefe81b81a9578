#include "test_device.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "base/check.h"
#include "wire/errors.h"

namespace homing::test {
namespace {

constexpr std::uint64_t kHello = 1ull << 40;  // request number of hellos, out of the way of the outbox

std::string encoded(const v1::ClientFrame& frame, wire::Form form) {
  if (form == wire::Form::proto) return frame.SerializeAsString();
  std::string json;
  CHECK(google::protobuf::util::MessageToJsonString(frame, &json).ok());
  return json;
}

v1::ServerFrame decoded(const std::string& bytes, wire::Form form) {
  v1::ServerFrame frame;
  if (form == wire::Form::proto) {
    CHECK(frame.ParseFromString(bytes)) << "the server sent something that is no frame";
  } else {
    CHECK(google::protobuf::util::JsonStringToMessage(bytes, &frame).ok())
        << "the server sent something that is no JSON frame";
  }
  return frame;
}

std::string* client_id_of(v1::ClientFrame& frame) {
  switch (frame.kind_case()) {
    case v1::ClientFrame::kSend: return frame.mutable_send()->mutable_client_id();
    case v1::ClientFrame::kCreateGroup: return frame.mutable_create_group()->mutable_client_id();
    case v1::ClientFrame::kChangeMembers: return frame.mutable_change_members()->mutable_client_id();
    case v1::ClientFrame::kRenameGroup: return frame.mutable_rename_group()->mutable_client_id();
    case v1::ClientFrame::kLeaveGroup: return frame.mutable_leave_group()->mutable_client_id();
    case v1::ClientFrame::kEditMessage: return frame.mutable_edit_message()->mutable_client_id();
    case v1::ClientFrame::kDeleteMessage: return frame.mutable_delete_message()->mutable_client_id();
    case v1::ClientFrame::kChangeGroup: return frame.mutable_change_group()->mutable_client_id();
    case v1::ClientFrame::kJoinGroup: return frame.mutable_join_group()->mutable_client_id();
    case v1::ClientFrame::kWithdrawJoin: return frame.mutable_withdraw_join()->mutable_client_id();
    case v1::ClientFrame::kReviewJoins: return frame.mutable_review_joins()->mutable_client_id();
    default: return nullptr;
  }
}

bool worth_another_try(const v1::ServerFrame& frame) {
  return frame.has_error() && wire::facts(static_cast<Code>(frame.error().code())).retry;
}

}  // namespace

TestDevice::TestDevice(std::string name, Identity identity, wire::Form form, std::size_t window, Random& random)
    : name_(std::move(name)), identity_(std::move(identity)), form_(form), window_(window), random_(random) {}

v1::ClientFrame TestDevice::post(AccountId to, const std::string& text) {
  v1::ClientFrame frame;
  frame.mutable_send()->set_account(to.value);
  frame.mutable_send()->mutable_plain()->mutable_text()->set_text(text);
  return frame;
}

v1::ClientFrame TestDevice::post(ConversationId to, const std::string& text) {
  v1::ClientFrame frame = post(AccountId{}, text);
  frame.mutable_send()->set_conversation(to.value);
  return frame;
}

std::string TestDevice::fresh_client_id() {
  std::string id(16, '\0');
  random_.fill({reinterpret_cast<std::uint8_t*>(id.data()), id.size()});
  return id;
}

std::uint64_t TestDevice::ask(v1::ClientFrame frame) {
  std::string* client_id = client_id_of(frame);
  if (client_id != nullptr && client_id->empty()) *client_id = fresh_client_id();
  std::uint64_t number = fresh_number();
  frame.set_request(number);
  outbox[number] = Outgoing{number, std::move(frame), {}, Outgoing::State::waiting, std::nullopt};
  transmit();
  return number;
}

std::uint64_t TestDevice::ask_raw(std::uint64_t number, std::string bytes) {
  Outgoing outgoing;
  outgoing.number = number;
  outgoing.raw = std::move(bytes);
  outbox[number] = std::move(outgoing);
  transmit();
  return number;
}

Line TestDevice::dial() {
  lost();
  line_ = std::make_shared<Connection>(form_);
  v1::ClientFrame hello;
  hello.set_request(kHello);
  hello.mutable_hello()->set_cursor(cursor.value);
  hello.mutable_hello()->set_agent("test");
  put(hello);
  return line_;
}

void TestDevice::lost() {
  line_ = nullptr;
  welcomed_ = caught_up_ = false;
  acked_ = Cursor{};
  under_way_ = 0;
  for (auto it = outbox.lower_bound(first_open_); it != outbox.end(); ++it) {
    if (it->second.state == Outgoing::State::under_way) it->second.state = Outgoing::State::waiting;
  }
}

void TestDevice::put(const v1::ClientFrame& frame) { line_->to_server.push_back(encoded(frame, form_)); }

void TestDevice::transmit() {
  if (!welcomed_) return;
  for (auto it = outbox.lower_bound(first_open_); it != outbox.end() && under_way_ < window_; ++it) {
    Outgoing& outgoing = it->second;
    if (outgoing.state != Outgoing::State::waiting) continue;
    if (outgoing.answer) {
      // Refused for the moment: try_again() brings it back. With a window of one, nothing overtakes it.
      if (window_ == 1) return;
      continue;
    }
    outgoing.state = Outgoing::State::under_way;
    ++under_way_;
    if (outgoing.raw.empty()) {
      put(outgoing.frame);
    } else {
      line_->to_server.push_back(outgoing.raw);
    }
  }
}

void TestDevice::try_again() {
  for (auto it = outbox.lower_bound(first_open_); it != outbox.end(); ++it) {
    if (it->second.state == Outgoing::State::waiting) it->second.answer.reset();
  }
  transmit();
}

void TestDevice::hear(const std::string& bytes) {
  v1::ServerFrame frame = decoded(bytes, form_);
  switch (frame.kind_case()) {
    case v1::ServerFrame::kWelcome:
      if (frame.welcome().cursor() < cursor.value) broken.push_back("deliveries begin before what was stored");
      welcomed_ = true;
      acked_ = Cursor{frame.welcome().cursor()};
      transmit();
      return;
    case v1::ServerFrame::kDelivery: return store(frame.delivery());
    case v1::ServerFrame::kReceipts: return store(frame.receipts());
    case v1::ServerFrame::kCaughtUp:
      if (caught_up_) broken.push_back("told twice that it has caught up");
      caught_up_ = true;
      return;
    case v1::ServerFrame::kPresence: presences.push_back(frame.presence()); return;
    case v1::ServerFrame::kSomebodyTypes: typing.push_back(frame.somebody_types()); return;
    case v1::ServerFrame::kPong:
    case v1::ServerFrame::kGoAway: return;
    default: return answer(frame);
  }
}

void TestDevice::answer(const v1::ServerFrame& frame) {
  auto found = outbox.find(frame.request());
  if (found == outbox.end()) {
    if (frame.request() != kHello) broken.push_back("an answer to nothing: " + frame.ShortDebugString());
    return;
  }
  Outgoing& outgoing = found->second;
  if (outgoing.state != Outgoing::State::under_way) {
    broken.push_back("a request was answered twice");
    return;
  }
  --under_way_;
  outgoing.answer = frame;
  if (worth_another_try(frame)) {
    outgoing.state = Outgoing::State::waiting;
    return;
  }
  outgoing.state = Outgoing::State::answered;
  if (frame.has_sent()) own[{ConversationId{frame.sent().conversation()}, Seq{frame.sent().seq()}}] = outgoing.number;
  while (true) {
    auto open = outbox.find(first_open_);
    if (open == outbox.end() || open->second.state != Outgoing::State::answered) break;
    ++first_open_;
  }
  if (witness != nullptr) witness->answered(*this, outgoing);
  transmit();
}

bool TestDevice::moves_on(Cursor position, const std::string& what) {
  if (position > cursor) return true;
  broken.push_back(what + " at or behind the cursor");
  return false;
}

void TestDevice::store(const v1::Delivery& delivery) {
  if (!moves_on(Cursor{delivery.position()}, "a delivery")) return;
  if (witness != nullptr) witness->delivered(*this, delivery);
  Place place{ConversationId{delivery.envelope().conversation()}, Seq{delivery.envelope().seq()}};
  if (events.contains(place)) broken.push_back("an event was delivered twice: " + delivery.ShortDebugString());
  events[place] = delivery.envelope();
  arrivals.push_back(place);
  cursor = Cursor{delivery.position()};
}

void TestDevice::store(const v1::Receipts& moved) {
  if (!moves_on(Cursor{moved.position()}, "receipts")) return;
  if (witness != nullptr) witness->receipts(*this, moved);
  v1::Receipts& known = receipts[ConversationId{moved.conversation()}];
  // After a crash the server may know less than it said before, until the devices have come back.
  known.set_delivered_to(std::max(known.delivered_to(), moved.delivered_to()));
  known.set_read_to(std::max(known.read_to(), moved.read_to()));
  known.set_own_read_to(std::max(known.own_read_to(), moved.own_read_to()));
  cursor = Cursor{moved.position()};
}

void TestDevice::acknowledge() {
  if (!welcomed_ || acked_ >= cursor) return;
  v1::ClientFrame frame;
  frame.mutable_ack()->set_cursor(cursor.value);
  put(frame);
  acked_ = cursor;
}

std::size_t TestDevice::unanswered() const {
  std::size_t count = 0;
  for (auto it = outbox.lower_bound(first_open_); it != outbox.end(); ++it) {
    if (it->second.state != Outgoing::State::answered) ++count;
  }
  return count;
}

const Outgoing* TestDevice::request(std::uint64_t number) const {
  auto found = outbox.find(number);
  return found == outbox.end() ? nullptr : &found->second;
}

}  // namespace homing::test
