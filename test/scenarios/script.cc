#include "script.h"

#include <algorithm>
#include <charconv>

namespace homing::scenario {
namespace {

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw Mismatch(text + " is no number");
  return value;
}

// ">" and "<" stand at the end of the first word: "ana>".
bool has_mark(const Line& line, char mark) { return line.size() > 1 && !line[0].quoted && line[0].text.back() == mark; }
std::string without_mark(const Line& line) { return line[0].text.substr(0, line[0].text.size() - 1); }

std::string text_of(const v1::Envelope& envelope) { return envelope.event().plain().text().text(); }

// A list as people write it, for what went wrong.
std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all.empty() ? "nothing" : all;
}

std::vector<std::string> texts(const Line& line, std::size_t from) {
  std::vector<std::string> result;
  for (std::size_t i = from; i < line.size(); ++i) result.push_back(line[i].text);
  return result;
}

void must_be(const std::vector<std::string>& is, std::vector<std::string> wanted) {
  if (wanted == std::vector<std::string>{"nothing"}) wanted.clear();
  if (is != wanted) throw Mismatch("it is: " + listed(is));
}

}  // namespace

bool are(const Line& line, std::size_t from, std::initializer_list<const char*> words) {
  if (line.size() < from + words.size()) return false;
  std::size_t at = from;
  for (const char* word : words) {
    if (std::string(word) != "*" && line[at].text != word) return false;
    ++at;
  }
  return true;
}

bool whole(const Line& line, std::initializer_list<const char*> words) {
  return line.size() == words.size() && are(line, 0, words);
}

Line words_of(const std::string& line) {
  Line words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ') {
      ++at;
    } else if (line[at] == '#') {
      break;
    } else if (line[at] == '"') {
      std::size_t end = line.find('"', at + 1);
      if (end == std::string::npos) throw Mismatch("a quotation does not end");
      words.push_back({line.substr(at + 1, end - at - 1), true});
      at = end + 1;
    } else {
      std::size_t end = std::min(line.find(' ', at), line.size());
      words.push_back({line.substr(at, end - at), false});
      at = end;
    }
  }
  return words;
}

void Script::play(Line line) {
  refusal_.clear();
  if (line.size() > 2 && line[line.size() - 2].text == "!" && !line[line.size() - 2].quoted) {
    refusal_ = line.back().text;
    line.resize(line.size() - 2);
  }
  if (setting(line) || server(line) || says(line) || hears(line) || own_devices(line) || presence(line) ||
      group_change(line) || link(line) || person(line) || looks(line) || shares(line) || revises(line))
    return;
  throw Mismatch("this line says nothing that is known");
}

bool Script::setting(const Line& line) {
  if (line[0].text == "accounts") {
    for (std::size_t i = 1; i < line.size(); ++i) stage_.add_account(line[i].text);
  } else if (whole(line, {"crowd", "of", "*"})) {
    for (std::uint64_t i = 1; i <= number(line[2].text); ++i) stage_.add_account("crowd" + std::to_string(i));
  } else if (whole(line, {"device", "*"})) {
    stage_.add_device(line[1].text);
  } else if (line[0].text == "group" && line.size() >= 3) {
    create_group(line);
  } else {
    return false;
  }
  return true;
}

bool Script::server(const Line& line) {
  if (whole(line, {"server", "crashes"})) {
    stage_.crash();
  } else if (whole(line, {"server", "restarts"})) {
    stage_.restart();
  } else if (whole(line, {"server", "writes", "behind"})) {
    stage_.write_behind();
  } else if (whole(line, {"server", "drains"})) {
    stage_.drain();
  } else if (whole(line, {"disk", "is", "full"}) || whole(line, {"disk", "has", "room"})) {
    if (!set_disk_full_) throw Mismatch("the disk of this store cannot be filled here");
    set_disk_full_(line[1].text == "is");
  } else if (whole(line, {"*", "*", "pass"})) {
    auto hours = line[1].text == "days" ? 24 : 1;
    auto one = line[1].text == "minutes" ? std::chrono::minutes(1) : std::chrono::minutes(60 * hours);
    stage_.pass(one * static_cast<int>(number(line[0].text)));
  } else if (whole(line, {"retention", "of", "*", "days"})) {
    stage_.retain(Retention{Keep::days, static_cast<int>(number(line[2].text)), 30});
  } else if (whole(line, {"retention", "until", "delivered"})) {
    stage_.retain(Retention{Keep::until_delivered, 30, 30});
  } else if (whole(line, {"retention", "for", "ever"})) {
    stage_.retain(Retention{Keep::forever, 30, 30});
  } else if (whole(line, {"*", "is", "revoked"})) {
    stage_.revoke(stage_.actor(line[0].text));
  } else if (whole(line, {"account", "*", "is", "removed"})) {
    stage_.remove_account(line[1].text);
  } else {
    return false;
  }
  return true;
}

std::vector<std::uint64_t> Script::accounts(const Line& line, std::size_t from, std::size_t to) {
  std::vector<std::uint64_t> result;
  for (std::size_t i = from; i < to; ++i) {
    if (line[i].text == "crowd") {
      for (const std::string& name : stage_.accounts()) {
        if (name.starts_with("crowd")) result.push_back(stage_.account(name).value);
      }
    } else {
      result.push_back(line[i].text == "nobody" ? 99 : stage_.account(line[i].text).value);
    }
  }
  return result;
}

// ana> ben "hello" [again | reusing "other" | answer lost] [! code]
bool Script::says(const Line& line) {
  if (!has_mark(line, '>')) return false;
  Actor& who = stage_.actor(without_mark(line));
  const std::string& chat = line[1].text;
  std::size_t rest = 2;
  v1::ClientFrame frame;
  v1::Send& send = *frame.mutable_send();
  if (chat == "conversation") {
    send.set_conversation(number(line[rest++].text));
  } else if (chat.starts_with("+")) {
    send.set_phone(chat);
  } else if (chat == "nobody") {
    send.set_account(99);
  } else if (chat == "status") {
    send.mutable_my_status();
  } else if (stage_.is_group(chat) || chat.starts_with("status/")) {
    send.set_conversation(stage_.conversation(who, chat).value);
  } else {
    send.set_account(stage_.account(chat).value);
  }
  if (are(line, rest, {"text", "of", "*", "bytes"})) {
    send.mutable_plain()->mutable_text()->set_text(std::string(number(line[rest + 2].text), 'x'));
  } else if (are(line, rest, {"invalid", "utf8"})) {
    send.set_client_id(who.device->fresh_client_id());
    send.mutable_plain()->mutable_text()->set_text("@@");
    std::uint64_t request = who.device->fresh_number();
    frame.set_request(request);
    std::string bytes = frame.SerializeAsString();
    bytes.replace(bytes.rfind("@@"), 2, "\xff\xfe");
    stage_.ask_raw(who, request, std::move(bytes), refusal_);
    return true;
  } else if (are(line, rest, {"client", "id", "of", "*", "bytes"})) {
    send.mutable_plain()->mutable_text()->set_text("x");
    send.set_client_id(std::string(number(line[rest + 3].text), 'i'));
  } else if (line.size() > rest && line[rest].quoted) {
    send.mutable_plain()->mutable_text()->set_text(line[rest].text);
  } else {
    throw Mismatch("what is said stands in quotes");
  }
  const std::string& text = send.plain().text().text();
  if (are(line, rest + 1, {"mentioning"})) {
    for (std::uint64_t account : accounts(line, rest + 2, line.size())) send.add_mentions(account);
  }
  bool again = are(line, rest + 1, {"again"});
  bool reusing = are(line, rest + 1, {"reusing", "*"});
  bool lost = are(line, rest + 1, {"answer", "lost"});
  if (!again && !reusing) {
    stage_.ask(who, std::move(frame), refusal_, lost ? Answer::lost : Answer::heard);
    return true;
  }
  const std::string& earlier_text = again ? text : line[rest + 2].text;
  const test::Outgoing* earlier = nullptr;
  for (const auto& [n, request] : who.device->outbox) {
    if (request.text() == earlier_text) earlier = &request;
  }
  if (earlier == nullptr) throw Mismatch("\"" + earlier_text + "\" was not said before");
  send.set_client_id(earlier->frame.send().client_id());
  auto first = earlier->answer;
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (again && refusal_.empty() && first) {
    const v1::Sent& sent = stage_.answer(who, request).sent();
    if (sent.SerializeAsString() != first->sent().SerializeAsString())
      throw Mismatch("it got another answer than the first time");
  }
  return true;
}

// cy< team "after" from ana; cy< team removed ben by ana
bool Script::hears(const Line& line) {
  if (!has_mark(line, '<')) return false;
  Actor& who = stage_.actor(without_mark(line));
  const v1::Envelope& envelope = stage_.next(who);
  if (envelope.conversation() != stage_.conversation(who, line[1].text).value)
    throw Mismatch("it is in another conversation");
  if (line.size() > 2 && hears_revision(who, line, envelope)) return true;
  if (line.size() > 2 && line[2].text == "reacted") {
    const v1::Event& event = envelope.event();
    if (!event.header().has_reacted() || event.plain().reaction().emoji() != line.at(3).text) {
      throw Mismatch("it hears: " + event.ShortDebugString());
    }
  } else if (line.size() > 2 && line[2].quoted) {
    if (text_of(envelope) != line[2].text) throw Mismatch("it hears: " + envelope.event().ShortDebugString());
    std::string author = are(line, 3, {"from", "*"}) ? line[4].text : line[1].text;
    if (author.starts_with("status/")) author = author.substr(7);
    if (stage_.name_of(AccountId{envelope.event().header().author()}) != author)
      throw Mismatch("it is from somebody else");
  } else {
    hear_event(who, line, envelope);
  }
  return true;
}

bool Script::person(const Line& line) {
  if (whole(line, {"*", "comes", "online"}) || whole(line, {"*", "connects", "again"})) {
    stage_.go_online(stage_.actor(line[0].text), refusal_);
  } else if (whole(line, {"*", "goes", "offline"})) {
    stage_.go_offline(stage_.actor(line[0].text));
  } else if (are(line, 0, {"*", "reads", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    ConversationId id = line[2].text == "conversation" ? ConversationId{number(line.at(3).text)}
                                                       : stage_.conversation(who, line[2].text);
    std::uint64_t seq = 0;
    for (const auto& [place, envelope] : who.device->events) {
      if (place.first == id) seq = std::max(seq, place.second.value);
    }
    if (line.size() >= 5 && line[line.size() - 2].text == "to") seq = number(line.back().text);
    v1::ClientFrame frame;
    frame.mutable_mark_read()->set_conversation(id.value);
    frame.mutable_mark_read()->set_seq(seq);
    stage_.ask(who, std::move(frame), refusal_);
  } else if (whole(line, {"*", "hides", "reading"}) || whole(line, {"*", "shows", "reading"})) {
    Actor& who = stage_.actor(line[0].text);
    v1::ClientFrame frame;
    frame.mutable_set_profile()->set_name(who.owner);
    frame.mutable_set_profile()->set_read_receipts(line[1].text == "shows");
    stage_.ask(who, std::move(frame), refusal_);
  } else if (whole(line, {"*", "blocks", "*"}) || whole(line, {"*", "unblocks", "*"})) {
    v1::ClientFrame frame;
    frame.mutable_set_blocked()->set_account(accounts(line, 2, 3).front());
    frame.mutable_set_blocked()->set_blocked(line[1].text == "blocks");
    stage_.ask(stage_.actor(line[0].text), std::move(frame), refusal_);
  } else {
    return false;
  }
  return true;
}

bool Script::looks(const Line& line) {
  if (whole(line, {"nothing", "for", "*"})) {
    Actor& who = stage_.actor(line[2].text);
    if (who.heard != who.device->arrivals.size())
      throw Mismatch("it hears: " + stage_.next(who).event().ShortDebugString());
  } else if (are(line, 0, {"*", "sees", "members", "of", "*"})) {
    sees_members(stage_.actor(line[0].text), line);
  } else if (whole(line, {"*", "sees", "*", "on", "*"})) {
    sees_tick(stage_.actor(line[0].text), line[2].text, line[4].text);
  } else if (whole(line, {"*", "was", "closed", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    if (who.closed != line[3].text)
      throw Mismatch(who.closed.empty() ? "it was not closed" : "it was closed: " + who.closed);
  } else if (whole(line, {"*", "has", "read", "*", "to", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    std::uint64_t seq = who.device->receipts[stage_.conversation(who, line[3].text)].own_read_to();
    if (seq != number(line[5].text)) throw Mismatch("it has read to " + std::to_string(seq));
  } else if (are(line, 0, {"*", "finds", "in", "*"})) {
    finds(stage_.actor(line[0].text), line);
  } else if (are(line, 0, {"*", "lists"})) {
    lists(stage_.actor(line[0].text), line);
  } else {
    return false;
  }
  return true;
}

void Script::sees_tick(Actor& who, const std::string& tick, const std::string& text) {
  std::optional<test::TestDevice::Place> place;
  for (const auto& [at, request] : who.device->own) {
    if (who.device->request(request)->text() == text) place = at;
  }
  for (const auto& [at, envelope] : who.device->events) {
    if (text_of(envelope) == text) place = at;
  }
  std::string seen = "nothing";
  if (place) {
    const v1::Receipts& receipts = who.device->receipts[place->first];
    seen = "✓";
    if (receipts.delivered_to() >= place->second.value) seen = "✓✓";
    if (receipts.read_to() >= place->second.value) seen = "blue";
  }
  if (seen != tick) throw Mismatch("it sees " + seen);
}

// cy finds in team "after": its history, oldest first. What is no message is named by its kind.
void Script::finds(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  bool by_number = line[3].text == "conversation";
  ConversationId id = by_number ? ConversationId{number(line.at(4).text)} : stage_.conversation(who, line[3].text);
  frame.mutable_read_history()->set_conversation(id.value);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  std::vector<std::string> found;
  for (const v1::Envelope& envelope : stage_.answer(who, request).history().envelopes()) {
    const v1::Header& header = envelope.event().header();
    std::string kind = header.has_group_created() ? "created" : header.has_renamed() ? "renamed" : "members";
    if (header.has_reacted()) kind = "reacted";
    if (header.has_described()) kind = "described";
    if (header.has_approval_changed() || header.has_link_changed()) kind = "link";
    if (header.has_join_asked() || header.has_join_withdrawn() || header.has_joins_rejected()) kind = "asking";
    if (header.has_edited()) kind = "edited";
    if (header.has_deleted()) kind = "deleted";
    if (header.has_posted()) kind = header.deleted_by() != 0 ? "gone" : text_of(envelope);
    found.push_back(kind);
  }
  must_be(found, texts(line, by_number ? 5 : 4));
}

void Script::lists(Actor& who, const Line& line) {
  bool newest = line[2].text == "newest";
  v1::ClientFrame frame;
  frame.mutable_list_conversations()->set_newest(newest);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  std::vector<std::string> found;
  for (const v1::Conversation& conversation : stage_.answer(who, request).conversations().conversations()) {
    std::string name = conversation.name();
    if (conversation.kind() == v1::status) {
      for (const v1::Member& member : conversation.members()) {
        if (member.role() == v1::admin) name = "status/" + stage_.name_of(AccountId{member.account()});
      }
    }
    if (conversation.kind() == v1::direct) {
      name = who.owner;
      for (const v1::Member& member : conversation.members()) {
        std::string other = stage_.name_of(AccountId{member.account()});
        if (other != who.owner) name = other;
      }
    }
    found.push_back(conversation.active() ? name : name + "(past)");
  }
  std::vector<std::string> wanted = texts(line, newest ? 3 : 2);
  if (!newest) {
    std::ranges::sort(found);
    std::ranges::sort(wanted);
  }
  must_be(found, wanted);
}

// ana sees members of team ana* ben: the star is an admin's.
void Script::sees_members(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  frame.mutable_get_conversation()->set_conversation(stage_.conversation(who, line[4].text).value);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  std::vector<std::string> found;
  for (const v1::Member& member : stage_.answer(who, request).conversation().members()) {
    found.push_back(stage_.name_of(AccountId{member.account()}) + (member.role() == v1::admin ? "*" : ""));
  }
  std::vector<std::string> wanted = texts(line, 5);
  std::ranges::sort(found);
  std::ranges::sort(wanted);
  must_be(found, wanted);
}

}  // namespace homing::scenario
