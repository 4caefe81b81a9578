// "type; name=value": the form of Content-Type and Content-Disposition, and names of files in them. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace homing::edge {

struct Parameters {
  std::string value;                                        // "text/plain", "form-data"; in lower case
  std::vector<std::pair<std::string, std::string>> params;  // names in lower case; quotes taken off

  std::optional<std::string_view> get(std::string_view name) const;
};

// What a quoted backslash means: RFC 9110's escape of any character, or (in forms) only of a quote and of itself, since
// browsers send paths as they are.
enum class Backslash { escapes, mostly_itself };

// RFC 9110, 5.6.6. Nothing if the text is not of this form, names a parameter twice or has more than
// kMediaTypeParametersMax.
std::optional<Parameters> parse_parameters(std::string_view text, Backslash backslash);
// The same where `value` must be type/subtype.
std::optional<Parameters> parse_media_type(std::string_view text);

// The name that a Content-Disposition gives a file, in UTF-8: `filename*` (RFC 8187) before `filename`. Empty if there
// is none. Not yet safe.
std::string file_name_of(const Parameters& disposition);

// A name that can be shown and saved anywhere: the part after the last slash of either kind, without control
// characters and what reorders text, at most kFileNameBytesMax bytes of UTF-8; empty if nothing is left.
std::string safe_file_name(std::string_view name);

enum class Disposition { inline_, attachment };
// The header for an answer (RFC 6266): an ASCII name for old clients and, if that is not the whole truth, the real one.
std::string content_disposition(Disposition disposition, std::string_view file_name);

// What a form's field or file is called: browsers escape quotes and line breaks as %22, %0D and %0A, nothing else.
std::string form_name(std::string_view text);

}  // namespace homing::edge
