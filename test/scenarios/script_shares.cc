// The part of the language about what people share beside messages: reactions, who types, views of a status.
#include <algorithm>

#include "script.h"

namespace homing::scenario {

bool Script::shares(const Line& line) {
  if (line.size() < 4) return false;
  const std::string& what = line[1].text;
  if (what == "reacts" && line[2].text == "to" && line.size() == 6) {
    reacts(stage_.actor(line[0].text), line);
  } else if ((what == "types" || what == "records") && line[2].text == "to") {
    types(stage_.actor(line[0].text), line);
  } else if (what == "sees" && line[3].text == "typing" && line.size() == 6) {
    Actor& who = stage_.actor(line[0].text);
    auto& heard = who.device->typing;
    if (heard.empty()) throw Mismatch("it sees nobody typing");
    v1::SomebodyTypes first = heard.front();
    heard.erase(heard.begin());
    bool right = stage_.name_of(AccountId{first.account()}) == line[2].text &&
                 first.conversation() == stage_.conversation(who, line[5].text).value && first.kind() == v1::typing;
    if (!right) throw Mismatch("it sees: " + first.ShortDebugString());
  } else if (what == "sees" && line[2].text == "nobody" && line[3].text == "typing") {
    if (!stage_.actor(line[0].text).device->typing.empty()) throw Mismatch("it sees somebody typing");
  } else if (what == "sees" && line[2].text == "views" && line[3].text == "of" && line.size() >= 5) {
    sees_views(stage_.actor(line[0].text), line);
  } else {
    return false;
  }
  return true;
}

// ben reacts to "hello" with "x"
void Script::reacts(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  v1::Send& send = *frame.mutable_send();
  for (const auto& [place, envelope] : who.device->events) {
    if (envelope.event().plain().text().text() != line[3].text) continue;
    send.set_conversation(place.first.value);
    send.set_reacted_to(place.second.value);
  }
  for (const auto& [place, request] : who.device->own) {
    if (who.device->request(request)->text() != line[3].text) continue;
    send.set_conversation(place.first.value);
    send.set_reacted_to(place.second.value);
  }
  if (line[3].text == "nothing") {
    send.set_conversation(who.device->events.begin()->first.first.value);
    send.set_reacted_to(1000);
  }
  if (!send.reacted_to()) throw Mismatch("it knows of no such message");
  send.mutable_plain()->mutable_reaction()->set_emoji(line[5].text);
  stage_.ask(who, std::move(frame), refusal_);
}

void Script::types(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  frame.mutable_typing()->set_conversation(stage_.conversation(who, line[3].text).value);
  frame.mutable_typing()->set_kind(line[1].text == "types" ? v1::typing : v1::recording);
  stage_.ask(who, std::move(frame), refusal_);
}

// ana sees views of "on holiday" ben cy
void Script::sees_views(Actor& who, const Line& line) {
  std::optional<test::TestDevice::Place> place;
  for (const auto& [at, request] : who.device->own) {
    if (who.device->request(request)->text() == line[4].text) place = at;
  }
  for (const auto& [at, envelope] : who.device->events) {
    if (envelope.event().plain().text().text() == line[4].text) place = at;
  }
  if (!place) throw Mismatch("it knows of no such status");
  v1::ClientFrame frame;
  frame.mutable_get_receipts()->set_conversation(place->first.value);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  std::vector<std::string> found;
  for (const v1::MemberReceipt& member : stage_.answer(who, request).member_receipts().members()) {
    if (member.read_to() >= place->second.value) found.push_back(stage_.name_of(AccountId{member.account()}));
  }
  std::vector<std::string> wanted;
  for (std::size_t i = 5; i < line.size(); ++i) wanted.push_back(line[i].text);
  if (wanted == std::vector<std::string>{"nobody"}) wanted.clear();
  std::ranges::sort(found);
  std::ranges::sort(wanted);
  if (found != wanted) throw Mismatch("others have seen it");
}

}  // namespace homing::scenario
