// Which blobs somebody has just stored or is about to remove: the part of a BlobStore that decides races. Any thread.
//
// The remover condemns a blob, looks whether anything refers to it, and removes it only if it is condemned still. Who
// stores the same content meanwhile pins it, which takes the verdict back; who stored it before and is still writing down
// what it is for holds a pin, and then it cannot be condemned.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/guarded.h"
#include "base/result.h"
#include "blob/blob_store.h"

namespace homing {

class Pins {
 public:
  BlobPin pin(const BlobId& id);
  Result<void> condemn(const BlobId& id);
  // Runs `remove` while nobody can pin the blob; `conflict` when it is not condemned.
  Result<void> remove(const BlobId& id, const std::function<Result<void>()>& remove);

 private:
  struct State {
    std::map<BlobId, unsigned> pinned;
    std::set<BlobId> condemned;
  };
  std::shared_ptr<Guarded<State>> state_ = std::make_shared<Guarded<State>>();  // a pin may outlive the store
};

}  // namespace homing
