// Files in a real data folder: what the check finds, and what the operator's sweep leaves alone.
#include "server/check_files.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "base/random.h"
#include "chat/files.h"
#include "server/operator.h"
#include "server/storage.h"
#include "wire/seal.h"

namespace homing::server {
namespace {

namespace fs = std::filesystem;

class EverythingIsText final : public Inspector {
 public:
  Task<Result<Inspection>> inspect(OpenBlob, std::string, Metadata) override {
    Inspection seen;
    seen.mime_type = "text/plain";
    co_return seen;
  }
};

class CheckFilesTest : public testing::Test {
 protected:
  CheckFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "homing-files-XXXXXX").string();
    data_ = mkdtemp(pattern.data());
    storage_ = std::move(*Storage::open(data_));
    files_.emplace(storage_->shelf(), storage_->blobs(), inspector_, storage_->directory(), storage_->log(), clock_,
                   random_);
  }
  ~CheckFilesTest() override {
    close();
    fs::remove_all(data_);
  }
  void close() {
    files_.reset();
    if (storage_) storage_->close();
    storage_.reset();
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> answer;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error, T value) {
      EXPECT_FALSE(error);
      answer.emplace(std::move(value));
    });
    while (!answer) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
    return std::move(*answer);
  }

  File upload(const std::string& bytes) {
    auto writer = run(files_->begin(AccountId{1}, bytes.size()));
    EXPECT_TRUE(run((*writer)->write(bytes)));
    chat::NewFile about{"a.txt", "", Metadata::keep, {}};
    return *run(files_->add(AccountId{1}, *run((*writer)->finish()), std::move(about)));
  }
  // An event that no Delivery has told anybody of.
  void say(const FileId& shown) {
    Conversation conversation;
    conversation.id = ConversationId{7};
    conversation.kind = ConversationKind::group;
    conversation.members = {Membership{AccountId{1}, Role::admin, kThisEvent, {}}};
    Event event;
    event.header.author = AccountId{1};
    event.header.kind = GroupCreated{"team", {AccountId{1}}};
    event.header.media = {shown};
    Draft draft;
    draft.conversation = conversation.id;
    draft.device = DeviceId{1};
    draft.sealed = wire::seal(event);
    draft.becomes = conversation;
    ASSERT_TRUE(run(storage_->log().append(std::move(draft))));
  }
  fs::path path_of(const File& file) const {
    return blobs_path(data_) / file.blob.hex.substr(0, 2) / file.blob.hex.substr(2, 2) / file.blob.hex;
  }
  // With the operator's command, every file that nothing shows.
  std::string sweep(const char* line = R"({"command":"media.sweep"})") {
    Operator way(data_, chat::FileLimits{.unused = std::chrono::milliseconds(0)});
    std::vector<std::string> lines{line};
    auto answers = way.ask(std::move(lines));
    return answers ? answers->front() : answers.error().detail;
  }

  fs::path data_;
  SystemClock clock_;
  SystemRandom random_;
  EverythingIsText inspector_;
  boost::asio::io_context io_;
  std::unique_ptr<Storage> storage_;
  std::optional<chat::Files> files_;
};

TEST_F(CheckFilesTest, FilesWithTheirBytesAreFine) {
  upload("one");
  upload("one");
  upload("two");
  close();

  auto report = check_files(data_);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->files, 3u);
  EXPECT_EQ(report->blobs, 2u);
  EXPECT_EQ(report->bytes, 6u);
  EXPECT_EQ(report->orphans, 0u);
  EXPECT_TRUE(report->problems.empty());
}

TEST_F(CheckFilesTest, BytesThatAreMissingDamagedOrNobodysAreNamed) {
  File missing = upload("missing");
  File damaged = upload("damaged");
  auto writer = run(files_->begin(AccountId{1}, 6));
  ASSERT_TRUE(run((*writer)->write("orphan")));
  ASSERT_TRUE(run((*writer)->finish()));
  writer->reset();
  close();
  fs::remove(path_of(missing));
  std::ofstream(path_of(damaged)) << "DAMAGED";
  std::ofstream(blobs_path(data_) / "tmp" / "1") << "half";

  auto report = check_files(data_);

  ASSERT_TRUE(report);
  ASSERT_EQ(report->problems.size(), 2u);
  EXPECT_NE(report->problems[0].find(damaged.blob.hex), std::string::npos);
  EXPECT_NE(report->problems[1].find(missing.id), std::string::npos);
  EXPECT_EQ(report->orphans, 1u);
}

TEST_F(CheckFilesTest, TheOperatorsSweepKeepsWhatAnUnpostedMessageShows) {
  File shown = upload("shown");
  File unused = upload("unused");
  say(shown.id);
  close();

  EXPECT_EQ(sweep(R"({"command":"media.sweep","dry_run":true})"),
            R"({"result":{"dry_run":true,"files":1,"blobs":1,"bytes":6,"uploads":0}})");
  EXPECT_TRUE(fs::exists(path_of(unused)));
  EXPECT_EQ(sweep(), R"({"result":{"dry_run":false,"files":1,"blobs":1,"bytes":6,"uploads":0}})");

  EXPECT_TRUE(fs::exists(path_of(shown)));
  EXPECT_FALSE(fs::exists(path_of(unused)));
  EXPECT_TRUE(check_files(data_)->problems.empty());
}

}  // namespace
}  // namespace homing::server
