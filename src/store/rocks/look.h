// How far a read may go. One that must stay in memory and finds that only the disk knows says so here and fails; it is then
// asked again, from its beginning, on the read pool (reads.h). A value that belongs to one call.
#pragma once

namespace homing::rocks {

enum class Reach { memory, disk };

class Look {
 public:
  explicit Look(Reach reach) : reach_(reach) {}

  Reach reach() const { return reach_; }
  // What was returned means nothing if this is so.
  bool wants_disk() const { return wants_disk_; }
  void want_disk() { wants_disk_ = true; }

 private:
  Reach reach_;
  bool wants_disk_ = false;
};

}  // namespace homing::rocks
