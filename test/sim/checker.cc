#include "checker.h"

#include <algorithm>

namespace homing::sim {
namespace {

using Place = test::TestDevice::Place;

std::string shown(Place place) {
  return std::to_string(place.first.value % 10000) + "/" + std::to_string(place.second.value);
}

std::string start_of(const std::string& text) { return text.substr(0, text.find('.')); }

bool may_be_refused_with(const v1::ClientFrame& frame, v1::ErrorCode code) {
  switch (code) {
    case v1::not_a_member:
    case v1::unknown_conversation: return !(frame.has_send() && frame.send().has_account());
    case v1::not_an_admin: return frame.has_change_members() || frame.has_rename_group();
    case v1::already_member: return frame.has_change_members();
    case v1::not_wanted: return frame.has_change_members() || frame.has_create_group();  // who blocks is not added
    default: return false;
  }
}

}  // namespace

void Checker::wrong(const std::string& sentence, const std::string& what) {
  if (finding_.empty()) finding_ = sentence + ": " + what;
}

Person& Checker::person(AccountId account) { return *std::ranges::find(people_, account, &Person::account); }

// Between two people it takes both: who hides what they have read is not told what the other one has.
bool Checker::is_told_of_reading(AccountId account, const Story& story) {
  return story.kind != ConversationKind::direct || person(account).read_receipts == ReadReceipts::shown;
}

bool Checker::anybody_has(AccountId account, Place place) {
  return std::ranges::any_of(person(account).devices, [&](const auto& device) { return device->knows(place); });
}

void Checker::look() {
  if (std::string bad = truth_.read_on(); !bad.empty()) wrong("08 nobody sees twice", bad);
  for (const Person& person : people_) {
    for (const auto& device : person.devices) {
      if (!device->broken.empty()) wrong("08 nobody sees twice", device->name() + ": " + device->broken.front());
    }
  }
}

void Checker::posts(AccountId author, const std::string& text, std::optional<AccountId> to) {
  Said said{author, disk_.last, {}};
  if (to && blocked_.contains({*to, author})) said.kept_out.insert(*to);
  said_[text] = std::move(said);
  if (to) truth_.will_send(text, author, *to);
}

void Checker::reads(AccountId account, ConversationId conversation, Seq seq) {
  Seq& mark = read_[{account, conversation}];
  mark = std::max(mark, seq);
}

void Checker::blocks(const test::TestDevice& device, std::uint64_t number, AccountId other) {
  blocking_[{device.identity().device, number}] = other;
}

void Checker::delivered(const test::TestDevice& device, const v1::Delivery& delivery) {
  look();
  AccountId account = device.identity().account;
  Place place{ConversationId{delivery.envelope().conversation()}, Seq{delivery.envelope().seq()}};
  const Story* story = truth_.story(place.first);
  const Fact* fact = story == nullptr ? nullptr : story->at(place.second);
  if (fact == nullptr) return wrong("01 on disk", device.name() + " got what is not in the log: " + shown(place));
  v1::Event true_event;
  true_event.ParseFromString(fact->bytes);
  if (true_event.SerializeAsString() != delivery.envelope().event().SerializeAsString()) {
    return wrong("07 one order", device.name() + " got something else than the log has at " + shown(place));
  }
  if (!story->may_see(account, place.second)) {
    return wrong("12 removed", device.name() + " got what it must not see: " + shown(place));
  }
  auto said = said_.find(fact->text);
  if (said != said_.end() && said->second.kept_out.contains(account)) {
    return wrong("13 blocked", device.name() + " got \"" + fact->text + "\" from somebody it had blocked");
  }
  check_gap(device, place.first, *story, place.second);
}

// Everything before it that this device must have, it has.
void Checker::check_gap(const test::TestDevice& device, ConversationId conversation, const Story& story, Seq seq) {
  Seq& seen_to = seen_to_[{device.identity().device, conversation}];
  if (seq <= seen_to) return wrong("07 one order", device.name() + " got " + shown({conversation, seq}) + " late");
  for (std::uint64_t earlier = seen_to.value + 1; earlier < seq.value; ++earlier) {
    bool own = story.at(Seq{earlier})->device == device.identity().device;
    if (!own && story.may_see(device.identity().account, Seq{earlier})) {
      wrong("02 reaches everybody",
            device.name() + " got " + shown({conversation, seq}) + " without " + std::to_string(earlier));
    }
  }
  seen_to = seq;
}

void Checker::answered(const test::TestDevice& device, const test::Outgoing& request) {
  look();
  const v1::ServerFrame& answer = *request.answer;
  if (answer.has_done()) {
    auto block = blocking_.find({device.identity().device, request.number});
    if (block != blocking_.end()) blocked_.insert({device.identity().account, block->second});
    return;
  }
  if (answer.has_error()) return check_refusal(device, request);
  if (!answer.has_sent()) return wrong("01 on disk", device.name() + " got an answer of the wrong kind");
  Place place{ConversationId{answer.sent().conversation()}, Seq{answer.sent().seq()}};
  const Story* story = truth_.story(place.first);
  const Fact* fact = story == nullptr ? nullptr : story->at(place.second);
  if (fact == nullptr || fact->device != device.identity().device || fact->text != request.text()) {
    wrong("01 on disk", device.name() + " was told ✓ for \"" + start_of(request.text()) + "\" at " + shown(place) +
                            ", which the log has not");
  }
}

// The sender is told why not, rightly, and the message is nowhere.
void Checker::check_refusal(const test::TestDevice& device, const test::Outgoing& request) {
  const v1::Error& error = request.answer->error();
  std::string what = device.name() + " was refused " + v1::ErrorCode_Name(error.code()) + " for " +
                     request.frame.ShortDebugString().substr(0, 200);
  if (!may_be_refused_with(request.frame, error.code())) return wrong("03 or told why not", what);
  if (!request.frame.has_send()) return;
  if (truth_.place_of(request.text())) return wrong("03 or told why not", what + ", but it is in the log");
  const Story* story = truth_.story(ConversationId{request.frame.send().conversation()});
  const Interval* member = story == nullptr ? nullptr : story->running(device.identity().account);
  if (member != nullptr && member->since_commit <= said_.at(request.text()).issued) {
    wrong("03 or told why not", what + ", but was a member all the time");
  }
}

void Checker::receipts(const test::TestDevice& device, const v1::Receipts& moved) {
  look();
  AccountId account = device.identity().account;
  ConversationId id{moved.conversation()};
  const Story* story = truth_.story(id);
  if (story == nullptr) return wrong("04 second tick", device.name() + " got receipts of nothing");
  if (moved.own_read_to() > read_[{account, id}].value)
    return wrong("05 blue", device.name() + " is told it read what it has not");
  Ticked& ticked = ticked_[{device.identity().device, id}];
  for (std::uint64_t seq = ticked.delivered.value + 1; seq <= moved.delivered_to(); ++seq) {
    const Fact* fact = story->at(Seq{seq});
    if (fact == nullptr || fact->author != account) continue;
    for (AccountId member : story->audience(Seq{seq})) {
      if (!anybody_has(member, {id, Seq{seq}})) {
        wrong("04 second tick",
              device.name() + " sees ✓✓ on " + shown({id, Seq{seq}}) + ", but " + person(member).name + " has it not");
      }
    }
  }
  for (std::uint64_t seq = ticked.read.value + 1; seq <= moved.read_to(); ++seq) {
    const Fact* fact = story->at(Seq{seq});
    if (fact == nullptr || fact->author != account) continue;
    for (AccountId member : story->audience(Seq{seq})) {
      bool shows = person(member).read_receipts == ReadReceipts::shown && is_told_of_reading(account, *story);
      if (!shows || read_[{member, id}] < Seq{seq}) {
        wrong("05 blue", device.name() + " sees blue on " + shown({id, Seq{seq}}) + ", but " + person(member).name +
                             " has not shown it");
      }
    }
  }
  ticked.delivered = std::max(ticked.delivered, Seq{moved.delivered_to()});
  ticked.read = std::max(ticked.read, Seq{moved.read_to()});
}

void Checker::at_rest(Reading reading) {
  look();
  for (const auto& [text, said] : said_) {
    bool hidden_ok = true;
    for (AccountId out : said.kept_out) {
      auto place = truth_.place_of(text);
      hidden_ok = hidden_ok && !(place && out != said.author && anybody_has(out, *place));
    }
    if (!hidden_ok) wrong("13 blocked", "\"" + text + "\" arrived at somebody who had blocked its author");
  }
  for (Person& person : people_) {
    for (auto& device : person.devices) {
      if (!device->caught_up()) wrong("02 reaches everybody", device->name() + " is not told that it has caught up");
      if (device->unanswered() != 0) wrong("03 or told why not", device->name() + " waits for an answer for ever");
      for (const auto& [id, story] : truth_.stories()) {
        for (std::uint64_t seq = 1; seq <= story.facts.size(); ++seq) {
          bool own = story.at(Seq{seq})->device == device->identity().device;
          if (story.may_see(person.account, Seq{seq}) && !own && !device->knows({id, Seq{seq}})) {
            wrong("02 reaches everybody", device->name() + " never got " + shown({id, Seq{seq}}));
          }
        }
        check_ticks_at_rest(person, *device, id, story, reading);
      }
      for (const auto& [place, number] : device->own) {
        const Story* story = truth_.story(place.first);
        if (story == nullptr || story->at(place.second) == nullptr)
          wrong("01 on disk", shown(place) + " was acknowledged and is lost");
      }
      check_order_of_sends(*device);
    }
  }
}

void Checker::check_ticks_at_rest(Person& person, test::TestDevice& device, ConversationId id, const Story& story,
                                  Reading reading) {
  const Interval* member = story.running(person.account);
  if (member == nullptr) return;
  auto known = device.receipts.find(id);
  std::uint64_t delivered_to = known == device.receipts.end() ? 0 : known->second.delivered_to();
  std::uint64_t read_to = known == device.receipts.end() ? 0 : known->second.read_to();
  std::uint64_t own_read_to = known == device.receipts.end() ? 0 : known->second.own_read_to();
  for (std::uint64_t seq = member->since.value; seq <= story.facts.size(); ++seq) {
    const Fact* fact = story.at(Seq{seq});
    if (fact->author != person.account || !fact->hidden_from.empty()) continue;
    std::vector<AccountId> audience = story.audience(Seq{seq});
    if (audience.empty()) continue;
    if (delivered_to < seq) wrong("04 second tick", device.name() + " never sees ✓✓ on " + shown({id, Seq{seq}}));
    if (reading == Reading::not_yet) continue;
    bool all_show = std::ranges::all_of(
        audience, [&](AccountId account) { return this->person(account).read_receipts == ReadReceipts::shown; });
    if (!is_told_of_reading(person.account, story)) continue;
    if (all_show && read_to < seq) wrong("05 blue", device.name() + " never sees blue on " + shown({id, Seq{seq}}));
  }
  std::uint64_t read_by_me = read_[{person.account, id}].value;
  if (reading == Reading::everything_was_read && own_read_to < read_by_me) {
    wrong("05 blue", device.name() + " never hears that its own account has read " + shown({id, Seq{read_by_me}}));
  }
}

// A device that waits for each answer before it says the next thing has its messages in the order it said them.
void Checker::check_order_of_sends(const test::TestDevice& device) {
  if (device.window() != 1) return;
  Commit last;
  for (const auto& [number, request] : device.outbox) {
    if (!request.frame.has_send()) continue;
    auto place = truth_.place_of(request.text());
    if (!place) continue;
    Commit commit = truth_.story(place->first)->at(place->second)->commit;
    if (commit < last)
      wrong("07 one order", "\"" + start_of(request.text()) + "\" overtook what " + device.name() + " said before");
    last = commit;
  }
}

}  // namespace homing::sim
