// What people and programs call files, made harmless. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace homing::chat {

// The last part of what may be a path, without control characters and bytes that are not UTF-8, at most kFileNameBytesMax
// bytes, never cut within a character. May be empty.
std::string clean_file_name(std::string_view written);

// "Image/JPEG; q=1" -> "image/jpeg"; empty if it is no MIME type.
std::string clean_mime_type(std::string_view written);
// What a type says about sound and film, to be put behind a clean one: "audio/ogg;Codecs=opus" -> "; codecs=opus". Empty if
// it says nothing. Other parameters are nobody's business.
std::string codecs_of(std::string_view written);

// Capital letters become small ones (Latin, Greek, Cyrillic), for searching. UTF-8 in, UTF-8 out.
std::string folded(std::string_view text);

}  // namespace homing::chat
