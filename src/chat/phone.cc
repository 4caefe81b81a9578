#include "chat/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstddef>

namespace homing::chat {
namespace {

constexpr std::size_t kWrittenBytesMax = 32;  // as CodeRequest.phone in proto/rest.proto

// The library also reads letters ("1-800-FLOWERS") and extensions; neither names a phone that can be here.
bool plainly_written(const std::string& written) {
  return !written.empty() && written.size() <= kWrittenBytesMax && written.front() == '+' &&
         std::all_of(written.begin() + 1, written.end(), [](char c) {
           return (c >= '0' && c <= '9') || c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
         });
}

}  // namespace

Result<std::string> normal_phone(const std::string& written) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;

  if (!plainly_written(written)) return fail(Code::phone_invalid, {}, "phone");
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (library.Parse(written, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR || !library.IsPossibleNumber(number)) {
    return fail(Code::phone_invalid, {}, "phone");
  }
  std::string normal;
  library.Format(number, PhoneNumberUtil::E164, &normal);
  return normal;
}

}  // namespace homing::chat
