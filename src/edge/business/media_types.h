// Which files the API takes, and how large (reference, A4). Parameters of a type are kept and do not count here. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace homing::business {

inline constexpr std::uint64_t kUploadBytesMax = 100ull * 1024 * 1024;  // of any file
inline constexpr std::uint64_t kUploadBodyBytesMax = kUploadBytesMax + 1024 * 1024;  // with the form around it

// "Audio/Ogg; codecs=opus" -> "audio/ogg"
std::string bare_type(std::string_view mime);
// The most bytes that a file of this bare type may have; 0: it is not taken.
std::uint64_t media_bytes_max(std::string_view bare);

// What is said of an uploaded file, in the order in which it is believed: the type of its part unless that is missing or
// application/octet-stream (or binary/), the form's `type` if it is one, the name's ending. Empty: look at the bytes. The
// parameters are left as they are.
std::string claimed_type(std::string_view part_type, std::string_view field, std::string_view file_name);

// The name of the file at this address: what its path ends in, decoded if it can be. Not yet safe; empty if there is none.
std::string name_in_url(std::string_view url);

}  // namespace homing::business
