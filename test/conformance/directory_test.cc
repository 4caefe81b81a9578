// What every Directory does.
#include <algorithm>

#include "suite.h"

namespace homing::test {
namespace {

Account account(std::uint64_t id, std::string phone) {
  Account account;
  account.id = AccountId{id};
  account.phone = std::move(phone);
  account.name = "Ana";
  account.blocked = {AccountId{3}};
  return account;
}

Ticket ticket(std::string key) {
  Ticket ticket;
  ticket.key = std::move(key);
  ticket.hash[5] = 7;
  ticket.issued = Time{5};
  ticket.expires = Time{17};
  ticket.attempts_left = 5;
  return ticket;
}

TEST_P(DirectorySuite, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(run(directory().account(AccountId{1})).error().code, Code::not_found);
  EXPECT_EQ(run(directory().account_by_phone("+1")).error().code, Code::not_found);
  EXPECT_EQ(run(directory().device(DeviceId{1})).error().code, Code::not_found);
  EXPECT_EQ(run(directory().ticket("invite/1")).error().code, Code::not_found);
  EXPECT_EQ(run(directory().conversation(ConversationId{1})).error().code, Code::not_found);
  EXPECT_TRUE(run(directory().devices_of(AccountId{1}))->empty());
  EXPECT_TRUE(run(directory().marks(ConversationId{1}))->empty());
  EXPECT_TRUE(run(directory().conversations_of(AccountId{1}, {}, 5))->items.empty());
}

TEST_P(DirectorySuite, RecordsComeBackWithTheirNextVersionAlsoAfterACrash) {
  Account ana = account(1, "+15551230001");
  Device phone;
  phone.id = DeviceId{2};
  phone.account = ana.id;
  phone.secret_hash[3] = 9;
  Ticket invite = ticket("invite/x");
  EXPECT_EQ(run(directory().put(ana)), 1u);
  EXPECT_EQ(run(directory().put(phone)), 1u);
  EXPECT_EQ(run(directory().put(invite)), 1u);
  ana.version = phone.version = invite.version = 1;

  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(**run(directory().account(ana.id)), ana);
    EXPECT_EQ(run(directory().account_by_phone("+15551230001")), ana.id);
    EXPECT_EQ(**run(directory().device(phone.id)), phone);
    EXPECT_EQ(*run(directory().ticket("invite/x")), invite);
    ASSERT_EQ(run(directory().devices_of(ana.id))->size(), 1u);
    crash();
  }
}

TEST_P(DirectorySuite, AnOldVersionIsAConflict) {
  Account ana = account(1, "+15551230001");
  EXPECT_EQ(run(directory().put(ana)), 1u);
  EXPECT_EQ(run(directory().put(ana)).error().code, Code::conflict);
  ana.version = 1;
  ana.name = "Anna";
  EXPECT_EQ(run(directory().put(ana)), 2u);
  EXPECT_EQ(run(directory().put(ana)).error().code, Code::conflict);
  EXPECT_EQ((*run(directory().account(ana.id)))->name, "Anna");

  Account nobody = account(9, "+15551230009");
  nobody.version = 4;
  EXPECT_EQ(run(directory().put(nobody)).error().code, Code::conflict);
  EXPECT_EQ(run(directory().account_by_phone("+15551230009")).error().code, Code::not_found);
}

TEST_P(DirectorySuite, OfTwoChangesAtTheSameMomentOneHasAConflict) {
  Device device;
  device.id = DeviceId{2};
  auto one = begin(directory().put(device));
  auto two = begin(directory().put(device));

  auto first = end(one), second = end(two);

  EXPECT_EQ(first.has_value() + second.has_value(), 1);
  EXPECT_EQ((*run(directory().device(device.id)))->version, 1u);
}

TEST_P(DirectorySuite, APhoneBelongsToOneActiveAccount) {
  Account ana = account(1, "+15551230001"), ben = account(2, "+15551230001");
  ASSERT_TRUE(run(directory().put(ana)));
  EXPECT_EQ(run(directory().put(ben)).error().code, Code::phone_taken);
  EXPECT_EQ(run(directory().account(ben.id)).error().code, Code::not_found);

  ana.version = 1;
  ana.life = Life::ended;
  ASSERT_TRUE(run(directory().put(ana)));
  EXPECT_EQ(run(directory().account_by_phone("+15551230001")).error().code, Code::not_found);
  ASSERT_TRUE(run(directory().put(ben)));

  EXPECT_EQ(run(directory().account_by_phone("+15551230001")), ben.id);
  EXPECT_EQ((*run(directory().account(ana.id)))->life, Life::ended);
}

TEST_P(DirectorySuite, APhoneTakenAtTheSameMomentIsTakenOnce) {
  auto one = begin(directory().put(account(1, "+15551230001")));
  auto two = begin(directory().put(account(2, "+15551230001")));

  auto first = end(one), second = end(two);

  ASSERT_EQ(first.has_value() + second.has_value(), 1);
  EXPECT_EQ((first ? second : first).error().code, Code::phone_taken);
}

TEST_P(DirectorySuite, AChangedPhoneFreesTheOldOne) {
  Account ana = account(1, "+15551230001");
  ASSERT_TRUE(run(directory().put(ana)));
  ana.version = 1;
  ana.phone = "+15551230002";
  ASSERT_TRUE(run(directory().put(ana)));

  EXPECT_EQ(run(directory().account_by_phone("+15551230001")).error().code, Code::not_found);
  EXPECT_EQ(run(directory().account_by_phone("+15551230002")), ana.id);
  EXPECT_TRUE(run(directory().put(account(2, "+15551230001"))));
}

TEST_P(DirectorySuite, ATicketIsUsedOnce) {
  ASSERT_TRUE(run(directory().put(ticket("code/+1"))));
  Ticket code = *run(directory().ticket("code/+1"));

  auto one = begin(directory().erase(code));
  auto two = begin(directory().erase(code));
  auto first = end(one), second = end(two);

  ASSERT_EQ(first.has_value() + second.has_value(), 1);
  EXPECT_EQ((first ? second : first).error().code, Code::conflict);
  crash();
  EXPECT_EQ(run(directory().ticket("code/+1")).error().code, Code::not_found);
  EXPECT_TRUE(run(directory().put(ticket("code/+1"))));  // a new one may be issued under the same key
}

TEST_P(DirectorySuite, TicketsAreListedInPagesByKey) {
  for (const char* key : {"invite/b", "code/+12", "code/+1", "invite/a"})
    ASSERT_TRUE(run(directory().put(ticket(key))));
  ASSERT_TRUE(run(directory().erase(*run(directory().ticket("invite/a")))));

  auto first = run(directory().tickets("", 2));
  ASSERT_TRUE(first);
  ASSERT_EQ(first->items.size(), 2u);
  EXPECT_EQ(first->more, More::yes);
  EXPECT_EQ(first->items[0], *run(directory().ticket("code/+1")));
  EXPECT_EQ(first->items[1].key, "code/+12");
  auto second = run(directory().tickets("code/+12", 2));
  ASSERT_TRUE(second);
  ASSERT_EQ(second->items.size(), 1u);
  EXPECT_EQ(second->items[0].key, "invite/b");
  EXPECT_EQ(second->more, More::no);
}

TEST_P(DirectorySuite, ATicketThatMovedIsNotErased) {
  ASSERT_TRUE(run(directory().put(ticket("code/+1"))));
  Ticket old = *run(directory().ticket("code/+1"));
  ASSERT_EQ(run(directory().put(old)), 2u);

  EXPECT_EQ(run(directory().erase(old)).error().code, Code::conflict);
  EXPECT_TRUE(run(directory().ticket("code/+1")));
}

TEST_P(DirectorySuite, DevicesOfAnAccountAreItsOwn) {
  Person ana = person(), ben = person();
  DeviceId tablet = device_of(ana.account);
  reopen();

  auto hers = run(directory().devices_of(ana.account));

  ASSERT_TRUE(hers);
  ASSERT_EQ(hers->size(), 2u);
  EXPECT_TRUE(std::ranges::any_of(*hers, [&](const Device& device) { return device.id == tablet; }));
  EXPECT_EQ(run(directory().devices_of(ben.account))->size(), 1u);
}

TEST_P(DirectorySuite, AccountsComeInPagesById) {
  for (std::uint64_t id : {5, 1, 9, 3}) {
    ASSERT_TRUE(run(directory().put(account(id, "+1555123000" + std::to_string(id)))));
  }

  auto page = run(directory().accounts(AccountId{1}, 2));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items[0].id, AccountId{3});
  EXPECT_EQ(page->items[1].id, AccountId{5});
  EXPECT_EQ(page->more, More::yes);
  page = run(directory().accounts(AccountId{5}, 2));
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->more, More::no);
}

TEST_P(DirectorySuite, ConversationsOfAnAccountComeInPagesById) {
  Person ana = person(), ben = person(), cy = person();
  std::vector<ConversationId> all;
  for (int i = 0; i < 5; ++i) all.push_back(talk({ana, ben}));
  talk({ben, cy});
  std::ranges::sort(all);

  for (int round = 0; round < 2; ++round) {
    auto page = run(directory().conversations_of(ana.account, all[0], 3));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->items, std::vector<ConversationId>(all.begin() + 1, all.begin() + 4));
    EXPECT_EQ(page->more, More::yes);
    page = run(directory().conversations_of(ana.account, all[3], 3));
    EXPECT_EQ(page->items, std::vector<ConversationId>{all[4]});
    EXPECT_EQ(page->more, More::no);
    crash();
  }
}

TEST_P(DirectorySuite, ConversationsOfAnAccountComeByTheirLastEventToo) {
  Person ana = person(), ben = person(), cy = person();
  EXPECT_TRUE(run(directory().newest_conversations_of(ana.account, 5))->empty());
  ConversationId one = talk({ana, ben}), two = talk({ana, ben}), three = talk({ana, ben});
  talk({ben, cy});
  say(two, ben, "the newest");

  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(run(directory().newest_conversations_of(ana.account, 5)), (std::vector{two, three, one}));
    EXPECT_EQ(run(directory().newest_conversations_of(ana.account, 2)), (std::vector{two, three}));
    if (round == 0) flush();
    if (round == 1) crash();
  }
  say(one, ana, "and now this");
  EXPECT_EQ(run(directory().newest_conversations_of(ana.account, 1)), std::vector{one});
}

TEST_P(DirectorySuite, WhoLeftAConversationStillFindsIt) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  Draft change = draft(id, ana, "ben goes");
  change.becomes = **run(directory().conversation(id));
  change.becomes->members[1].until = kThisEvent;
  ASSERT_TRUE(run(log().append(change)));

  EXPECT_EQ(run(directory().conversations_of(ben.account, {}, 5))->items, std::vector<ConversationId>{id});
}

TEST_P(DirectorySuite, MarksTakeTheLarger) {
  ConversationId id{4};
  AccountId ana{1}, ben{2};
  auto first = run(directory().merge(id, ana, Receipt{Seq{5}, Seq{3}, Seq{3}}, Durable::later));
  auto second = run(directory().merge(id, ana, Receipt{Seq{4}, Seq{4}, Seq{4}}, Durable::later));
  auto other = run(directory().merge(id, ben, Receipt{Seq{1}, {}, {}}, Durable::later));

  ASSERT_TRUE(first && second && other);
  EXPECT_EQ(first->was, Receipt{});
  EXPECT_EQ(second->was, (Receipt{Seq{5}, Seq{3}, Seq{3}}));
  EXPECT_EQ(second->is, (Receipt{Seq{5}, Seq{4}, Seq{4}}));
  ASSERT_EQ(other->before.size(), 1u);
  EXPECT_EQ(other->before[0], (MemberReceipt{ana, Receipt{Seq{5}, Seq{4}, Seq{4}}}));
  reopen();
  EXPECT_EQ(run(directory().marks(id))->size(), 2u);
}

TEST_P(DirectorySuite, AMergeThatMovesNothingSaysSo) {
  ConversationId id{4};
  AccountId ana{1};
  ASSERT_TRUE(run(directory().merge(id, ana, Receipt{Seq{5}, Seq{3}, Seq{3}}, Durable::later)));

  auto again = run(directory().merge(id, ana, Receipt{Seq{5}, Seq{2}, Seq{1}}, Durable::later));

  ASSERT_TRUE(again);
  EXPECT_EQ(again->was, again->is);
  EXPECT_TRUE(again->before.empty());
}

TEST_P(DirectorySuite, MarksThatMustBeDurableSurviveACrashWithWhatCameBefore) {
  Person ana = person(), ben = person();
  ConversationId id = talk({ana, ben});
  ASSERT_TRUE(run(directory().merge(id, ben.account, Receipt{Seq{1}, {}, {}}, Durable::later)));
  post({marks_moved(ana.account, id)});

  auto now = run(directory().merge(id, ana.account, Receipt{Seq{1}, Seq{1}, Seq{1}}, Durable::now));
  ASSERT_TRUE(now);
  crash();

  auto marks = run(directory().marks(id));
  ASSERT_TRUE(marks);
  ASSERT_EQ(marks->size(), 2u);
  for (const MemberReceipt& mark : *marks) EXPECT_EQ(mark.receipt.delivered, Seq{1});
  EXPECT_EQ(notices(ana.account).size(), 1u);
}

TEST_P(DirectorySuite, ADurableMergeIsDurableAlsoWhenItMovesNothing) {
  ConversationId id{4};
  AccountId ana{1};
  ASSERT_TRUE(run(directory().merge(id, ana, Receipt{Seq{5}, Seq{5}, Seq{5}}, Durable::later)));
  ASSERT_TRUE(run(directory().merge(id, ana, Receipt{Seq{5}, Seq{5}, Seq{5}}, Durable::now)));

  crash();

  auto marks = run(directory().marks(id));
  ASSERT_TRUE(marks);
  ASSERT_EQ(marks->size(), 1u);
  EXPECT_EQ(marks->front().receipt, (Receipt{Seq{5}, Seq{5}, Seq{5}}));
}

}  // namespace
}  // namespace homing::test
