// Which blobs somebody has just stored or is about to remove: the part of a BlobStore that decides races. Any thread.
//
// The remover condemns a blob, looks whether anything refers to it, and removes it only if it is condemned still. Who
// stores the same content meanwhile pins it, which takes the verdict back; who stored it before and is still writing down
// what it is for holds a pin, and then it cannot be condemned. A verdict has a serial: after pin, unpin and a second
// remover's verdict the first remover has looked too early, and its own verdict does not count any more.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "base/guarded.h"
#include "base/result.h"
#include "blob/blob_store.h"

namespace homing {

class Pins {
 public:
  BlobPin pin(const BlobId& id);
  Result<Verdict> condemn(const BlobId& id);
  // Runs `remove` while nobody can pin the blob; `conflict` when this verdict does not hold any more.
  Result<void> remove(const BlobId& id, Verdict verdict, const std::function<Result<void>()>& remove);
  void pardon(const BlobId& id, Verdict verdict);
  bool pinned(const BlobId& id) const;

 private:
  struct State {
    std::map<BlobId, unsigned> pinned;
    std::map<BlobId, std::uint64_t> condemned;  // with the serial of the last verdict
    std::uint64_t verdicts = 0;
  };
  std::shared_ptr<Guarded<State>> state_ = std::make_shared<Guarded<State>>();  // a pin may outlive the store
};

}  // namespace homing
