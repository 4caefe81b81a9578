// A BlobWriter that takes its room as it is written: the stored blob's pin carries what it took, until the file of it is
// written down. One upload's.
#pragma once

#include <memory>

#include "blob/blob_store.h"
#include "chat/room.h"

namespace homing::chat {

// `quota_exceeded` for what the account has no room for. The room outlives it.
std::unique_ptr<BlobWriter> in_room(std::unique_ptr<BlobWriter> inner, Room& room, Room::Held held);

}  // namespace homing::chat
