#include "edge/rest/tus_header.h"

#include <gtest/gtest.h>

#include "edge/rest/upload.h"
#include "wire/limits.h"

namespace homing::rest {
namespace {

TEST(TusHeader, ReadsNameAndType) {
  auto metadata = parse_upload_metadata("filename bm90ZXMudHh0, filetype dGV4dC9wbGFpbg==,is_confidential");
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->filename, "notes.txt");
  EXPECT_EQ(metadata->filetype, "text/plain");
  EXPECT_TRUE(parse_upload_metadata(""));
  for (std::string_view wrong : {"filename bm9", "filename !!!!", "filename bm90ZX M="}) {
    EXPECT_FALSE(parse_upload_metadata(wrong)) << wrong;
  }
}

TEST(TusHeader, SaysWhetherMetadataIsToGo) {
  EXPECT_EQ(parse_upload_metadata("")->metadata, Metadata::keep);
  EXPECT_EQ(parse_upload_metadata("strip_metadata dHJ1ZQ==")->metadata, Metadata::strip);
  EXPECT_EQ(parse_upload_metadata("strip_metadata ZmFsc2U=")->metadata, Metadata::keep);
  for (std::string_view wrong : {"strip_metadata", "strip_metadata MQ==", "strip_metadata VFJVRQ=="}) {
    auto refused = parse_upload_metadata(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_EQ(refused.error().field, "Upload-Metadata");
    EXPECT_EQ(refused.error().detail, "strip_metadata is true or false.");
  }
}

TEST(TusHeader, HoldsBytesAgainstTheirChecksum) {
  auto checksum = parse_checksum("sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=");
  ASSERT_TRUE(checksum && *checksum);
  EXPECT_TRUE(matches(**checksum, "hello"));
  EXPECT_FALSE(matches(**checksum, "hellO"));
  checksum = parse_checksum("sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
  ASSERT_TRUE(checksum && *checksum);
  EXPECT_TRUE(matches(**checksum, "hello"));
  EXPECT_TRUE(parse_checksum("")) << "there is none";
  for (std::string_view wrong : {"md5 XUFAKrxLKna5cZ2REBfFkg==", "sha1", "sha1 !"}) EXPECT_FALSE(parse_checksum(wrong));
}

TEST(Upload, TakesAsMuchAsTheKindMayHave) {
  for (std::string_view kind : {"image", "video", "audio", "voice", "sticker", "image/jpeg", "video/mp4"}) {
    EXPECT_EQ(bytes_max_of(kind), limits::kImageBytesMax) << kind;
  }
  for (std::string_view kind : {"", "document", "application/pdf", "image/svg+xml", "image/tiff"}) {
    EXPECT_EQ(bytes_max_of(kind), limits::kDocumentBytesMax) << kind;
  }
}

TEST(Upload, ChecksTheKindThatWasSaid) {
  File picture;
  picture.kind = FileKind::image;
  EXPECT_TRUE(check_kind("image", picture));
  EXPECT_TRUE(check_kind("document", picture));
  EXPECT_TRUE(check_kind("", picture));
  EXPECT_EQ(check_kind("video", picture).error().code, Code::media_wrong_type);
  EXPECT_EQ(check_kind("voice", picture).error().code, Code::media_wrong_type);
}

}  // namespace
}  // namespace homing::rest
