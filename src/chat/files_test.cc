// Who may see a file and send it, who may not, and what is refused.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "chat/delivery.h"
#include "chat/files_fixture.h"
#include "chat/hub.h"

namespace homing::chat {
namespace {

// --- who may see it ---

TEST_F(FilesTest, TheUploaderHasTheFileAndItsBytes) {
  auto file = upload(kAna, "hello", {"C:\\holiday\\beach.txt", "text/plain", Metadata::keep, {}});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "beach.txt");
  EXPECT_EQ(file->size, 5u);
  EXPECT_LE(file->id.size(), 15u);
  EXPECT_EQ(file->id.find_first_not_of("0123456789"), std::string::npos);

  auto opened = run(files_->open(kAna, file->id));

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->file, *file);
  EXPECT_EQ(run(opened->blob->read(0, 10)), "hello");
}

TEST_F(FilesTest, NobodyElseSeesItAndAGuessLooksTheSame) {
  auto file = upload(kAna, "hello");

  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
  EXPECT_EQ(seen_by(kBen, "123456789"), Code::media_unknown);
  EXPECT_EQ(seen_by(kAna, "123456789"), Code::media_unknown);
  EXPECT_EQ(seen_by(kAna, "../" + file->id), Code::media_unknown);
  EXPECT_EQ(run(files_->find(kBen, file->id)).error().field, "media");
}

TEST_F(FilesTest, WhoIsToldOfAMessageMayFetchItsFilesAtOnceAndOthersNot) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);

  say(kAna, {file->id});

  EXPECT_EQ(seen_by(kBen, file->id), kFine);
  EXPECT_EQ(seen_by(kCy, file->id), Code::media_unknown);
}

TEST_F(FilesTest, WhoWasRemovedFetchesNothingMoreNotEvenWhatTheySaw) {
  make(kTeam, {kAna, kBen, kCy});
  auto file = upload(kAna, "hello");
  say(kAna, {file->id});
  ASSERT_EQ(seen_by(kCy, file->id), kFine);

  remove(kCy);

  EXPECT_EQ(seen_by(kCy, file->id), Code::media_unknown);
  EXPECT_EQ(seen_by(kBen, file->id), kFine);
  auto later = upload(kAna, "after");
  say(kAna, {later->id});
  EXPECT_EQ(seen_by(kCy, later->id), Code::media_unknown);
}

TEST_F(FilesTest, WhoCameLaterSeesWhatIsShownSinceAndAgainWhatTheySawBefore) {
  make(kTeam, {kAna, kBen});
  auto before = upload(kAna, "before");
  say(kAna, {before->id});
  let_in(kCy);
  auto since = upload(kAna, "since");
  say(kAna, {since->id});
  EXPECT_EQ(seen_by(kCy, before->id), Code::media_unknown);
  EXPECT_EQ(seen_by(kCy, since->id), kFine);

  remove(kCy);
  let_in(kCy);

  EXPECT_EQ(seen_by(kCy, since->id), kFine);
  EXPECT_EQ(seen_by(kCy, before->id), Code::media_unknown);
}

TEST_F(FilesTest, WhoBlockedTheSenderDoesNotSeeIt) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");

  say(kAna, {file->id}, kTeam, {}, {kBen});

  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
}

TEST_F(FilesTest, AMessageThatExpiredShowsNothing) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  say(kAna, {file->id}, kTeam, clock_.now() + hours(1));
  clock_.pass(hours(1) - std::chrono::milliseconds(1));
  EXPECT_EQ(seen_by(kBen, file->id), kFine);

  clock_.pass(std::chrono::milliseconds(1));

  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
}

TEST_F(FilesTest, AFileThatExpiredIsGoneForAll) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello", {"a", "", Metadata::keep, clock_.now() + hours(30)});
  say(kAna, {file->id});

  clock_.pass(hours(30));

  EXPECT_EQ(seen_by(kAna, file->id), Code::media_unknown);
  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
  EXPECT_EQ(sweep().files, 1u);
  EXPECT_TRUE(blob_disk_.blobs.empty());
}

TEST_F(FilesTest, SentToVeryManyItIsFoundForEachAndForNobodyElse) {
  auto file = upload(kAna, "newsletter");
  for (std::uint64_t i = 1; i <= 150; ++i) {
    make(ConversationId{1000 + i}, {kAna, AccountId{1000 + i}});
    say(kAna, {file->id}, ConversationId{1000 + i});
  }

  EXPECT_EQ(seen_by(AccountId{1001}, file->id), kFine);
  EXPECT_EQ(seen_by(AccountId{1150}, file->id), kFine);
  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);
}

// --- sending and deleting ---

TEST_F(FilesTest, OwnFilesAndThoseOneSeesMayBeSentOthersNot) {
  make(kTeam, {kAna, kBen});
  auto own = upload(kAna, "own");
  auto shown = upload(kBen, "shown");
  say(kBen, {shown->id});
  auto hidden = upload(kBen, "hidden");

  EXPECT_EQ(sent_by(kAna, own->id), kFine);
  EXPECT_EQ(sent_by(kAna, shown->id), kFine);
  EXPECT_EQ(sent_by(kAna, hidden->id), Code::media_unknown);
  EXPECT_EQ(sent_by(kCy, shown->id), Code::media_unknown);
  EXPECT_EQ(code(run(files_->claim(kAna, std::vector<FileId>{own->id, hidden->id}))), Code::media_unknown);
}

TEST_F(FilesTest, AfterItsOwnerDeletedItReadersKeepItAndNobodySendsIt) {
  make(kTeam, {kAna, kBen});
  auto sent = upload(kAna, "sent");
  say(kAna, {sent->id});
  auto unsent = upload(kAna, "unsent");
  EXPECT_EQ(code(run(files_->erase(kBen, sent->id))), Code::media_unknown);

  EXPECT_EQ(code(run(files_->erase(kAna, sent->id))), kFine);
  EXPECT_EQ(code(run(files_->erase(kAna, unsent->id))), kFine);

  EXPECT_EQ(seen_by(kBen, sent->id), kFine);
  EXPECT_EQ(seen_by(kAna, sent->id), kFine) << "it is in her message too";
  EXPECT_EQ(seen_by(kAna, unsent->id), Code::media_unknown);
  EXPECT_EQ(sent_by(kAna, sent->id), Code::media_unknown);
  EXPECT_EQ(sent_by(kBen, sent->id), Code::media_unknown);
  EXPECT_EQ(code(run(files_->erase(kAna, sent->id))), Code::media_unknown);
}

TEST_F(FilesTest, DeliveryTellsWhatIsShownAlsoAfterACrash) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  tells_ = false;
  say(kAna, {file->id});
  ASSERT_EQ(seen_by(kBen, file->id), Code::media_unknown);
  Hub hub;
  Delivery delivery(store_.log(), store_.inbox(), store_.directory(), hub, clock_, &*files_);

  ASSERT_TRUE(run(delivery.catch_up()));

  EXPECT_EQ(seen_by(kBen, file->id), kFine);
}

TEST_F(FilesTest, HearingOfTheSameEventAgainChangesNothing) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "hello");
  Envelope envelope = say(kAna, {file->id});
  auto before = disk_.records;

  EXPECT_TRUE(run(files_->shown(std::vector<Envelope>{envelope, envelope})));

  EXPECT_EQ(disk_.records, before);
}

// --- what is refused leaves nothing ---

TEST_F(FilesTest, ARefusedFileLeavesNothing) {
  inspector_.refusal = Code::media_dangerous;

  EXPECT_EQ(code(upload(kAna, "bomb")), Code::media_dangerous);

  EXPECT_TRUE(blob_disk_.blobs.empty());
  EXPECT_TRUE(disk_.records.empty());
  EXPECT_EQ(files_->metrics().refused, 1u);
}

TEST_F(FilesTest, ARefusedFileLeavesTheSameBytesOfAnother) {
  auto file = upload(kBen, "bytes");
  inspector_.refusal = Code::media_wrong_type;

  EXPECT_EQ(code(upload(kAna, "bytes")), Code::media_wrong_type);

  EXPECT_TRUE(run(files_->open(kBen, file->id)));
}

TEST_F(FilesTest, WithoutMetadataOnlyTheRewrittenBytesStay) {
  auto file = upload(kAna, "with place", {"a.jpg", "image/jpeg", Metadata::strip, {}});

  ASSERT_TRUE(file);
  EXPECT_EQ(file->size, 5u);
  EXPECT_EQ(run(run(files_->open(kAna, file->id))->blob->read(0, 10)), "plain");
  EXPECT_EQ(blob_disk_.blobs.size(), 1u);
}

TEST_F(FilesTest, AnAccountsQuotaHoldsToTheByteAtTheBeginningAndAtTheEnd) {
  restart({.account_bytes = 10});
  ASSERT_TRUE(upload(kAna, "12345"));
  EXPECT_EQ(code(upload(kAna, "123456")), Code::quota_exceeded);

  // Nobody asked before these were stored.
  std::vector<StoredBlob> stored;
  for (const char* bytes : {"abcde", "fghij"}) {
    auto writer = run(blobs_.begin(5));
    ASSERT_TRUE(run((*writer)->write(bytes)));
    stored.push_back(*run((*writer)->finish()));
  }
  NewFile about{"x", "", Metadata::keep, {}};
  EXPECT_TRUE(run(files_->add(kAna, std::move(stored[0]), about)));
  EXPECT_EQ(code(run(files_->add(kAna, std::move(stored[1]), about))), Code::quota_exceeded);

  EXPECT_EQ(run(files_->usage(kAna)), (Usage{2, 10}));
  EXPECT_EQ(blob_disk_.blobs.size(), 2u);
  EXPECT_TRUE(upload(kBen, "1234567890"));
}

TEST_F(FilesTest, MoreThanWasAnnouncedIsNotWritten) {
  auto writer = run(files_->begin(kAna, 3));
  EXPECT_TRUE(run((*writer)->write("abc")));
  EXPECT_EQ(code(run((*writer)->write("d"))), Code::media_too_big);
  EXPECT_EQ(code(run(files_->begin(kAna, limits::kDocumentBytesMax + 1))), Code::media_too_big);
}

// Looks until the test says that it is enough.
class SlowInspector final : public Inspector {
 public:
  explicit SlowInspector(boost::asio::io_context& io) : enough(io) {
    enough.expires_at(boost::asio::steady_timer::time_point::max());
  }
  Task<Result<Inspection>> inspect(OpenBlob, std::string, Metadata) override {
    most = std::max(most, ++under_way);
    co_await enough.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    --under_way;
    co_return Inspection();
  }
  boost::asio::steady_timer enough;
  int under_way = 0;
  int most = 0;
};

TEST_F(FilesTest, OneAccountsFilesAreLookedAtAFewAtATimeAndTheOthersWait) {
  SlowInspector slow(io_);
  files_.emplace(store_.shelf(), blobs_, slow, store_.directory(), store_.log(), clock_, random_);
  std::vector<Code> answers;
  // run() would wait for the inspector.
  std::vector<StoredBlob> stored;
  for (const char* bytes : {"1", "2", "3", "4", "5", "6"}) {
    auto writer = run(blobs_.begin(1));
    ASSERT_TRUE(run((*writer)->write(bytes)));
    stored.push_back(*run((*writer)->finish()));
  }
  NewFile about{"x", "", Metadata::keep, {}};
  for (std::size_t i = 0; i < stored.size(); ++i) {
    AccountId owner = i + 1 < stored.size() ? kAna : kBen;
    boost::asio::co_spawn(io_, files_->add(owner, stored[i], about),
                          [&](std::exception_ptr, Result<File> file) { answers.push_back(code(file)); });
  }
  io_.restart();
  io_.poll();
  EXPECT_EQ(slow.under_way, 3) << "two of hers and his";

  while (answers.size() < stored.size()) {
    slow.enough.cancel();
    io_.restart();
    io_.poll();
  }

  EXPECT_EQ(answers, std::vector<Code>(6, kFine));
  EXPECT_EQ(slow.most, 3);
}

// --- looking for them ---

TEST_F(FilesTest, FilesAreFoundByAPartOfTheirNameAmongOwnAndShownOnes) {
  make(kTeam, {kAna, kBen});
  make(ConversationId{78}, {kBen, kCy});
  auto name = [](const char* text) { return NewFile{text, "", Metadata::keep, {}}; };
  auto plan = upload(kBen, "1", name("Plan ÄRGER.txt"));
  auto secret = upload(kBen, "2", name("plan secret.txt"));
  upload(kAna, "3", name("my plan.txt"));
  upload(kAna, "4", name("other.txt"));
  say(kBen, {plan->id});
  say(kBen, {plan->id});
  say(kBen, {secret->id}, ConversationId{78});

  EXPECT_EQ(found(kAna, "PLAN"), (std::vector<std::string>{"my plan.txt", "Plan ÄRGER.txt"}));
  EXPECT_EQ(found(kAna, "ärger"), (std::vector<std::string>{"Plan ÄRGER.txt"}));
  EXPECT_EQ(found(kAna, "").size(), 3u);
  EXPECT_EQ(found(kCy, "plan"), (std::vector<std::string>{"plan secret.txt"}));
  remove(kBen, ConversationId{78});
  EXPECT_EQ(found(kBen, "secret").size(), 1u) << "an upload of their own";
  remove(kCy, ConversationId{78});
  EXPECT_TRUE(found(kCy, "").empty());
}

TEST_F(FilesTest, SearchingFromAForeignPlaceShowsNothing) {
  make(ConversationId{78}, {kBen});
  auto file = upload(kBen, "1");
  say(kBen, {file->id}, ConversationId{78});

  EXPECT_TRUE(run(files_->search(kAna, "", 10, "file-in/000000000000004e/0000000000000000/1"))->files.empty());
  EXPECT_EQ(code(run(files_->search(kAna, "", 10, name::own_prefix(kBen)))), Code::invalid_argument);
  EXPECT_EQ(code(run(files_->search(kAna, "", 10, "nonsense"))), Code::invalid_argument);
}

TEST_F(FilesTest, OnlyAPlaceThatASearchGaveIsOne) {
  make(kTeam, {kAna, kBen});
  for (const std::string& bad :
       {name::own_prefix(kAna), name::own_prefix(kAna) + "x", name::own_prefix(kAna) + "0000000000000001x17",
        name::own_prefix(kAna) + "0000000000000001/", name::own_prefix(kAna) + "0000000000000001/17/",
        name::own_prefix(kAna) + std::string(5000, '0'), std::string("file-in/000000000000004dx0000000000000001/17"),
        std::string("file-in/000000000000004d/0000000000000001x17"),
        std::string("file-in/+00000000000004d/0000000000000001/17"),
        std::string("file-in/000000000000004D/0000000000000001/17"),
        std::string("file-xx/000000000000004d/0000000000000001/17"),
        std::string("file-in/000000000000004d/0000000000000001/17\0", 45),
        std::string("file-in/000000000000004d/0000000000000001/\xff")}) {
    EXPECT_EQ(code(run(files_->search(kAna, "", 10, bad))), Code::invalid_argument) << bad;
  }
  EXPECT_TRUE(run(files_->search(kAna, "", 10, "file-in/000000000000004d/0000000000000001/17")));
  EXPECT_TRUE(run(files_->search(kAna, "", 10, name::own_prefix(kAna) + "0000000000000001/17")));
}

// --- pictures ---

TEST_F(FilesTest, AGroupsPictureIsThereForItsMembersAndForNobodyElse) {
  make(kTeam, {kAna, kBen});
  auto file = upload(kAna, "face");
  picture(kTeam, file->id);
  let_in(kCy);

  EXPECT_EQ(seen_by(kBen, file->id), kFine);
  EXPECT_EQ(seen_by(kCy, file->id), kFine);  // who came later
  EXPECT_EQ(seen_by(AccountId{9}, file->id), Code::media_unknown);

  remove(kCy);
  EXPECT_EQ(seen_by(kCy, file->id), Code::media_unknown);
}

TEST_F(FilesTest, APictureOfBeforeIsThereForWhoSawItOnly) {
  make(kTeam, {kAna, kBen});
  auto first = upload(kAna, "first");
  auto second = upload(kAna, "second");
  picture(kTeam, first->id);
  picture(kTeam, second->id);
  let_in(kCy);

  EXPECT_EQ(seen_by(kBen, first->id), kFine);
  EXPECT_EQ(seen_by(kCy, first->id), Code::media_unknown);
  EXPECT_EQ(seen_by(kCy, second->id), kFine);
}

TEST_F(FilesTest, APersonsPictureIsThereForAllWhomTheyDoNotBlock) {
  Account ana;
  ana.id = kAna;
  ana.phone = "+15551230001";
  ana.blocked = {kCy};
  auto file = upload(kAna, "face");
  ana.picture = file->id;
  ASSERT_TRUE(run(files_->keep(kAna, file->id)));
  EXPECT_EQ(seen_by(kBen, file->id), Code::media_unknown);  // not said yet
  ASSERT_TRUE(run(store_.directory().put(ana)));

  EXPECT_EQ(seen_by(kBen, file->id), kFine);
  EXPECT_EQ(seen_by(kCy, file->id), Code::media_unknown);
  clock_.pass(hours(100));
  EXPECT_EQ(sweep().files, 0u);
}

}  // namespace
}  // namespace homing::chat
