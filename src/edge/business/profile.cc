#include "edge/business/profile.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "edge/business/ascii_json.h"
#include "edge/business/lenient.h"

namespace homing::business {
namespace {

constexpr std::size_t kProfileAddressMax = 256;  // code points, as all of these
constexpr std::size_t kProfileDescriptionMax = 512;
constexpr std::size_t kProfileEmailMax = 128;
constexpr std::size_t kProfileVerticalMax = 64;
constexpr std::size_t kProfileWebsitesMax = 2;
constexpr std::size_t kProfileWebsiteMax = 256;

}  // namespace

Answer<std::function<void(Bot&)>> profile_change(const json::object& said) {
  struct Change {
    const char* name;
    std::size_t max;
    std::string Bot::* field;
  };
  constexpr Change kChanges[] = {{"address", kProfileAddressMax, &Bot::address},
                                 {"description", kProfileDescriptionMax, &Bot::description},
                                 {"email", kProfileEmailMax, &Bot::email},
                                 {"vertical", kProfileVerticalMax, &Bot::vertical}};
  std::vector<std::pair<std::string Bot::*, std::string>> texts;
  for (const Change& change : kChanges) {
    auto text = text_in(said, change.name);
    if (text && code_points(*text) > change.max) return refuse(100, std::string(change.name) + " is too long");
    if (text) texts.emplace_back(change.field, std::move(*text));
  }
  std::optional<std::vector<std::string>> websites;
  if (auto list = array_in(said, "websites")) {
    websites.emplace();
    for (const json::value& item : *list) {
      auto text = text_of(item);
      if (!text || text->size() > kProfileWebsiteMax) return refuse(100, "websites must be URLs");
      if (!text->empty()) websites->push_back(std::move(*text));
    }
    if (websites->size() > kProfileWebsitesMax) return refuse(100, "websites must be at most two");
  }
  return [texts, websites](Bot& bot) {
    for (const auto& [field, text] : texts) bot.*field = text;
    if (websites) bot.websites = *websites;
  };
}

}  // namespace homing::business
