// Contact cards. All parts are optional but the name; SDKs send empty ones, which say nothing.
#include <array>

#include "edge/business/fields.h"

namespace homing::business {
namespace {

constexpr std::size_t kCardsMax = 32;
constexpr std::size_t kEntriesMax = 16;  // phones, emails, urls, addresses of one card, each

// One member into one field, with the field's limit in bytes (proto/events.proto).
struct Field {
  std::string_view name;
  std::string* out;
  std::size_t bytes_max;
};

Checked read_fields(const json::object& from, const std::string& path, std::initializer_list<Field> fields) {
  for (const Field& field : fields) {
    std::string where = path + "[" + std::string(field.name) + "]";
    if (auto read = optional_text(from, field.name, where, field.bytes_max, field.out); !read) return read;
    if (field.out->size() > field.bytes_max) return wrong(where, "is too long");
  }
  return {};
}

// Reads each entry of a list with `read_one(object, path)`.
template <class ReadOne>
Checked read_list(const json::object& card, std::string_view name, const std::string& path, ReadOne read_one) {
  const json::value* value = member(card, name);
  if (value == nullptr) return {};
  std::string where = path + "[" + std::string(name) + "]";
  auto list = array_of(*value);
  if (!list) return wrong(where, "must be an array");
  if (list->size() > kEntriesMax) return wrong(where, "must have at most " + std::to_string(kEntriesMax) + " entries");
  for (std::size_t i = 0; i < list->size(); ++i) {
    std::string at = where + "[" + std::to_string(i) + "]";
    auto entry = object_of((*list)[i]);
    if (!entry) return wrong(at, "must be an object");
    if (auto read = read_one(*entry, at); !read) return read;
  }
  return {};
}

Checked read_name(const json::object& card, const std::string& path, v1::ContactName& out) {
  std::string where = path + "[name]";
  auto name = object_in(card, "name");
  if (!name) return missing(where);
  auto formatted = text_in(*name, "formatted_name");
  if (!formatted || formatted->empty()) return missing(where + "[formatted_name]");
  return read_fields(*name, where,
                     {{"formatted_name", out.mutable_formatted_name(), 400},
                      {"first_name", out.mutable_first_name(), 200},
                      {"last_name", out.mutable_last_name(), 200},
                      {"middle_name", out.mutable_middle_name(), 200},
                      {"prefix", out.mutable_prefix(), 200},
                      {"suffix", out.mutable_suffix(), 200}});
}

Checked read_phones(const json::object& card, const std::string& path, v1::ContactCard& out) {
  return read_list(card, "phones", path, [&](const json::object& from, const std::string& at) {
    v1::ContactPhone& phone = *out.add_phones();
    return read_fields(from, at,
                       {{"phone", phone.mutable_phone(), 64},
                        {"type", phone.mutable_type(), 32},
                        {"wa_id", phone.mutable_wa_id(), 32}});
  });
}

Checked read_emails(const json::object& card, const std::string& path, v1::ContactCard& out) {
  return read_list(card, "emails", path, [&](const json::object& from, const std::string& at) {
    v1::ContactEmail& email = *out.add_emails();
    return read_fields(from, at, {{"email", email.mutable_email(), 320}, {"type", email.mutable_type(), 32}});
  });
}

Checked read_urls(const json::object& card, const std::string& path, v1::ContactCard& out) {
  return read_list(card, "urls", path, [&](const json::object& from, const std::string& at) {
    v1::ContactUrl& url = *out.add_urls();
    return read_fields(from, at, {{"url", url.mutable_url(), 2000}, {"type", url.mutable_type(), 32}});
  });
}

Checked read_addresses(const json::object& card, const std::string& path, v1::ContactCard& out) {
  return read_list(card, "addresses", path, [&](const json::object& from, const std::string& at) {
    v1::ContactAddress& address = *out.add_addresses();
    return read_fields(from, at,
                       {{"street", address.mutable_street(), 200},
                        {"city", address.mutable_city(), 200},
                        {"state", address.mutable_state(), 200},
                        {"zip", address.mutable_zip(), 32},
                        {"country", address.mutable_country(), 200},
                        {"country_code", address.mutable_country_code(), 8},
                        {"type", address.mutable_type(), 32}});
  });
}

Checked read_org(const json::object& card, const std::string& path, v1::ContactCard& out) {
  auto org = object_in(card, "org");
  if (!org || org->empty()) return {};
  v1::ContactOrg& to = *out.mutable_org();
  return read_fields(*org, path + "[org]",
                     {{"company", to.mutable_company(), 200},
                      {"department", to.mutable_department(), 200},
                      {"title", to.mutable_title(), 200}});
}

Checked read_card(const json::object& card, const std::string& path, v1::ContactCard& out) {
  if (auto read = read_name(card, path, *out.mutable_name()); !read) return read;
  for (auto* part : {read_phones, read_emails, read_urls, read_addresses, read_org}) {
    if (auto read = part(card, path, out); !read) return read;
  }
  return read_fields(card, path, {{"birthday", out.mutable_birthday(), 32}});
}

}  // namespace

Checked read_contacts(const json::array& from, v1::Contacts& out) {
  if (from.empty()) return wrong("contacts", "must not be empty");
  if (from.size() > kCardsMax) return wrong("contacts", "must have at most " + std::to_string(kCardsMax) + " entries");
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::string path = "contacts[" + std::to_string(i) + "]";
    auto card = object_of(from[i]);
    if (!card) return wrong(path, "must be an object");
    if (auto read = read_card(*card, path, *out.add_cards()); !read) return read;
  }
  return {};
}

}  // namespace homing::business
