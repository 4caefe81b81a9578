#include "wire/push_notice.h"

#include "events.pb.h"
#include "push.pb.h"
#include "stored.pb.h"
#include "wire/schema.h"

namespace homing::wire {
namespace {

// At most so many bytes, and no half character.
std::string cut(const std::string& text) {
  if (text.size() <= kPushTextBytesMax) return text;
  std::size_t end = kPushTextBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

void show(const v1::Content& content, v1::PushNotice& out) {
  switch (content.kind_case()) {
    case v1::Content::kText:
      out.set_content("text");
      out.set_text(cut(content.text().text()));
      return;
    case v1::Content::kMedia:
      out.set_content(v1::MediaKind_Name(content.media().kind()));
      out.set_text(cut(content.media().caption()));
      return;
    case v1::Content::kLocation: out.set_content("location"); return;
    case v1::Content::kContacts: out.set_content("contacts"); return;
    case v1::Content::kInteractive:
      out.set_content("interactive");
      out.set_text(cut(content.interactive().body()));
      return;
    case v1::Content::kInteractiveReply:
      out.set_content("interactive_reply");
      out.set_text(cut(content.interactive_reply().title()));
      return;
    case v1::Content::kReaction: out.set_content("reaction"); return;
    case v1::Content::KIND_NOT_SET: return;
  }
}

}  // namespace

std::string push_json(const Envelope& envelope, const PushNotice* shown) {
  v1::PushNotice out;
  out.set_kind("message");
  out.set_conversation(envelope.conversation.value);
  out.set_seq(envelope.seq.value);
  if (shown != nullptr) {
    out.set_author(cut(shown->author));
    out.set_group(cut(shown->group));
    out.set_mentioned(shown->mentioned);
    v1::Event event;
    if (event.ParsePartialFromString(envelope.sealed->bytes) && event.has_plain()) show(event.plain(), out);
  }
  std::string json;
  print_json(out, json);
  return json;
}

std::string push_test_json() {
  v1::PushNotice out;
  out.set_kind("test");
  std::string json;
  print_json(out, json);
  return json;
}

std::string store(const PushAddress& address) {
  stored::PushAddress record;
  record.set_endpoint(address.endpoint);
  record.set_key(address.key);
  record.set_secret(address.secret);
  record.set_previews(address.previews == Previews::yes);
  return record.SerializeAsString();
}

Result<PushAddress> load_push_address(std::string_view bytes) {
  stored::PushAddress record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || record.endpoint().empty())
    return fail(Code::corrupt, "A stored push address cannot be read.");
  return PushAddress{record.endpoint(), record.key(), record.secret(),
                     record.previews() ? Previews::yes : Previews::no};
}

}  // namespace homing::wire
