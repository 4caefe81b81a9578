// The part of the language about the links by which people join groups.
#include <algorithm>

#include "script.h"

namespace homing::scenario {

// ana opens team; ana closes team; ana wants approval in team; ana wants no approval in team
bool Script::changes_link(const Line& line) {
  v1::ClientFrame frame;
  v1::ChangeGroup& change = *frame.mutable_change_group();
  bool opens = whole(line, {"*", "opens", "*"});
  if (opens) {
    change.set_link(v1::renew);
  } else if (whole(line, {"*", "closes", "*"})) {
    change.set_link(v1::revoke);
  } else if (whole(line, {"*", "wants", "approval", "in", "*"})) {
    change.set_approval(true);
  } else if (whole(line, {"*", "wants", "no", "approval", "in", "*"})) {
    change.set_approval(false);
  } else {
    return false;
  }
  Actor& who = stage_.actor(line[0].text);
  const std::string& group = line.back().text;
  change.set_conversation(stage_.conversation(who, group).value);
  stage_.ask(who, std::move(frame), refusal_);
  if (!opens || !refusal_.empty()) return true;
  v1::ClientFrame get;
  get.mutable_get_group_link()->set_conversation(stage_.conversation(who, group).value);
  std::uint64_t request = stage_.ask(who, std::move(get), {});
  old_links_[group] = links_[group];
  links_[group] = stage_.answer(who, request).group_link().code();
  return true;
}

// dan joins team; dan joins team by the old link; dan asks to join team
bool Script::joins(const Line& line) {
  bool asks = whole(line, {"*", "asks", "to", "join", "*"});
  bool old = whole(line, {"*", "joins", "*", "by", "the", "old", "link"});
  if (!asks && !old && !whole(line, {"*", "joins", "*"})) return false;
  const std::string& group = line[asks ? 4 : 2].text;
  Actor& who = stage_.actor(line[0].text);
  v1::ClientFrame frame;
  std::string code = old ? old_links_[group] : links_[group];
  frame.mutable_join_group()->set_code(group == "nothing" ? std::string(38, '0') : code);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (refusal_.empty() && stage_.answer(who, request).joined().asked() != asks)
    throw Mismatch(asks ? "it was let in at once" : "it must wait for an admin");
  return true;
}

bool Script::link(const Line& line) {
  if (changes_link(line) || joins(line)) return true;
  v1::ClientFrame frame;
  if (are(line, 0, {"*", "previews", "*", "as"})) {
    previews(stage_.actor(line[0].text), line);
  } else if (whole(line, {"*", "withdraws", "from", "*"})) {
    Actor& who = stage_.actor(line[0].text);
    frame.mutable_withdraw_join()->set_conversation(stage_.conversation(who, line[3].text).value);
    stage_.ask(who, std::move(frame), refusal_);
  } else if (line.size() >= 5 && (line[1].text == "approves" || line[1].text == "rejects")) {
    Actor& who = stage_.actor(line[0].text);
    v1::ReviewJoins& review = *frame.mutable_review_joins();
    review.set_conversation(stage_.conversation(who, line.back().text).value);
    review.set_approve(line[1].text == "approves");
    for (std::uint64_t account : accounts(line, 2, line.size() - 2)) review.add_accounts(account);
    stage_.ask(who, std::move(frame), refusal_);
  } else if (are(line, 0, {"*", "sees", "asking", "in", "*"})) {
    sees_asking(stage_.actor(line[0].text), line);
  } else {
    return false;
  }
  return true;
}

// dan previews team as outside of 3
void Script::previews(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  frame.mutable_preview_group()->set_code(links_[line[2].text]);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  const v1::GroupPreview& preview = stage_.answer(who, request).group_preview();
  std::string place = preview.member() ? "member" : preview.asked() ? "asked" : "outside";
  std::string is = place + " of " + std::to_string(preview.members()) + (preview.approval() ? " approval" : "");
  std::string wanted;
  for (std::size_t i = 4; i < line.size(); ++i) wanted += (wanted.empty() ? "" : " ") + line[i].text;
  if (is != wanted) throw Mismatch("it is: " + is);
  if (preview.name() != line[2].text) throw Mismatch("it is called " + preview.name());
}

// ana sees asking in team dan eve
void Script::sees_asking(Actor& who, const Line& line) {
  v1::ClientFrame frame;
  frame.mutable_get_joins()->set_conversation(stage_.conversation(who, line[4].text).value);
  std::uint64_t request = stage_.ask(who, std::move(frame), refusal_);
  if (!refusal_.empty()) return;
  std::string is, wanted;
  for (const v1::JoinRequest& asked : stage_.answer(who, request).joins().requests()) {
    is += " " + stage_.name_of(AccountId{asked.account()});
  }
  for (std::size_t i = 5; i < line.size(); ++i) wanted += " " + line[i].text;
  if (is != (wanted == " nobody" ? "" : wanted)) throw Mismatch("they are:" + is);
}

}  // namespace homing::scenario
