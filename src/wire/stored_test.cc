#include "wire/stored.h"

#include <gtest/gtest.h>

#include "wire/seal.h"

namespace homing::wire {
namespace {

Envelope group_envelope() {
  Event event;
  event.header.author = AccountId{11};
  event.header.kind = MembersChanged{{AccountId{1}}, {AccountId{2}, AccountId{3}}, {}};
  event.header.mentions = {AccountId{9}};
  ClientId id{};
  id[0] = 42;
  return Envelope{ConversationId{5}, Seq{3}, Commit{9}, Time{17}, DeviceId{2}, id, seal(event, {AccountId{8}})};
}

TEST(Stored, EnvelopeComesBackWhole) {
  Envelope envelope = group_envelope();

  auto loaded = load_envelope(store(envelope, Version{4}), Commit{9});

  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->version, Version{4});
  EXPECT_EQ(loaded->envelope.conversation, envelope.conversation);
  EXPECT_EQ(loaded->envelope.seq, envelope.seq);
  EXPECT_EQ(loaded->envelope.commit, Commit{9});
  EXPECT_EQ(loaded->envelope.time, envelope.time);
  EXPECT_EQ(loaded->envelope.device, envelope.device);
  EXPECT_EQ(loaded->envelope.client_id, envelope.client_id);
  EXPECT_EQ(loaded->envelope.sealed->header, envelope.sealed->header);
  EXPECT_EQ(loaded->envelope.sealed->bytes, envelope.sealed->bytes);
  EXPECT_EQ(loaded->envelope.sealed->hidden_from, envelope.sealed->hidden_from);
}

TEST(Stored, EveryKindOfEventComesBack) {
  const EventKind kinds[] = {Posted{},
                             GroupCreated{"team", {AccountId{1}}, "about tea", Approval::needed},
                             Renamed{"x"},
                             MembersChanged{{AccountId{1}}, {AccountId{2}}, {AccountId{3}}, {AccountId{4}}},
                             Reacted{Seq{3}},
                             Edited{Seq{3}},
                             Deleted{Seq{3}},
                             Described{"about tea"},
                             Pictured{},
                             ApprovalChanged{Approval::needed},
                             LinkChanged{LinkChange::renew},
                             JoinAsked{},
                             JoinWithdrawn{},
                             JoinsRejected{{AccountId{5}}}};
  static_assert(std::size(kinds) == std::variant_size_v<EventKind>);
  for (const EventKind& kind : kinds) {
    Event event;
    event.header.author = AccountId{1};
    event.header.kind = kind;
    auto back = unseal(seal(event)->bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ((*back)->header.kind, kind) << kind.index();
  }
}

TEST(Stored, TruncatedEnvelopesAreRefused) {
  std::string bytes = store(group_envelope(), Version{4});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(load_envelope(bytes.substr(0, size), Commit{9})) << size;
  }
}

TEST(Stored, RecordsComeBackWhole) {
  Account account{AccountId{1},         "+15551230001", "Ana",       "hi", Time{5},
                  ReadReceipts::hidden, {AccountId{2}}, Life::ended, 7};
  account.picture = "17";
  EXPECT_EQ(load_account(store(account)), account);
  account.privacy = Privacy{Audience::nobody, Audience::contacts, Audience::nobody};
  EXPECT_EQ(load_account(store(account)), account);

  Device device{DeviceId{1}, AccountId{2}, {}, "phone", Time{5}, Life::active, 3};
  device.secret_hash[31] = 9;
  EXPECT_EQ(load_device(store(device)), device);

  Conversation conversation{ConversationId{1}, ConversationKind::group, Encoding::mls, "team", {}, Version{3}, Time{5}};
  conversation.members = {Membership{AccountId{1}, Role::admin, Seq{1}, {}},
                          Membership{AccountId{2}, Role::member, Seq{1}, Seq{3}}};
  EXPECT_EQ(load_conversation(store(conversation)), conversation);
  conversation.members[1].ending = Ending::removed;
  conversation.description = "about tea";
  conversation.picture = "17";
  conversation.link = "code";
  conversation.approval = Approval::needed;
  conversation.requests = {JoinRequest{AccountId{3}, Time{6}}};
  EXPECT_EQ(load_conversation(store(conversation)), conversation);

  Ticket ticket{"code/+15551230001", {}, Time{1}, Time{2}, 5, 6};
  EXPECT_EQ(load_ticket(store(ticket)), ticket);
  ticket.account = AccountId{9};
  EXPECT_EQ(load_ticket(store(ticket)), ticket);

  File file{"123",   AccountId{1}, "a.jpg", FileKind::image, "image/jpeg", 5,   BlobId{std::string(64, 'a')},
            Time{1}, Time{2},      Time{3}, Time{4},         640,          480, "jpeg",
            Time{5}};
  EXPECT_EQ(load_file(store(file)), file);

  Upload upload{"abc", AccountId{1}, 5, "a.jpg", "image/jpeg", Time{1}, "17", BlobId{std::string(64, 'a')}};
  EXPECT_EQ(load_upload(store(upload)), upload);
  upload.metadata = Metadata::strip;
  EXPECT_EQ(load_upload(store(upload)), upload);

  Receipt receipt{Seq{9}, Seq{7}, Seq{8}};
  EXPECT_EQ(load_receipt(store(receipt)), receipt);
}

TEST(Stored, OtherBytesAreRefused) {
  EXPECT_EQ(load_account("\xff").error().code, Code::corrupt);
  EXPECT_EQ(load_account("").error().code, Code::corrupt);
  EXPECT_EQ(load_device("").error().code, Code::corrupt);
  EXPECT_EQ(load_conversation("").error().code, Code::corrupt);
  EXPECT_EQ(load_ticket("").error().code, Code::corrupt);
  EXPECT_EQ(load_file("").error().code, Code::corrupt);
  EXPECT_EQ(load_file("\xff").error().code, Code::corrupt);
  EXPECT_EQ(load_upload("").error().code, Code::corrupt);
  EXPECT_EQ(unseal("").error().code, Code::corrupt);
  EXPECT_EQ(unseal("hello").error().code, Code::corrupt);
}

}  // namespace
}  // namespace homing::wire
