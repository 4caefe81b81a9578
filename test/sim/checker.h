// The delivery contract, checked on everything that every device is told, while it happens and once more when all is
// quiet. docs/delivery.md numbers the sentences; each finding says which one it breaks.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "test_device.h"
#include "truth.h"

namespace homing::sim {

struct Person {
  AccountId account;
  std::string name;
  ReadReceipts read_receipts = ReadReceipts::shown;
  std::vector<std::unique_ptr<test::TestDevice>> devices;
};

class Checker final : public test::TestDevice::Witness {
 public:
  Checker(const MemoryDisk& disk, std::vector<Person>& people) : disk_(disk), people_(people), truth_(disk) {}

  // What a person is about to do.
  void posts(AccountId author, const std::string& text, std::optional<AccountId> to);
  void reads(AccountId account, ConversationId conversation, Seq seq);
  void blocks(const test::TestDevice& device, std::uint64_t number, AccountId other);

  void delivered(const test::TestDevice& device, const v1::Delivery& delivery) override;
  void receipts(const test::TestDevice& device, const v1::Receipts& receipts) override;
  void answered(const test::TestDevice& device, const test::Outgoing& request) override;

  enum class Reading { not_yet, everything_was_read };
  // Faults have stopped and everything has come to rest: now nothing may be missing.
  void at_rest(Reading reading);

  // The first thing that went wrong; empty if nothing did.
  const std::string& finding() const { return finding_; }
  const Truth& truth() { return truth_; }
  void look();  // reads the log on, and takes over what devices found by themselves

 private:
  struct Said {
    AccountId author;
    Commit issued;                  // the log's end when it was said
    std::set<AccountId> kept_out;   // they had blocked the author before
  };
  void wrong(const std::string& sentence, const std::string& what);
  Person& person(AccountId account);
  bool is_told_of_reading(AccountId account, const Story& story);
  bool anybody_has(AccountId account, test::TestDevice::Place place);
  void check_gap(const test::TestDevice& device, ConversationId conversation, const Story& story, Seq seq);
  void check_refusal(const test::TestDevice& device, const test::Outgoing& request);
  void check_ticks_at_rest(Person& person, test::TestDevice& device, ConversationId id, const Story& story,
                           Reading reading);
  void check_order_of_sends(const test::TestDevice& device);

  const MemoryDisk& disk_;
  std::vector<Person>& people_;
  Truth truth_;
  std::string finding_;
  std::map<std::string, Said> said_;
  std::map<std::pair<AccountId, ConversationId>, Seq> read_;
  std::map<std::pair<DeviceId, std::uint64_t>, AccountId> blocking_;
  std::set<std::pair<AccountId, AccountId>> blocked_;  // who, whom: answered
  std::map<std::pair<DeviceId, ConversationId>, Seq> seen_to_;
  struct Ticked {
    Seq delivered;
    Seq read;
  };
  std::map<std::pair<DeviceId, ConversationId>, Ticked> ticked_;
};

}  // namespace homing::sim
