// Expected failure is a value. A code for programs, a detail for people; see proto/errors.proto for what each becomes.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <utility>

namespace homing {

// The same numbers as homing.v1.ErrorCode (wire/errors.cc asserts it).
enum class Code {
  bad_frame = 1,
  too_big = 2,
  invalid_argument = 3,
  invalid_utf8 = 4,
  empty_text = 5,
  text_too_long = 6,
  unknown_kind = 7,
  bad_client_id = 8,
  phone_invalid = 9,
  wrong_method = 10,
  upgrade_required = 11,
  head_too_big = 12,
  unauthenticated = 20,
  registration_closed = 21,
  invite_invalid = 22,
  code_wrong = 23,
  code_expired = 24,
  too_many_attempts = 25,
  code_undeliverable = 26,
  forbidden = 27,
  unknown_recipient = 40,
  unknown_conversation = 41,
  not_a_member = 42,
  not_an_admin = 43,
  group_full = 44,
  already_member = 45,
  not_a_group = 46,
  client_id_reused = 47,
  phone_taken = 48,
  not_found = 49,
  seq_unknown = 50,
  not_the_author = 51,
  media_unknown = 52,
  media_wrong_type = 53,
  media_too_big = 54,
  quota_exceeded = 55,
  range_wrong = 56,
  media_dangerous = 57,
  too_late = 58,
  message_deleted = 59,
  last_admin = 70,
  link_invalid = 71,
  already_asked = 72,
  not_asked = 73,
  too_many_asking = 74,
  conflict = 60,
  rate_limited = 61,
  unavailable = 62,
  read_only = 63,
  corrupt = 64,
  shutting_down = 65,
  not_wanted = 80,
  link_code_invalid = 81,
};

struct Error {
  Code code = Code::unavailable;
  std::string detail;                        // says more than the code's own sentence; may be empty
  std::string field;                         // the part of the request that is to blame; may be empty
  std::chrono::milliseconds retry_after{0};  // 0: nothing to say
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string detail = {}, std::string field = {}) {
  return std::unexpected(Error{code, std::move(detail), std::move(field), {}});
}

}  // namespace homing
