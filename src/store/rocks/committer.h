// The one thread that writes what must not be lost. It takes all that is queued, lets each job add to one batch, writes
// it with one sync, and completes the jobs in one post per executor. The sync under way is the batching window; under a
// steady stream a group also gathers for four milliseconds. Owned by RocksStore.
#pragma once

#include <rocksdb/write_batch.h>

#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "model/conversation.h"
#include "model/event.h"
#include "store/rocks/database.h"
#include "store/rocks/overlay.h"

namespace homing::rocks {

struct Head {
  Seq seq;
  Version version;
};

// What the jobs of one group have done so far; nothing of it is visible to others before it is on disk.
struct Group {
  rocksdb::WriteBatch batch;
  std::vector<Envelope> envelopes;
  std::unordered_map<ConversationId, Head> heads;
  std::unordered_map<ClientKey, std::size_t, ClientKeyHash> clients;  // to a place in `envelopes`
  std::map<Commit, Envelope> revised;  // earlier ones that read otherwise after this group
  std::vector<std::shared_ptr<const Conversation>> conversations;
  std::unordered_map<std::string, std::string> records;  // directory records written by this group
  Commit last;
};

struct Job {
  boost::asio::any_io_executor executor;
  // On the committer thread: adds to the group.
  std::function<void(Group&)> stage;
  // On the committer thread, after the group is on disk: makes it visible.
  std::function<void()> publish;
  // On `executor`: tells the caller. An error if the group could not be written.
  std::function<void(Result<void>)> finish;
};

class Committer {
 public:
  using Publish = std::function<void(Group&)>;
  // `begin` gives the last commit number in use; `publish` runs after every group that was written.
  Committer(Database& database, Commit last, Publish publish);
  ~Committer();

  void submit(Job job);
  // A follower of the log that is called once, on `executor`, when something was committed after `after`.
  void wait(Commit after, boost::asio::any_io_executor executor, std::function<void()> wake);
  Commit last() const;
  // Finishes what is queued and ends the thread. Waiters are dropped.
  void stop();

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    std::function<void()> wake;
  };
  void run();
  void commit(std::vector<Job>& jobs);

  Database& database_;
  Publish publish_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  std::vector<Waiter> waiters_;
  Commit last_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace homing::rocks
