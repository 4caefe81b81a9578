// The part of the language about a person's own devices, and about who is here.
#include <algorithm>

#include "script.h"

namespace homing::scenario {
namespace {

v1::Audience audience_named(const std::string& name) {
  v1::Audience audience = v1::everyone;
  if (!v1::Audience_Parse(name, &audience)) throw Mismatch(name + " is no audience");
  return audience;
}

}  // namespace

// ana makes a code; ana/tablet joins by code; ana renames ana/tablet "kitchen"; ana logs out ana/tablet
bool Script::own_devices(const Line& line) {
  if (line.size() < 4 || line[0].quoted) return false;
  const std::string& what = line[1].text;
  v1::ClientFrame frame;
  if (what == "makes" && line[3].text == "code") {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_make_link_code();
    std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
    if (refusal_.empty()) link_code_ = stage_.answer(who, request).link_code().code();
  } else if (what == "joins" && line[2].text == "by") {
    std::string code = line[3].text == "code" ? link_code_ : line[3].text;
    stage_.link_device(line[0].text, code, refusal_);
  } else if (what == "renames" && line[2].text.find('/') != std::string::npos) {
    frame.mutable_rename_device()->set_device(stage_.actor(line[2].text).device->identity().device.value);
    frame.mutable_rename_device()->set_name(line[3].text);
    stage_.ask(stage_.actor(line[0].text), std::move(frame), refusal_);
  } else if (what == "logs" && line[2].text == "out") {
    frame.mutable_revoke_device()->set_device(stage_.actor(line[3].text).device->identity().device.value);
    stage_.ask(stage_.actor(line[0].text), std::move(frame), refusal_);
  } else if (what == "sees" && line[2].text == "devices") {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_list_devices();
    std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
    std::vector<std::string> found, wanted;
    for (const v1::Device& device : stage_.answer(who, request).devices().devices()) {
      found.push_back(device.name() + (device.current() ? "*" : device.connected() ? "" : "(away)"));
    }
    for (std::size_t i = 3; i < line.size(); ++i) wanted.push_back(line[i].text);
    std::ranges::sort(found);
    std::ranges::sort(wanted);
    if (found != wanted) {
      std::string all;
      for (const std::string& name : found) all += " " + name;
      throw Mismatch("it sees:" + all);
    }
  } else {
    return false;
  }
  return true;
}

// ana looks; ana looks away; ben watches ana; ben sees ana online; ben sees ana away since 5 minutes;
// ana shows "last seen" to contacts
bool Script::presence(const Line& line) {
  if (line.size() < 2 || line[0].quoted) return false;
  const std::string& what = line[1].text;
  v1::ClientFrame frame;
  if (what == "looks") {
    frame.mutable_set_presence()->set_online(line.size() == 2);
    stage_.ask(stage_.actor(line[0].text), std::move(frame), refusal_);
  } else if (what == "watches") {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_watch_presence();
    for (std::uint64_t account : accounts(line, 2, line.size())) frame.mutable_watch_presence()->add_accounts(account);
    std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
    if (!refusal_.empty()) return true;
    for (const v1::Presence& presence : stage_.answer(who, request).presences().presences()) {
      who.device->presences.push_back(presence);
    }
  } else if (what == "shows" && line.size() == 5 && line[3].text == "to") {
    Actor& who = stage_.actor(line[0].text);
    v1::Privacy& privacy = who.privacy;
    if (line[2].text == "last-seen") privacy.set_last_seen(audience_named(line[4].text));
    if (line[2].text == "about") privacy.set_profile(audience_named(line[4].text));
    if (line[2].text == "groups") privacy.set_groups(audience_named(line[4].text));
    *frame.mutable_set_privacy()->mutable_privacy() = privacy;
    stage_.ask(who, std::move(frame), refusal_);
  } else if (what == "says" && line.size() == 5 && line[2].text == "about") {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_set_profile()->set_name(who.owner);
    frame.mutable_set_profile()->set_about(line[4].text);
    frame.mutable_set_profile()->set_read_receipts(true);
    stage_.ask(who, std::move(frame), refusal_);
  } else if (what == "reads" && line.size() == 5 && line[2].text == "about") {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_find_accounts()->add_accounts(stage_.account(line[3].text).value);
    std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
    std::string about = stage_.answer(who, request).accounts().accounts(0).about();
    if (about != line[4].text) throw Mismatch("it reads: " + about);
  } else if (what == "sees" && line.size() >= 4 && (line[3].text == "online" || line[3].text == "away")) {
    sees_presence(stage_.actor(line[0].text), line);
  } else if (what == "sees" && line.size() == 5 && line[2].text == "nobody" && line[3].text == "come") {
    if (!stage_.actor(line[0].text).device->presences.empty()) throw Mismatch("it sees somebody come or go");
  } else {
    return false;
  }
  return true;
}

// ben sees ana away (nothing is known) · ben sees ana away since 5 minutes
void Script::sees_presence(Actor& who, const Line& line) {
  auto& heard = who.device->presences;
  if (heard.empty()) throw Mismatch("it is told nothing");
  v1::Presence first = heard.front();
  heard.erase(heard.begin());
  bool since = line.size() == 7 && line[4].text == "since";
  std::int64_t minutes = since ? std::stoll(line[5].text) : 0;
  std::int64_t seen = since ? stage_.now().ms / 60'000 - minutes : 0;
  bool right = AccountId{first.account()} == stage_.account(line[2].text) &&
               first.online() == (line[3].text == "online") &&
               (first.online() || first.last_seen_ms() / 60'000 == seen);
  if (!right) throw Mismatch("it sees: " + first.ShortDebugString());
}

}  // namespace homing::scenario
