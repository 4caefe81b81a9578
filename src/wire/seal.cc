#include "wire/seal.h"

#include <google/protobuf/io/coded_stream.h>

#include "wire/bytes.h"
#include "wire/convert.h"

namespace homing::wire {
namespace {

// Fields of homing.v1.Event.
constexpr unsigned kHeader = 1;
constexpr unsigned kPlain = 2;
constexpr unsigned kMls = 3;

}  // namespace

std::shared_ptr<const Sealed> seal(const Event& event, std::vector<AccountId> hidden_from) {
  v1::Header header;
  fill(header, event.header);
  auto sealed = std::make_shared<Sealed>();
  sealed->header = event.header;
  sealed->hidden_from = std::move(hidden_from);
  put_bytes(sealed->bytes, kHeader, header.SerializeAsString());
  if (!event.body.bytes.empty()) {
    put_bytes(sealed->bytes, event.body.encoding == Encoding::plain ? kPlain : kMls, event.body.bytes);
  }
  return sealed;
}

std::shared_ptr<const Sealed> reseal(const Revision& revision, Seq by) {
  Event event = revision.becomes;
  if (event.header.edit == kThisEvent) event.header.edit = by;
  return seal(event, revision.from->hidden_from);
}

Result<std::shared_ptr<const Sealed>> unseal(std::string bytes, std::vector<AccountId> hidden_from) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  v1::Header header;
  bool found = false;
  while (std::uint32_t tag = in.ReadTag()) {
    std::uint32_t length = 0;
    if ((tag & 7) != 2 || !in.ReadVarint32(&length) || length > bytes.size()) {
      return fail(Code::corrupt, "Bytes are not an event.");
    }
    if (tag >> 3 == kHeader) {
      std::string inner;
      if (!in.ReadString(&inner, static_cast<int>(length)) || !header.ParseFromString(inner)) {
        return fail(Code::corrupt, "An event's header cannot be read.");
      }
      found = true;
    } else if (!in.Skip(static_cast<int>(length))) {
      return fail(Code::corrupt, "An event is cut short.");
    }
  }
  if (!found || !in.ConsumedEntireMessage()) return fail(Code::corrupt, "Bytes are not an event.");
  auto model = header_from(header);
  if (!model) return std::unexpected(model.error());
  auto sealed = std::make_shared<Sealed>();
  sealed->header = std::move(*model);
  sealed->bytes = std::move(bytes);
  sealed->hidden_from = std::move(hidden_from);
  return sealed;
}

}  // namespace homing::wire
