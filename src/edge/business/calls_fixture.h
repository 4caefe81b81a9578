// Calls and Bots over a store in memory, and the vocabulary of their tests.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "blob/memory_blobs.h"
#include "chat/files.h"
#include "edge/business/calls.h"
#include "events.pb.h"
#include "store/memory.h"

namespace homing::business {

class TestClock final : public Clock {
 public:
  Time now() const override { return time; }
  Task<void> sleep(std::chrono::milliseconds) override { co_return; }
  Time time{1'749'416'383'000};
};

// Files are what they are said to be.
class BelievingInspector final : public Inspector {
 public:
  Task<Result<Inspection>> inspect(OpenBlob, std::string claimed, Metadata) override {
    Inspection seen;
    seen.mime_type = std::move(claimed);
    co_return seen;
  }
};

// A bot, another bot and a person, in a store in memory.
class CallsTest : public ::testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    auto done = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
    return done.get();
  }
  void SetUp() override {
    ana_ = run(accounts_.add("+15551230001", "Ana", "")).value();
    shop_ = know(run(bots_.add("+15551239000", "Shop")).value());
    other_ = know(run(bots_.add("+15551239001", "Other")).value());
  }
  Known know(const NewBot& made) { return run(bots_.authenticate(made.token)).value(); }

  OutgoingMessage text(std::string to = "15551230001") {
    OutgoingMessage message;
    message.input = to;
    message.to = std::move(to);
    v1::Content content;
    content.mutable_text()->set_text("hi");
    message.content = content.SerializeAsString();
    return message;
  }
  Answer<SentMessage> send(OutgoingMessage message, std::string key = {}) {
    return run(calls_.send(shop_, std::move(message), std::move(key), Api::cloud));
  }
  int refusal(OutgoingMessage message) {
    auto sent = send(std::move(message));
    return sent ? 0 : sent.error().code;
  }
  Envelope sent_event(const SentMessage& sent) {
    MessageName name = Wamids(keys_.ids).read(sent.id).value();
    wire::ReadHistory one{name.conversation, Seq{name.seq.value + 1}, 1};
    return run(chat_.history(shop_.caller, one)).value().envelopes.front();
  }
  std::shared_ptr<const Conversation> conversation(ConversationId id) {
    return run(store_.directory().conversation(id)).value();
  }

  TestClock clock_;
  SeededRandom random_{1};
  MemoryDisk disk_;
  MemoryStore store_{disk_, clock_};
  chat::Accounts accounts_{store_.log(), store_.directory(), store_.inbox(), clock_, random_, std::nullopt};
  chat::Hub hub_;
  MemoryBlobDisk blob_disk_;
  MemoryBlobs blobs_{blob_disk_};
  BelievingInspector inspector_;
  chat::Files files_{store_.shelf(), blobs_, inspector_, store_.directory(), store_.log(), clock_, random_};
  chat::Chat chat_{store_.log(), store_.inbox(), store_.directory(), hub_, clock_, random_, &files_};
  Keys keys_ = derive_keys({});
  Bots bots_{store_.shelf(), store_.directory(), accounts_, clock_, random_, keys_};
  Ports ports() {
    Ports ports;
    ports.media = [this](Known, WantedMedia) { return look(); };
    ports.webhooks.emplace();
    ports.webhooks->tell = [this](AccountId, std::function<std::string(Api)> body) { return hear(std::move(body)); };
    return ports;
  }
  // Where every link leads.
  Task<Answer<MediaFacts>> look() {
    ++looked_;
    if (there_) co_return *there_;
    if (gone_) co_return refuse(100, "image[id] is not the id of a media object of this business");
    co_return refuse(131053, "image[link] answered with status 404");
  }
  MediaFacts upload(std::string bytes) {
    auto writer = run(files_.begin(shop_.caller.account, bytes.size())).value();
    EXPECT_TRUE(run(writer->write(std::move(bytes))));
    chat::NewFile about;
    about.mime_type = "image/png";
    auto file = run(files_.add(shop_.caller.account, run(writer->finish()).value(), std::move(about))).value();
    MediaFacts facts;
    facts.id = file.id;
    facts.mime_type = file.mime_type;
    facts.size = file.size;
    return facts;
  }
  Task<Result<void>> hear(std::function<std::string(Api)> body) {
    if (deaf_) co_return fail(*deaf_);
    told_.push_back(body(Api::cloud));
    co_return Result<void>{};
  }
  OutgoingMessage picture(std::string link) {
    OutgoingMessage message = text();
    v1::Content content;
    content.mutable_media()->set_caption("look");
    message.content = content.SerializeAsString();
    message.media = WantedMedia{WantedMedia::Kind::image, "image", {}, std::move(link), {}};
    if (message.media->link.empty()) message.media->id = "17";
    return message;
  }
  Calls::Told told(const Envelope& envelope) {
    Calls::Told told;
    told.bot = shop_.caller.account;
    told.envelope = envelope;
    told.conversation = conversation(envelope.conversation);
    told.person = run(store_.directory().account(ana_.account)).value();
    told.time = clock_.now();
    return told;
  }
  int looked_ = 0;
  std::optional<MediaFacts> there_;
  bool gone_ = false;  // without one: nobody has such a file
  std::optional<Code> deaf_;  // why nobody hears
  std::vector<std::string> told_;
  Calls calls_{chat_,
               bots_,
               Wamids(keys_.ids),
               random_,
               clock_,
               ports(),
               {{5, std::chrono::seconds(1)}, {3, std::chrono::minutes(1)}, {4, std::chrono::seconds(1)}}};
  chat::NewDevice ana_;
  Known shop_, other_;
  boost::asio::io_context io_{1};
};

}  // namespace homing::business
