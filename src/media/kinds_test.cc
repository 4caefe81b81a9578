#include "media/kinds.h"

#include <gtest/gtest.h>

#include "wire/limits.h"

namespace homing::media {
namespace {

std::string decided(std::string_view found, std::string_view claimed) {
  auto type = decide(found, claimed);
  if (!type) return type.error().code == Code::media_wrong_type ? "wrong" : "other error";
  return *type;
}

TEST(Kinds, TheTableSaysWhatATypeCountsAs) {
  for (const char* type : {"image/jpeg", "image/png", "image/webp", "image/gif"})
    EXPECT_EQ(kind_of(type), FileKind::image);
  for (const char* type : {"audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg"}) {
    EXPECT_EQ(kind_of(type), FileKind::audio);
  }
  for (const char* type : {"video/mp4", "video/3gpp"}) EXPECT_EQ(kind_of(type), FileKind::video);
  for (const char* type : {"application/pdf", "image/tiff", "video/webm", "text/plain", ""}) {
    EXPECT_EQ(kind_of(type), FileKind::document);
  }
  EXPECT_EQ(bytes_max(FileKind::image), 16u * 1024 * 1024);
  EXPECT_EQ(bytes_max(FileKind::document), 100u * 1024 * 1024);
}

TEST(Kinds, OtherNamesOfATypeMeanTheSame) {
  EXPECT_EQ(canonical("Image/JPG"), "image/jpeg");
  EXPECT_EQ(canonical("audio/x-m4a"), "audio/mp4");
  EXPECT_EQ(canonical("audio/x-hx-aac-adts"), "audio/aac");
  EXPECT_EQ(canonical("audio/AMR"), "audio/amr");
  EXPECT_EQ(decided("video/3gpp", "video/3gp"), "video/3gpp");
}

TEST(Kinds, WithoutAClaimTheBytesDecide) {
  EXPECT_EQ(decided("image/png", ""), "image/png");
  EXPECT_EQ(decided("application/x-empty", ""), "application/octet-stream");
}

TEST(Kinds, AClaimThatContradictsTheBytesIsRefused) {
  EXPECT_EQ(decided("image/png", "image/jpeg"), "wrong");
  EXPECT_EQ(decided("text/html", "image/jpeg"), "wrong");
  EXPECT_EQ(decided("text/plain", "image/jpeg"), "wrong");
  EXPECT_EQ(decided("application/pdf", "video/mp4"), "wrong");
  EXPECT_EQ(decided("text/html", "image/heic"), "wrong");
  EXPECT_EQ(decided("image/jpeg", "image/jpg"), "image/jpeg");
}

TEST(Kinds, TheClaimDecidesBetweenTypesThatLookAlike) {
  EXPECT_EQ(decided("video/mp4", "audio/mp4"), "audio/mp4");
  EXPECT_EQ(decided("video/webm", "audio/webm"), "audio/webm");
  EXPECT_EQ(decided("application/zip", "application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(decided("text/plain", "text/csv"), "text/csv");
  EXPECT_EQ(decided("application/octet-stream", "image/heic"), "application/octet-stream");
}

TEST(Kinds, AClaimedDocumentDoesNotHideWhatTheBytesAre) {
  EXPECT_EQ(decided("image/png", "application/pdf"), "image/png");
  EXPECT_EQ(decided("text/html", "text/csv"), "text/html");
  EXPECT_EQ(decided("text/plain", "text/html"), "text/plain");
  EXPECT_EQ(decided("text/plain", "image/svg+xml"), "text/plain");
}

}  // namespace
}  // namespace homing::media
