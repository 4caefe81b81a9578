// The small language of .chat files: one line, one thing that happens or that must be so. README.md shows all of it.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "stage.h"

namespace homing::scenario {

struct Word {
  std::string text;
  bool quoted = false;
};
using Line = std::vector<Word>;

// Splits at spaces; "quoted words" keep theirs; # begins a comment.
Line words_of(const std::string& line);

// Whether the words from `from` on are these; "*" stands for any one word. Whether they are these and no others.
bool are(const Line& line, std::size_t from, std::initializer_list<const char*> words);
bool whole(const Line& line, std::initializer_list<const char*> words);

class Script {
 public:
  // `set_disk_full` is for stores whose disk can be filled by a test.
  Script(Stage& stage, std::function<void(bool)> set_disk_full)
      : stage_(stage), set_disk_full_(std::move(set_disk_full)) {}

  // Plays one line; throws a Mismatch that says what is not as the line says.
  void play(Line line);

 private:
  bool setting(const Line& line);
  bool server(const Line& line);
  bool says(const Line& line);
  bool hears(const Line& line);
  bool group_change(const Line& line);
  bool link(const Line& line);
  bool changes_link(const Line& line);
  bool joins(const Line& line);
  bool person(const Line& line);
  bool looks(const Line& line);
  bool shares(const Line& line);
  bool revises(const Line& line);
  bool own_devices(const Line& line);
  bool presence(const Line& line);

  void create_group(const Line& line);
  void hear_event(Actor& who, const Line& line, const v1::Envelope& envelope);
  bool hears_revision(Actor& who, const Line& line, const v1::Envelope& envelope);
  test::TestDevice::Place place_of(Actor& who, const std::string& text);
  void sees_tick(Actor& who, const std::string& tick, const std::string& text);
  void finds(Actor& who, const Line& line);
  void lists(Actor& who, const Line& line);
  void reacts(Actor& who, const Line& line);
  void types(Actor& who, const Line& line);
  void sees_views(Actor& who, const Line& line);
  void sees_members(Actor& who, const Line& line);
  void previews(Actor& who, const Line& line);
  void sees_asking(Actor& who, const Line& line);
  void sees_presence(Actor& who, const Line& line);
  std::vector<std::uint64_t> accounts(const Line& line, std::size_t from, std::size_t to);

  Stage& stage_;
  std::function<void(bool)> set_disk_full_;
  std::map<std::string, std::string> links_;  // of groups: the code of the newest one, and of the one before
  std::map<std::string, std::string> old_links_;
  std::string link_code_;  // the newest one that somebody made
  std::string refusal_;  // what stands behind "!" on the line that is played
};

}  // namespace homing::scenario
