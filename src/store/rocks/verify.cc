#include "store/rocks/verify.h"

#include <fmt/format.h>

#include <unordered_map>

#include "store/rocks/database.h"
#include "store/rocks/inboxes.h"
#include "store/rocks/keys.h"
#include "wire/stored.h"

namespace homing::rocks {
namespace {

class Verifier {
 public:
  Verifier(Database& database, Report& report) : database_(database), report_(report) {}

  Result<void> run() {
    if (!database_.lost().empty()) problem(database_.lost());
    if (auto floor = database_.get(Family::meta, "floor"); floor && floor->size() == 8) floor_ = get_u64(*floor);
    if (auto derived = database_.get(Family::meta, "derived"); derived && derived->size() == 8)
      derived_ = get_u64(*derived);
    if (auto log = check_log(); !log) return log;
    if (auto index = check_index(); !index) return index;
    if (auto directory = check_directory(); !directory) return directory;
    return check_inboxes();
  }

 private:
  void problem(std::string text) {
    ++report_.problems;
    if (report_.first_problems.size() < kProblemsListedMax) report_.first_problems.push_back(std::move(text));
  }

  static std::string everything() { return std::string(32, '\xff'); }

  // Every event reads back, and the events of a conversation are numbered without gaps.
  Result<void> check_log() {
    return database_.scan(
        Family::log, key(Commit{floor_}), everything(), [&](std::string_view name, std::string_view value) {
          ++report_.events;
          Commit commit{name.size() == 8 ? get_u64(name) : 0};
          auto loaded = wire::load_envelope(value, commit);
          if (!loaded) {
            problem(fmt::format("event at commit {}: {}", commit.value, loaded.error().detail));
            return true;
          }
          const Envelope& envelope = loaded->envelope;
          Seq& last = last_seq_[envelope.conversation];
          if (last && envelope.seq.value != last.value + 1) {
            problem(fmt::format("conversation {}: event {} follows {}", envelope.conversation.value, envelope.seq.value,
                                last.value));
          }
          last = envelope.seq;
          if (commit.value > derived_) return true;
          auto place = database_.get(Family::index, key(envelope.conversation, envelope.seq));
          if (!place || place->size() != 8 || get_u64(*place) != commit.value) {
            problem(fmt::format("event at commit {} is not in the index", commit.value));
          }
          if (!database_.get(Family::clients, key(envelope.device, envelope.client_id))) {
            problem(fmt::format("the client id of the event at commit {} is not known", commit.value));
          }
          return true;
        });
  }

  Result<void> check_index() {
    return database_.scan(
        Family::index, std::string(), everything(), [&](std::string_view name, std::string_view value) {
          if (name.size() != 16 || value.size() != 8)
            problem("an index entry cannot be read");
          else if (get_u64(value) >= floor_ && !database_.get(Family::log, std::string(value))) {
            problem(fmt::format("the index names commit {}, which is not in the log", get_u64(value)));
          }
          return true;
        });
  }

  Result<void> check_directory() {
    return database_.scan(Family::directory, std::string(), everything(),
                          [&](std::string_view name, std::string_view value) {
                            Result<void> read;
                            auto note = [&](const auto& loaded, std::uint64_t& count) {
                              ++count;
                              if (!loaded) read = std::unexpected(loaded.error());
                            };
                            std::uint64_t others = 0;
                            switch (name.empty() ? '\0' : name[0]) {
                              case 'a': note(wire::load_account(value), report_.accounts); break;
                              case 'd': note(wire::load_device(value), report_.devices); break;
                              case 'c': note(wire::load_conversation(value), report_.conversations); break;
                              case 't': note(wire::load_ticket(value), others); break;
                              case 'p':
                                if (value.size() != 8 || !database_.get(Family::directory, key('a', get_u64(value))))
                                  read = fail(Code::corrupt, "A phone number leads nowhere.");
                                break;
                              default: break;
                            }
                            if (!read) problem(read.error().detail);
                            return true;
                          });
  }

  Result<void> check_inboxes() {
    return database_.scan(Family::inbox, std::string(), everything(),
                          [&](std::string_view name, std::string_view value) {
                            ++report_.notices;
                            auto news = load_news(value);
                            if (name.size() != 16 || !news) {
                              problem("a notice cannot be read");
                              return true;
                            }
                            const auto* arrived = std::get_if<EventArrived>(&*news);
                            if (arrived != nullptr && arrived->event.commit.value >= floor_ &&
                                !database_.get(Family::log, key(arrived->event.commit))) {
                              problem(fmt::format("account {} has a notice of commit {}, which is not in the log",
                                                  get_u64(name), arrived->event.commit.value));
                            }
                            return true;
                          });
  }

  Database& database_;
  Report& report_;
  std::uint64_t floor_ = 0;
  std::uint64_t derived_ = 0;
  std::unordered_map<ConversationId, Seq> last_seq_;
};

}  // namespace

Result<Report> verify(const std::filesystem::path& path) {
  auto database = Database::open(path, RocksOptions{}, Mode::read_only);
  if (!database) return std::unexpected(database.error());
  Report report;
  if (auto run = Verifier(**database, report).run(); !run) {
    // RocksDB's own checksums: what lies behind this place could not be read at all.
    ++report.problems;
    report.first_problems.push_back(run.error().detail);
  }
  return report;
}

}  // namespace homing::rocks
