#include "stage.h"

#include "chat/direct.h"

namespace homing::scenario {
namespace {

using namespace std::chrono_literals;

std::string owner_of(const std::string& name) { return name.substr(0, name.find('/')); }

std::string close_name(chat::CloseCode code) {
  switch (code) {
    case chat::CloseCode::going_away: return "going_away";
    case chat::CloseCode::protocol_error: return "protocol_error";
    case chat::CloseCode::unsupported_data: return "unsupported_data";
    case chat::CloseCode::too_big: return "too_big";
    case chat::CloseCode::internal_error: return "internal_error";
    case chat::CloseCode::unauthenticated: return "unauthenticated";
    case chat::CloseCode::session_replaced: return "session_replaced";
    case chat::CloseCode::timed_out: return "timed_out";
    case chat::CloseCode::too_fast: return "too_fast";
    case chat::CloseCode::hello_expected: return "hello_expected";
  }
  return "unknown";
}

template <class T>
T must(Result<T> result) {
  if (!result) throw Mismatch("the stage cannot be set: " + result.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

Stage::Stage(test::TestDisk& disk, wire::Form form)
    : form_(form), disk_(disk), server_(disk, clock_, random_, {chat::SessionLimits{60s, 1e6, 1e6}, {}}) {
  start();
}

void Stage::start() {
  server_.start();
  for (int i = 0; i < 100 && !server_.ready(); ++i) {
    server_.settle();
    if (!server_.ready()) clock_.pass(100ms);
  }
  if (!server_.ready()) throw Mismatch("the server does not start");
}

void Stage::add_account(const std::string& name) {
  std::string phone = "+1555123" + std::to_string(1000 + accounts_.size());
  auto added = must(server_.wait(server_.accounts().add(phone, name, "phone")));
  accounts_[name] = added.account;
  phones_[name] = added.phone;
  auto actor = std::make_unique<Actor>();
  actor->name = actor->owner = name;
  test::Identity identity{added.account, added.device, added.token};
  actor->device = std::make_unique<test::TestDevice>(name, std::move(identity), form_, 16, random_);
  Actor& added_actor = *(actors_[name] = std::move(actor));
  go_online(added_actor, {});
}

void Stage::add_device(const std::string& name) {
  std::string owner = owner_of(name);
  auto added = must(server_.wait(server_.accounts().add(phones_.at(owner), owner, name)));
  auto actor = std::make_unique<Actor>();
  actor->name = name;
  actor->owner = owner;
  test::Identity identity{added.account, added.device, added.token};
  actor->device = std::make_unique<test::TestDevice>(name, std::move(identity), form_, 16, random_);
  Actor& added_actor = *(actors_[name] = std::move(actor));
  go_online(added_actor, {});
}

Actor& Stage::actor(const std::string& name) {
  auto found = actors_.find(name);
  if (found == actors_.end()) throw Mismatch("nobody is called " + name);
  return *found->second;
}

AccountId Stage::account(const std::string& name) {
  auto found = accounts_.find(name);
  if (found == accounts_.end()) throw Mismatch("nobody is called " + name);
  return found->second;
}

std::string Stage::name_of(AccountId account) const {
  for (const auto& [name, id] : accounts_) {
    if (id == account) return name;
  }
  return "nobody";
}

std::vector<std::string> Stage::accounts() const {
  std::vector<std::string> names;
  for (const auto& [name, id] : accounts_) names.push_back(name);
  return names;
}

ConversationId Stage::conversation(const Actor& who, const std::string& chat) {
  if (auto group = groups_.find(chat); group != groups_.end()) return group->second;
  if (chat.starts_with("status/")) return chat::status_id(account(chat.substr(7)), 0);
  return chat::direct_id(account(who.owner), account(chat), 0);
}

std::uint64_t Stage::ask(Actor& who, v1::ClientFrame frame, const std::string& refusal, Answer answer) {
  std::uint64_t number = who.device->ask(std::move(frame));
  if (answer == Answer::lost) {
    while (server_.read_one(who.device->line())) {}
    server_.settle();
    go_offline(who);
    return number;
  }
  settle();
  check_answer(who, number, refusal);
  return number;
}

std::uint64_t Stage::ask_raw(Actor& who, std::uint64_t number, std::string bytes, const std::string& refusal) {
  who.device->ask_raw(number, std::move(bytes));
  settle();
  check_answer(who, number, refusal);
  return number;
}

void Stage::check_answer(Actor& who, std::uint64_t number, const std::string& refusal) {
  const test::Outgoing* request = who.device->request(number);
  if (!request->answer) {
    if (who.device->online() || !refusal.empty()) throw Mismatch("there is no answer");
    return;
  }
  std::string got = request->answer->has_error() ? v1::ErrorCode_Name(request->answer->error().code()) : "";
  if (got != refusal) throw Mismatch(got.empty() ? "it was not refused" : "it was refused: " + got);
}

const v1::ServerFrame& Stage::answer(Actor& who, std::uint64_t number) {
  const test::Outgoing* request = who.device->request(number);
  if (!request->answer) throw Mismatch("there is no answer");
  return *request->answer;
}

const v1::Envelope& Stage::next(Actor& who) {
  if (who.heard == who.device->arrivals.size()) throw Mismatch(who.name + " was sent nothing more");
  return who.device->events.at(who.device->arrivals[who.heard++]);
}

// Carries what there is in both directions; false if there was nothing.
bool Stage::carry(Actor& who) {
  test::Line line = who.device->line();
  if (!line) return false;
  bool moved = false;
  while (server_.read_one(line)) moved = true;
  while (!line->to_device.empty()) {
    who.device->hear(line->take());
    moved = true;
  }
  if (line->owes_writable()) {
    server_.writable(line);
    moved = true;
  }
  who.device->acknowledge();
  moved |= line->session && !line->to_server.empty();
  if (line->closed) {
    who.closed = close_name(*line->closed);
    server_.hang_up(line);
    who.device->lost();
    who.wants_to_be_online = false;
    moved = true;
  }
  return moved;
}

void Stage::settle() {
  bool moved = true;
  while (moved) {
    moved = false;
    server_.settle();
    for (auto& [name, actor] : actors_) {
      moved |= carry(*actor);
      if (!actor->device->broken.empty()) throw Mismatch(actor->device->broken.front());
    }
  }
}

void Stage::go_online(Actor& who, const std::string& refusal) {
  who.closed.clear();
  who.wants_to_be_online = true;
  test::Line old = who.device->line();
  server_.connect(who.device->dial(), who.device->identity().token);
  who.device->try_again();
  settle();
  if (old) {
    // Connected twice: the older connection must have been closed, with a reason.
    if (!old->closed || close_name(*old->closed) != refusal)
      throw Mismatch("the older connection was not closed with " + refusal);
    server_.hang_up(old);
    return;
  }
  if (who.closed != refusal) throw Mismatch(who.closed.empty() ? "it was let in" : "it was closed: " + who.closed);
  if (refusal.empty() && !who.device->caught_up()) throw Mismatch("it is not told that it has caught up");
}

void Stage::go_offline(Actor& who) {
  who.wants_to_be_online = false;
  if (!who.device->online()) throw Mismatch(who.name + " is offline already");
  server_.hang_up(who.device->line());
  who.device->lost();
  settle();
}

void Stage::crash() {
  server_.crash();
  for (auto& [name, actor] : actors_) {
    if (actor->device->online()) actor->device->line()->cut = true;
    actor->device->lost();
  }
  start();
  for (auto& [name, actor] : actors_) {
    if (actor->wants_to_be_online) go_online(*actor, {});
  }
}

void Stage::write_behind() { server_.store().flush(); }

void Stage::restart() {
  write_behind();
  crash();
}

void Stage::drain() {
  server_.sessions().drain(1s, 5s);
  settle();
}

void Stage::pass(std::chrono::milliseconds time) {
  clock_.pass(time);
  settle();
  for (auto& [name, actor] : actors_) actor->device->try_again();
  settle();
}

void Stage::retain(Retention retention) {
  must(server_.wait(server_.store().log().retain(retention, clock_.now())));
  settle();
}

void Stage::revoke(Actor& who) {
  auto device = must(server_.wait(server_.accounts().revoke(who.device->identity().device)));
  auto sessions = server_.hub().sessions_of(device.account, device.id);
  server_.sessions().end(sessions, chat::CloseCode::unauthenticated, "this device was revoked");
  settle();
}

void Stage::link_device(const std::string& name, const std::string& code, const std::string& refusal) {
  auto added = server_.wait(server_.accounts().link_device(code, name));
  std::string got = added ? "" : v1::ErrorCode_Name(static_cast<v1::ErrorCode>(added.error().code));
  if (got != refusal) throw Mismatch(got.empty() ? "it was not refused" : "it was refused: " + got);
  if (!added) return;
  if (added->account != account(owner_of(name))) throw Mismatch("the device is somebody else's");
  auto actor = std::make_unique<Actor>();
  actor->name = name;
  actor->owner = owner_of(name);
  test::Identity identity{added->account, added->device, added->token};
  actor->device = std::make_unique<test::TestDevice>(name, std::move(identity), form_, 16, random_);
  Actor& added_actor = *(actors_[name] = std::move(actor));
  go_online(added_actor, {});
}

void Stage::remove_account(const std::string& name) {
  AccountId ended = must(server_.wait(server_.accounts().end_devices(phones_.at(name))));
  server_.sessions().end(server_.hub().sessions_of(ended), chat::CloseCode::unauthenticated,
                         "this account was removed");
  must(server_.wait(server_.accounts().remove(phones_.at(name))));
  settle();
}

}  // namespace homing::scenario
