// Files over the stores in memory, and the vocabulary of their tests.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <optional>

#include "base/check.h"
#include "blob/memory_blobs.h"
#include "chat/files.h"
#include "chat/uploads.h"
#include "store/memory.h"
#include "wire/limits.h"
#include "wire/seal.h"

namespace homing::chat {

using std::chrono::hours;

inline constexpr AccountId kAna{1}, kBen{2}, kCy{3};
inline constexpr ConversationId kTeam{77};

class ManualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Task<void> sleep(std::chrono::milliseconds duration) override {
    now_ = now_ + duration;
    co_return;
  }
  void pass(std::chrono::milliseconds duration) { now_ = now_ + duration; }

 private:
  Time now_{1'700'000'000'000};
};

// Says what the test told it.
class ScriptedInspector final : public Inspector {
 public:
  Task<Result<Inspection>> inspect(OpenBlob, std::string claimed, Metadata metadata) override {
    if (meanwhile) co_await meanwhile();
    if (refusal) co_return fail(*refusal);
    Inspection seen;
    seen.mime_type = claimed.empty() ? "text/plain" : claimed;
    if (metadata == Metadata::strip) seen.rewritten = "plain";
    co_return seen;
  }
  std::optional<Code> refusal;
  std::function<Task<void>()> meanwhile;  // what others do while it looks
};

class FilesTest : public testing::Test {
 protected:
  FilesTest() { restart({}); }

  void restart(FileLimits limits) {
    files_.emplace(store_.shelf(), blobs_, inspector_, store_.directory(), store_.log(), clock_, random_, limits);
    uploads_.emplace(*files_, store_.shelf(), blobs_, clock_, random_);
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> answer;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error, T value) {
      CHECK(!error) << "thrown";
      answer.emplace(std::move(value));
    });
    io_.restart();
    io_.run();
    CHECK(answer) << "no answer";
    return std::move(*answer);
  }

  Result<File> upload(AccountId owner, const std::string& bytes,
                      NewFile about = {"notes.txt", "", Metadata::keep, {}}) {
    auto writer = run(files_->begin(owner, bytes.size()));
    if (!writer) return std::unexpected(writer.error());
    if (auto written = run((*writer)->write(bytes)); !written) return std::unexpected(written.error());
    auto stored = run((*writer)->finish());
    if (!stored) return std::unexpected(stored.error());
    return run(files_->add(owner, std::move(*stored), std::move(about)));
  }

  // An event in a conversation; the first one makes it.
  Envelope say(AccountId author, std::vector<std::string> media, ConversationId in = kTeam, Time expires = {},
               std::vector<AccountId> hidden_from = {}) {
    Event event;
    event.header.author = author;
    event.header.media = std::move(media);
    event.header.expires = expires;
    return append(in, std::move(event), std::nullopt, std::move(hidden_from));
  }
  void make(ConversationId id, std::vector<AccountId> members) {
    Event event;
    event.header.author = members.front();
    event.header.kind = GroupCreated{"team", members};
    Conversation conversation;
    conversation.id = id;
    conversation.kind = ConversationKind::group;
    for (AccountId member : members) conversation.members.push_back(Membership{member, Role::member, kThisEvent, {}});
    append(id, std::move(event), std::move(conversation), {});
  }
  void remove(AccountId who, ConversationId from = kTeam) {
    Conversation conversation = **run(store_.directory().conversation(from));
    for (Membership& membership : conversation.members) {
      if (membership.account == who && membership.active()) membership.until = kThisEvent;
    }
    Event event;
    event.header.author = kAna;
    event.header.kind = MembersChanged{{}, {who}, {}};
    append(from, std::move(event), std::move(conversation), {});
  }
  void let_in(AccountId who, ConversationId into = kTeam) {
    Conversation conversation = **run(store_.directory().conversation(into));
    conversation.members.push_back(Membership{who, Role::member, kThisEvent, {}});
    Event event;
    event.header.author = kAna;
    event.header.kind = MembersChanged{{who}, {}, {}};
    append(into, std::move(event), std::move(conversation), {});
  }
  void picture(ConversationId of, const std::string& file) {
    Conversation conversation = **run(store_.directory().conversation(of));
    conversation.picture = file;
    Event event;
    event.header.author = kAna;
    event.header.kind = Pictured{};
    event.header.media = {file};
    append(of, std::move(event), std::move(conversation), {});
  }
  Envelope append(ConversationId id, Event event, std::optional<Conversation> becomes,
                  std::vector<AccountId> hidden_from) {
    Draft draft;
    draft.conversation = id;
    draft.device = DeviceId{event.header.author.value * 10};
    random_.fill(draft.client_id);
    auto known = run(store_.directory().conversation(id));
    draft.expects = known ? (*known)->version : Version{};
    draft.sealed = wire::seal(event, std::move(hidden_from));
    draft.becomes = std::move(becomes);
    auto envelope = run(store_.log().append(std::move(draft)));
    CHECK(envelope) << envelope.error().detail << static_cast<int>(envelope.error().code);
    if (!tells_) return *envelope;
    std::vector<Envelope> told{*envelope};
    EXPECT_TRUE(run(files_->shown(told)));
    return *envelope;
  }

  Code seen_by(AccountId account, const FileId& id) { return code(run(files_->find(account, id))); }
  Code sent_by(AccountId account, const FileId& id) {
    return code(run(files_->claim(account, std::vector<FileId>{id})));
  }
  template <class T>
  static Code code(const Result<T>& result) {
    return result ? Code{} : result.error().code;
  }

  Swept sweep(Sweep how = Sweep::real) {
    Swept sum;
    std::string place;
    do {
      auto step = run(files_->sweep(place, how));
      CHECK(step) << step.error().detail;
      sum.files += step->swept.files;
      sum.blobs += step->swept.blobs;
      sum.bytes += step->swept.bytes;
      sum.uploads += step->swept.uploads;
      place = step->next;
    } while (!place.empty());
    return sum;
  }
  std::vector<std::string> found(AccountId account, const std::string& part) {
    std::vector<std::string> names;
    std::string after;
    do {
      auto page = run(files_->search(account, part, 2, after));
      CHECK(page) << page.error().detail;
      for (const FoundFile& f : page->files) names.push_back(f.file.name);
      after = page->next;
    } while (!after.empty());
    return names;
  }

  bool tells_ = true;  // what is said is told to Files at once
  boost::asio::io_context io_;
  ManualClock clock_;
  SeededRandom random_{5};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  MemoryBlobDisk blob_disk_;
  MemoryBlobs blobs_{blob_disk_, 1 << 20};
  ScriptedInspector inspector_;
  std::optional<Files> files_;
  std::optional<Uploads> uploads_;
};

inline constexpr Code kFine{};

}  // namespace homing::chat
