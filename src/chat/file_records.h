// How files lie in Records: their names and what they say of each other. Pure; any thread.
//
//   file/ID                            the file (wire/stored.h)
//   file-of/OWNER/NEWEST-FIRST/ID      the uploads of an account
//   file-usage/OWNER                   how many, and their bytes
//   file-blob/SHA256/ID                which files have these bytes, or which upload, until it is a file
//   file-shown/ID/CONVERSATION/SEQ     which events show the file, and until when
//   file-in/CONVERSATION/SEQ/ID        the same, by conversation
//   file-kept/ID/HOLDER                whose picture it is, or was: "account/NUMBER", "group/NUMBER"
//   upload/ID, upload-of/OWNER/ID      uploads that come in pieces
//
// Numbers are 16 hexadecimal digits, so that they sort.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/file.h"
#include "store/records.h"

namespace homing::chat {

// An event that shows a file.
struct Showing {
  ConversationId conversation;
  Seq seq;
  Time expires;  // 0: never
  friend bool operator==(const Showing&, const Showing&) = default;
};

// Whose picture a file is. What the account or the group says itself decides; a record that it does not confirm is left
// over, and the sweep forgets it.
struct Holder {
  enum class Kind { account, group } kind = Kind::account;
  std::uint64_t id = 0;
  friend bool operator==(const Holder&, const Holder&) = default;
};
inline Holder holder(AccountId account) { return {Holder::Kind::account, account.value}; }
inline Holder holder(ConversationId group) { return {Holder::Kind::group, group.value}; }

struct Usage {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
};

namespace name {

inline const std::string kFiles = "file/";
inline const std::string kUploads = "upload/";

std::string file(const FileId& id);
std::string own_prefix(AccountId owner);
std::string own(const File& file);
std::string usage(AccountId owner);
std::string blob_prefix(const BlobId& blob);
std::string blob(const File& file);
std::string shown_prefix(const FileId& id);
std::string shown_prefix(const FileId& id, ConversationId conversation);
std::string shown(const FileId& id, const Showing& showing);
std::string in_prefix(ConversationId conversation);
std::string in(const FileId& id, const Showing& showing);
std::string kept_prefix(const FileId& id);
std::string kept(const FileId& id, const Holder& holder);
std::string upload(const std::string& id);
std::string upload_prefix(AccountId owner);
std::string upload_of(const Upload& upload);
std::string upload_blob(const Upload& upload);

}  // namespace name

inline const std::string kMark = "-";  // the value of a record whose name says all

// `corrupt` for what a disk made of it.
Result<Showing> showing_from(const Record& shown);
std::string until(const Showing& showing);
Result<Holder> holder_from(const Record& kept);
struct In {
  Showing showing;  // without `expires`
  FileId id;
};
Result<In> in_from(std::string_view name);
// Whether this can be the name of one of these uploads, name::own().
bool is_own_name(AccountId owner, std::string_view name);
// The last part of a name.
std::string id_from(std::string_view name);
std::string to_text(Usage usage);
Result<Usage> usage_from(std::string_view text);

}  // namespace homing::chat
