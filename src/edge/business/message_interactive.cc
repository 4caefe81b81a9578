// What a program offers to choose from: buttons, a list, a link, a request for a place. Limits are in code points.
#include "edge/business/fields.h"

namespace homing::business {
namespace {

constexpr std::size_t kBodyMax = 1024;
constexpr std::size_t kBodyOfListMax = 4096;
constexpr std::size_t kHeaderMax = 60;
constexpr std::size_t kFooterMax = 60;
constexpr std::size_t kButtonsMax = 3;
constexpr std::size_t kButtonIdMax = 256;
constexpr std::size_t kButtonTitleMax = 20;
constexpr std::size_t kSectionsMax = 10;
constexpr std::size_t kRowsMax = 10;  // of all sections together
constexpr std::size_t kRowIdMax = 200;
constexpr std::size_t kRowTitleMax = 24;
constexpr std::size_t kRowDescriptionMax = 72;

// The objects of a list that must not be empty.
std::expected<std::vector<json::object>, GraphError> read_items(const json::object& from, std::string_view name,
                                                                const std::string& path, std::size_t max) {
  const json::value* value = member(from, name);
  if (value == nullptr) return missing(path);
  auto list = array_of(*value);
  if (!list) return wrong(path, "must be an array");
  if (list->empty()) return wrong(path, "must not be empty");
  if (list->size() > max) return wrong(path, "must have at most " + std::to_string(max) + " entries");
  std::vector<json::object> items;
  for (const json::value& entry : *list) {
    auto item = object_of(entry);
    if (!item) return wrong(path, "must be an array of objects");
    items.push_back(std::move(*item));
  }
  return items;
}

std::string at(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

Checked read_buttons(const json::object& action, v1::Buttons& out) {
  const std::string path = "interactive[action][buttons]";
  auto buttons = read_items(action, "buttons", path, kButtonsMax);
  if (!buttons) return std::unexpected(buttons.error());
  for (std::size_t i = 0; i < buttons->size(); ++i) {
    std::string where = at(path, i) + "[reply]";
    auto reply = object_in((*buttons)[i], "reply");
    if (!reply) return missing(where);
    v1::Button& button = *out.add_buttons();
    if (auto read = required_text(*reply, "id", where + "[id]", kButtonIdMax, button.mutable_id()); !read) return read;
    auto read = required_text(*reply, "title", where + "[title]", kButtonTitleMax, button.mutable_title());
    if (!read) return read;
  }
  return {};
}

Checked read_row(const json::object& row, const std::string& path, v1::Choice& out) {
  if (auto read = required_text(row, "id", path + "[id]", kRowIdMax, out.mutable_id()); !read) return read;
  if (auto read = required_text(row, "title", path + "[title]", kRowTitleMax, out.mutable_title()); !read) return read;
  return optional_text(row, "description", path + "[description]", kRowDescriptionMax, out.mutable_description());
}

Checked read_choices(const json::object& action, v1::Choices& out) {
  const std::string path = "interactive[action]";
  auto read = required_text(action, "button", path + "[button]", kButtonTitleMax, out.mutable_button());
  if (!read) return read;
  auto sections = read_items(action, "sections", path + "[sections]", kSectionsMax);
  if (!sections) return std::unexpected(sections.error());
  std::size_t rows_in_all = 0;
  for (std::size_t i = 0; i < sections->size(); ++i) {
    std::string where = at(path + "[sections]", i);
    v1::ChoiceSection& section = *out.add_sections();
    read = optional_text((*sections)[i], "title", where + "[title]", kRowTitleMax, section.mutable_title());
    if (!read) return read;
    auto rows = read_items((*sections)[i], "rows", where + "[rows]", kRowsMax);
    if (!rows) return std::unexpected(rows.error());
    rows_in_all += rows->size();
    if (rows_in_all > kRowsMax) return wrong(path + "[sections]", "must have at most 10 rows in all");
    for (std::size_t j = 0; j < rows->size(); ++j) {
      read = read_row((*rows)[j], at(where + "[rows]", j), *section.add_rows());
      if (!read) return read;
    }
  }
  return {};
}

Checked read_link_button(const json::object& action, v1::LinkButton& out) {
  const std::string path = "interactive[action][parameters]";
  auto parameters = object_in(action, "parameters");
  if (!parameters) return missing(path);
  auto read = required_text(*parameters, "display_text", path + "[display_text]", kButtonTitleMax, out.mutable_text());
  if (!read) return read;
  read = required_text(*parameters, "url", path + "[url]", 2000, out.mutable_url());
  if (!read) return read;
  if (!is_link(out.url())) return wrong(path + "[url]", "must be an http or https URL");
  return {};
}

Checked read_header(const json::object& from, OutgoingMessage& message, v1::Interactive& out) {
  const std::string path = "interactive[header]";
  const json::value* value = member(from, "header");
  if (value == nullptr) return {};
  auto header = object_of(*value);
  if (!header) return wrong(path, "must be an object");
  std::string type = text_in(*header, "type").value_or("text");
  if (type == "text") return required_text(*header, "text", path + "[text]", kHeaderMax, out.mutable_header());
  if (type != "image" && type != "video" && type != "document") {
    return wrong(path + "[type]", "must be text, image, video or document");
  }
  auto file = object_in(*header, type);
  if (!file) return missing(path + "[" + type + "]");
  WantedMedia wanted;
  wanted.kind = type == "image"   ? WantedMedia::Kind::image
                : type == "video" ? WantedMedia::Kind::video
                                  : WantedMedia::Kind::document;
  wanted.parameter = path + "[" + type + "]";
  if (type == "document") {
    auto read = optional_text(*file, "filename", wanted.parameter + "[filename]", 240, &wanted.file_name);
    if (!read) return read;
  }
  return read_file(*file, std::move(wanted), message);
}

// body and footer: {"text": ".."}
Checked read_part(const json::object& from, std::string_view name, std::size_t max, std::string* out) {
  const json::value* value = member(from, name);
  if (value == nullptr) return {};
  std::string path = "interactive[" + std::string(name) + "]";
  auto part = object_of(*value);
  if (!part) return wrong(path, "must be an object");
  return required_text(*part, "text", path + "[text]", max, out);
}

Checked read_action(const json::object& from, const std::string& type, v1::Interactive& out) {
  auto action = object_in(from, "action");
  if (!action) return missing("interactive[action]");
  if (type == "button") return read_buttons(*action, *out.mutable_buttons());
  if (type == "list") return read_choices(*action, *out.mutable_choices());
  if (type == "cta_url") return read_link_button(*action, *out.mutable_link());
  out.mutable_location_request();
  return {};
}

}  // namespace

Checked read_interactive(const json::object& from, OutgoingMessage& message, v1::Interactive& out) {
  std::string type = text_in(from, "type").value_or("");
  if (type.empty()) return missing("interactive[type]");
  if (type != "button" && type != "list" && type != "cta_url" && type != "location_request_message") {
    return wrong("interactive[type]", "must be button, list, cta_url or location_request_message");
  }
  if (member(from, "body") == nullptr) return missing("interactive[body]");
  if (member(from, "action") == nullptr) return missing("interactive[action]");
  std::size_t body_max = type == "list" ? kBodyOfListMax : kBodyMax;
  if (auto read = read_part(from, "body", body_max, out.mutable_body()); !read) return read;
  if (auto read = read_header(from, message, out); !read) return read;
  if (auto read = read_part(from, "footer", kFooterMax, out.mutable_footer()); !read) return read;
  return read_action(from, type, out);
}

}  // namespace homing::business
