// The part of the language about messages that read otherwise later: edits, and deleting for everyone.
#include "script.h"

namespace homing::scenario {

bool Script::revises(const Line& line) {
  if (line.size() < 3 || line[0].quoted) return false;
  const std::string& what = line[1].text;
  v1::ClientFrame frame;
  if (what == "edits" && line.size() == 5 && line[3].text == "to") {
    Actor& who = stage_.actor(line[0].text);
    auto place = place_of(who, line[2].text);
    frame.mutable_edit_message()->set_conversation(place.first.value);
    frame.mutable_edit_message()->set_seq(place.second.value);
    frame.mutable_edit_message()->mutable_plain()->mutable_text()->set_text(line[4].text);
    stage_.ask(who, std::move(frame), refusal_);
  } else if (what == "deletes" && line.size() == 3) {
    Actor& who = stage_.actor(line[0].text);
    auto place = place_of(who, line[2].text);
    frame.mutable_delete_message()->set_conversation(place.first.value);
    frame.mutable_delete_message()->set_seq(place.second.value);
    stage_.ask(who, std::move(frame), refusal_);
  } else {
    return false;
  }
  return true;
}

// Where a message with these words stands, as this device knows it.
test::TestDevice::Place Script::place_of(Actor& who, const std::string& text) {
  for (const auto& [place, envelope] : who.device->events) {
    if (envelope.event().plain().text().text() == text) return place;
  }
  for (const auto& [place, request] : who.device->own) {
    if (who.device->request(request)->text() == text) return place;
  }
  throw Mismatch("it knows of no such message");
}

// ben< ana edited "hello": an earlier message reads so now. ben< ana deleted: one is gone.
bool Script::hears_revision(Actor& who, const Line& line, const v1::Envelope& envelope) {
  const std::string& what = line.at(2).text;
  if (line[2].quoted || (what != "edited" && what != "deleted")) return false;
  const v1::Event& event = envelope.event();
  bool right = what == "edited" ? event.header().has_edited() && event.plain().text().text() == line.at(3).text
                                : event.header().has_deleted() && !event.has_plain();
  std::size_t by = what == "edited" ? 4 : 3;
  if (line.size() == by + 2 && line[by].text == "by") {
    right = right && stage_.name_of(AccountId{event.header().author()}) == line[by + 1].text;
  }
  if (!right) throw Mismatch(who.name + " hears: " + event.ShortDebugString());
  return true;
}

}  // namespace homing::scenario
