#include "world.h"

#include <cstdio>

#include "base/check.h"

namespace homing::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kTurns = 8000;
constexpr std::uint64_t kMessagesMax = 200;
constexpr int kRoundsToRestMax = 400;

test::TestServer::Options options(std::function<bool()> loses_hint) {
  return {chat::SessionLimits{60s, 1e9, 1e9}, std::move(loses_hint)};
}

}  // namespace

void Counts::add(const Counts& other) {
  messages += other.messages;
  crashes += other.crashes;
  cuts += other.cuts;
  hints_lost += other.hints_lost;
  refused_appends += other.refused_appends;
  lost_answers += other.lost_answers;
}

World::World(std::uint64_t seed, Law broken, Trace trace)
    : seed_(seed),
      broken_(broken),
      trace_(trace),
      random_(seed * 3 + 1),
      server_random_(seed * 3 + 2),
      device_random_(seed * 3 + 3),
      server_(disk_, clock_, server_random_, options([this] {
                bool lost = faults_ && chance(weather_.drop_hint, 100);
                if (lost) ++counts_.hints_lost;
                return lost;
              })) {
  disk_.faults.interleave = true;
  disk_.faults.on_append = [this] { return on_append(); };
  disk_.faults.on_put = [this] {
    bool refused = disk_full_ || (faults_ && chance(weather_.refuse, 100));
    return refused ? Fate::refused : Fate::done;
  };
  if (broken != Law::kept) {
    disk_.wrap_log = [broken](EventLog& log) { return std::make_unique<BrokenLog>(log, broken); };
  }
  auto sometimes = [this](unsigned max) { return chance(1, 3) ? 0u : 1 + static_cast<unsigned>(random_.below(max)); };
  weather_ = Weather{sometimes(40), sometimes(100), sometimes(60), sometimes(60),
                     sometimes(15), sometimes(6),   sometimes(6),  sometimes(30)};
}

Fate World::on_append() {
  if (disk_full_ || (faults_ && chance(weather_.refuse, 100))) {
    ++counts_.refused_appends;
    return Fate::refused;
  }
  if (faults_ && chance(weather_.lose, 100)) {
    ++counts_.lost_answers;
    return Fate::lost;
  }
  return Fate::done;
}

void World::note(const std::string& what) {
  if (trace_ == Trace::yes) std::printf("%6llu  %s\n", static_cast<unsigned long long>(turns_), what.c_str());
}

void World::people_arrive() {
  static const char* const kNames[] = {"ana", "ben", "cy", "dan", "eve"};
  server_.start();
  server_.settle();
  std::size_t count = 2 + random_.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    Person person;
    person.name = kNames[i];
    std::size_t devices = 1 + random_.below(3);
    for (std::size_t d = 0; d < devices; ++d) {
      auto added = server_.wait(server_.accounts().add("+1555123000" + std::to_string(i), person.name, "device"));
      CHECK(added) << added.error().detail;
      person.account = added->account;
      std::size_t window = chance(1, 2) ? 1 : 16;
      std::string name = person.name + "/" + std::to_string(d);
      test::Identity identity{added->account, added->device, added->token};
      person.devices.push_back(
          std::make_unique<test::TestDevice>(name, std::move(identity), wire::Form::proto, window, device_random_));
    }
    if (chance(1, 4)) {
      person.read_receipts = ReadReceipts::hidden;
      wire::SetProfile profile{person.name, {}, ReadReceipts::hidden};
      auto set = server_.wait(server_.chat().set_profile(Caller{person.account, {}}, std::move(profile)));
      CHECK(set) << set.error().detail;
    }
    people_.push_back(std::move(person));
  }
  checker_ = std::make_unique<Checker>(disk_.disk, people_);
  for (Person& person : people_) {
    for (auto& device : person.devices) {
      device->witness = checker_.get();
      connect(*device);
    }
  }
}

void World::connect(test::TestDevice& device) {
  if (!server_.ready()) return;
  note(device.name() + " connects from " + std::to_string(device.cursor.commit().value));
  server_.connect(device.dial(), device.identity().token);
}

void World::cut(test::TestDevice& device) {
  if (!device.online()) return;
  server_.hang_up(device.line());
  device.lost();
}

void World::crash() {
  note("the server crashes");
  ++counts_.crashes;
  server_.crash();
  for (Person& person : people_) {
    for (auto& device : person.devices) {
      if (!device->online()) continue;
      // What the network has already may still arrive.
      for (std::uint64_t n = random_.below(3); n > 0 && !device->line()->to_device.empty(); --n)
        device->hear(device->line()->take());
      device->line()->cut = true;
      device->lost();
    }
  }
}

void World::carry(test::TestDevice& device) {
  if (!device.online()) return;
  test::Line line = device.line();
  for (std::uint64_t n = 1 + random_.below(6); n > 0; --n) server_.read_one(line);
  if (line->flow == test::Flow::stalled && faults_) return;
  for (std::uint64_t n = 1 + random_.below(6); n > 0 && !line->to_device.empty(); --n) device.hear(line->take());
  if (line->owes_writable()) server_.writable(line);
  if (line->closed && line->to_device.empty()) cut(device);
}

void World::weather() {
  if (!faults_) return;
  if (!server_.running()) return;
  if (chance(weather_.crash, 10'000)) return crash();
  Person& person = any_person();
  test::TestDevice& device = any_device(person);
  if (chance(weather_.cut, 10'000)) {
    note(device.name() + " is cut off");
    ++counts_.cuts;
    cut(device);
  }
  if (chance(weather_.stall, 10'000) && device.online()) device.line()->flow = test::Flow::stalled;
  if (chance(400, 10'000) && device.online()) device.line()->flow = test::Flow::open;
  if (chance(weather_.flush, 10'000)) server_.store().flush();
  if (disk_full_ ? chance(100, 10'000) : chance(weather_.full_disk, 10'000)) disk_full_ = !disk_full_;
}

void World::turn() {
  ++turns_;
  weather();
  if (!server_.running()) {
    if (chance(1, 4)) server_.start();
    return;
  }
  switch (random_.below(12)) {
    case 0:
    case 1:
    case 2: carry(any_device(any_person())); break;
    case 3: any_device(any_person()).acknowledge(); break;
    case 4: person_does_something(); break;
    case 5: {
      test::TestDevice& device = any_device(any_person());
      if (!device.online() && chance(1, 3)) connect(device);
      if (chance(1, 4)) device.try_again();
      break;
    }
    case 6: clock_.pass(std::chrono::milliseconds(1 + random_.below(300))); break;
    default:
      for (std::uint64_t n = 1 + random_.below(6); n > 0; --n) server_.step();
  }
}

void World::person_does_something() {
  Person& person = any_person();
  test::TestDevice& device = any_device(person);
  if (counts_.messages < kMessagesMax && chance(5, 10)) return says(person, device);
  if (chance(5, 10)) return reads_something(person, device);
  if (chance(3, 10)) return changes_group(person, device);
  if (chance(1, 40)) {
    Person& other = any_person();
    if (other.account == person.account) return;
    v1::ClientFrame frame;
    frame.mutable_set_blocked()->set_account(other.account.value);
    frame.mutable_set_blocked()->set_blocked(true);
    note(person.name + " blocks " + other.name);
    std::uint64_t number = device.ask(std::move(frame));
    checker_->blocks(device, number, other.account);
  }
}

void World::says(Person& person, test::TestDevice& device) {
  std::string text = person.name + " says " + std::to_string(++texts_);
  if (chance(1, 20)) text += std::string(1 + random_.below(20'000), '.');
  ++counts_.messages;
  if (!groups_.empty() && chance(1, 2)) {
    ConversationId group = groups_[random_.below(groups_.size())];
    checker_->posts(person.account, text, std::nullopt);
    device.ask(test::TestDevice::post(group, text));
  } else {
    Person& other = any_person();
    checker_->posts(person.account, text, other.account);
    device.ask(test::TestDevice::post(other.account, text));
  }
}

void World::reads_something(Person& person, test::TestDevice& device) {
  if (device.arrivals.empty()) return;
  auto place =
      device.arrivals[device.arrivals.size() - 1 - random_.below(std::min<std::size_t>(device.arrivals.size(), 8))];
  v1::ClientFrame frame;
  frame.mutable_mark_read()->set_conversation(place.first.value);
  frame.mutable_mark_read()->set_seq(place.second.value);
  checker_->reads(person.account, place.first, place.second);
  device.ask(std::move(frame));
}

void World::changes_group(Person& person, test::TestDevice& device) {
  v1::ClientFrame frame;
  if (groups_.size() < 2 && chance(1, 2)) {
    frame.mutable_create_group()->set_name("group " + std::to_string(++texts_));
    for (Person& other : people_) {
      if (chance(2, 3)) frame.mutable_create_group()->add_members(other.account.value);
    }
  } else if (!groups_.empty()) {
    std::uint64_t group = groups_[random_.below(groups_.size())].value;
    std::uint64_t other = any_person().account.value;
    switch (random_.below(8)) {
      case 0:
        frame.mutable_rename_group()->set_conversation(group);
        frame.mutable_rename_group()->set_name("name " + std::to_string(++texts_));
        break;
      case 1: frame.mutable_leave_group()->set_conversation(group); break;
      case 2:
      case 3: frame.mutable_change_members()->add_promote(other); break;
      case 4: frame.mutable_change_members()->add_remove(other); break;
      default: frame.mutable_change_members()->add_add(other);
    }
    if (frame.has_change_members()) frame.mutable_change_members()->set_conversation(group);
  } else {
    return;
  }
  note(device.name() + " asks " + frame.ShortDebugString());
  device.ask(std::move(frame));
}

void World::faults_stop() {
  note("the faults stop");
  faults_ = disk_full_ = false;
  if (!server_.running()) server_.start();
  for (int i = 0; i < 100 && !server_.ready(); ++i) {
    server_.settle();
    clock_.pass(1s);
  }
  CHECK(server_.ready()) << "the server does not start";
  for (Person& person : people_) {
    for (auto& device : person.devices) cut(*device);
  }
}

bool World::comes_to_rest() {
  int quiet = 0;
  for (int round = 0; round < kRoundsToRestMax; ++round) {
    bool moved = false;
    server_.settle();
    for (Person& person : people_) {
      for (auto& device : person.devices) {
        if (!device->online()) connect(*device);
        server_.settle();
        test::Line line = device->line();
        moved |= !line->to_device.empty() || !line->to_server.empty();
        carry(*device);
        device->acknowledge();
        device->try_again();
      }
    }
    clock_.pass(300ms);
    quiet = moved ? 0 : quiet + 1;
    if (quiet == 5) return true;
  }
  return false;
}

void World::everybody_reads() {
  for (Person& person : people_) {
    test::TestDevice& device = *person.devices.front();
    std::map<ConversationId, Seq> newest;
    for (const auto& [place, envelope] : device.events)
      newest[place.first] = std::max(newest[place.first], place.second);
    for (const auto& [conversation, seq] : newest) {
      v1::ClientFrame frame;
      frame.mutable_mark_read()->set_conversation(conversation.value);
      frame.mutable_mark_read()->set_seq(seq.value);
      checker_->reads(person.account, conversation, seq);
      device.ask(std::move(frame));
    }
  }
}

std::string World::run() {
  people_arrive();
  faults_ = true;
  while (turns_ < kTurns && checker_->finding().empty()) {
    turn();
    if (turns_ % 64 == 0) checker_->look();
    groups_.clear();
    for (const auto& [id, story] : checker_->truth().stories()) {
      if (story.kind == ConversationKind::group) groups_.push_back(id);
    }
  }
  if (checker_->finding().empty()) {
    faults_stop();
    if (!comes_to_rest()) return "02 reaches everybody: the world does not come to rest";
    checker_->at_rest(Checker::Reading::not_yet);
  }
  if (checker_->finding().empty()) {
    everybody_reads();
    if (!comes_to_rest()) return "02 reaches everybody: the world does not come to rest";
    checker_->at_rest(Checker::Reading::everything_was_read);
  }
  return checker_->finding();
}

}  // namespace homing::sim
