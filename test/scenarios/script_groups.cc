// The part of the language about groups: who makes and changes them, and what is heard of that.
#include "script.h"

namespace homing::scenario {

// group team: ana ben cy. Ana makes it. Those who are online hear of it, so that scripts need not say so.
void Script::create_group(const Line& line) {
  std::string name = line[1].text.substr(0, line[1].text.size() - 1);
  Actor& founder = stage_.actor(line[2].text);
  v1::ClientFrame frame;
  frame.mutable_create_group()->set_name(name);
  for (std::uint64_t member : accounts(line, 3, line.size())) frame.mutable_create_group()->add_members(member);
  std::uint64_t number = stage_.ask(founder, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  stage_.name_group(name, ConversationId{stage_.answer(founder, number).sent().conversation()});
  for (std::size_t i = 3; i < line.size(); ++i) {
    if (line[i].text == "crowd" || line[i].text == "nobody") continue;
    Actor& member = stage_.actor(line[i].text);
    if (!member.device->online()) continue;
    if (!stage_.next(member).event().header().has_group_created())
      throw Mismatch(member.name + " hears something else first");
  }
}

void Script::hear_event(Actor& who, const Line& line, const v1::Envelope& envelope) {
  const v1::Header& header = envelope.event().header();
  auto differs = [&] { return Mismatch(who.name + " hears: " + envelope.event().ShortDebugString()); };
  std::size_t end = line.size();
  if (end >= 5 && line[end - 2].text == "by") {
    if (stage_.name_of(AccountId{header.author()}) != line[end - 1].text) throw differs();
    end -= 2;
  }
  const std::string& what = line.at(2).text;
  if (what == "created") {
    if (!header.has_group_created()) throw differs();
  } else if (what == "renamed") {
    if (header.renamed().name() != line.at(3).text) throw differs();
  } else if (what == "described") {
    if (!header.has_described() || header.described().description() != line.at(3).text) throw differs();
  } else if (what == "opened" || what == "closed") {
    if (!header.has_link_changed() || header.link_changed().open() != (what == "opened")) throw differs();
  } else if (what == "approval" || what == "no") {
    if (!header.has_approval_changed() || header.approval_changed().needed() != (what == "approval")) throw differs();
  } else if (what == "asked") {
    if (!header.has_join_asked()) throw differs();
  } else if (what == "withdrew") {
    if (!header.has_join_withdrawn()) throw differs();
  } else if (what == "rejected") {
    const auto& rejected = header.joins_rejected().accounts();
    if (std::vector<std::uint64_t>(rejected.begin(), rejected.end()) != accounts(line, 3, end)) throw differs();
  } else {
    const v1::MembersChanged& change = header.members_changed();
    const auto& changed = what == "added"     ? change.added()
                          : what == "removed" ? change.removed()
                          : what == "demoted" ? change.demoted()
                                              : change.promoted();
    std::vector<std::uint64_t> wanted{stage_.account(who.owner).value};  // "ben< team removed": himself
    if (end > 3) wanted = accounts(line, 3, end);
    if (std::vector<std::uint64_t>(changed.begin(), changed.end()) != wanted) throw differs();
  }
}

bool Script::group_change(const Line& line) {
  v1::ClientFrame frame;
  if (are(line, 0, {"*", "leaves", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_leave_group()->set_conversation(stage_.conversation(who, line[2].text).value);
    stage_.ask(who, std::move(frame), refusal_);
    return true;
  }
  if (are(line, 0, {"*", "renames", "*", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_rename_group()->set_conversation(stage_.conversation(who, line[2].text).value);
    frame.mutable_rename_group()->set_name(line[3].text);
    stage_.ask(who, std::move(frame), refusal_);
    return true;
  }
  if (are(line, 0, {"*", "describes", "*", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_change_group()->set_conversation(stage_.conversation(who, line[2].text).value);
    frame.mutable_change_group()->set_description(line[3].text);
    stage_.ask(who, std::move(frame), refusal_);
    return true;
  }
  if (line.size() < 5) return false;
  const std::string& what = line[1].text;
  if (what != "adds" && what != "removes" && what != "promotes" && what != "demotes") return false;
  Actor& who = stage_.actor(line[0].text);
  v1::ChangeMembers& change = *frame.mutable_change_members();
  change.set_conversation(stage_.conversation(who, line.back().text).value);
  for (std::uint64_t account : accounts(line, 2, line.size() - 2)) {
    if (what == "adds") change.add_add(account);
    if (what == "removes") change.add_remove(account);
    if (what == "promotes") change.add_promote(account);
    if (what == "demotes") change.add_demote(account);
  }
  stage_.ask(who, std::move(frame), refusal_);
  return true;
}

}  // namespace homing::scenario
