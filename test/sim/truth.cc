#include "truth.h"

#include <algorithm>

#include "events.pb.h"

namespace homing::sim {

bool Story::may_see(AccountId account, Seq seq) const {
  auto found = members.find(account);
  if (found == members.end()) return false;
  const Fact* fact = at(seq);
  if (fact == nullptr || std::ranges::find(fact->hidden_from, account) != fact->hidden_from.end()) return false;
  return std::ranges::any_of(found->second, [&](const Interval& interval) { return interval.covers(seq); });
}

const Interval* Story::running(AccountId account) const {
  auto found = members.find(account);
  if (found == members.end() || found->second.empty() || found->second.back().until) return nullptr;
  return &found->second.back();
}

std::vector<AccountId> Story::audience(Seq seq) const {
  std::vector<AccountId> result;
  const Fact* fact = at(seq);
  for (const auto& [account, intervals] : members) {
    const Interval* now = running(account);
    if (now != nullptr && now->covers(seq) && account != fact->author && may_see(account, seq))
      result.push_back(account);
  }
  return result;
}

const Story* Truth::story(ConversationId id) const {
  auto found = stories_.find(id);
  return found == stories_.end() ? nullptr : &found->second;
}

std::optional<std::pair<ConversationId, Seq>> Truth::place_of(const std::string& text) const {
  auto found = texts_.find(text);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::string Truth::read_on() {
  for (auto it = disk_.log.upper_bound(read_); it != disk_.log.end(); ++it) {
    read_ = it->first;
    if (std::string wrong = add(it->second.envelope); !wrong.empty()) return wrong;
  }
  return {};
}

std::string Truth::add(const Envelope& envelope) {
  Story& story = stories_[envelope.conversation];
  Seq seq{story.facts.size() + 1};
  if (envelope.seq != seq) return "the log has a gap or a repetition in a conversation";
  v1::Event event;
  if (!event.ParseFromString(envelope.sealed->bytes)) return "the log holds something that is no event";
  std::string text = event.plain().text().text();
  Fact fact{AccountId{event.header().author()}, envelope.device, envelope.commit, text, envelope.sealed->bytes,
            envelope.sealed->hidden_from};
  auto begin = [&](AccountId account) { story.members[account].push_back(Interval{seq, {}, envelope.commit}); };
  switch (event.header().kind_case()) {
    case v1::Header::kPosted:
      if (!texts_.emplace(text, std::pair{envelope.conversation, seq}).second)
        return "\"" + text + "\" is in the log twice";
      if (seq == Seq{1}) {
        auto pair = direct_.at(text);
        begin(pair.first);
        if (pair.second != pair.first) begin(pair.second);
      }
      break;
    case v1::Header::kGroupCreated:
      story.kind = ConversationKind::group;
      for (const v1::Member& member : event.header().group_created().members()) begin(AccountId{member.account()});
      break;
    case v1::Header::kMembersChanged:
      for (std::uint64_t account : event.header().members_changed().removed()) {
        if (story.running(AccountId{account}) == nullptr) return "somebody was removed who was no member";
        story.members[AccountId{account}].back().until = seq;
      }
      for (std::uint64_t account : event.header().members_changed().added()) {
        if (story.running(AccountId{account}) != nullptr) return "somebody was added who was a member";
        begin(AccountId{account});
      }
      break;
    case v1::Header::kRenamed:
    case v1::Header::KIND_NOT_SET: break;
  }
  story.facts.push_back(std::move(fact));
  return {};
}

}  // namespace homing::sim
