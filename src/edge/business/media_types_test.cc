#include "edge/business/media_types.h"

#include <gtest/gtest.h>

namespace homing::business {
namespace {

TEST(MediaTypes, ParametersAndCapitalsDoNotCount) {
  EXPECT_EQ(bare_type("Audio/Ogg; codecs=opus"), "audio/ogg");
  EXPECT_EQ(bare_type("image/png"), "image/png");
}

TEST(MediaTypes, OnlyTheTableIsTaken) {
  EXPECT_EQ(media_bytes_max("image/jpeg"), 5u * 1024 * 1024);
  EXPECT_EQ(media_bytes_max("audio/ogg"), 16u * 1024 * 1024);
  EXPECT_EQ(media_bytes_max("application/pdf"), 100u * 1024 * 1024);
  for (const char* type : {"", "image/gif", "text/html", "application/zip", "image/svg+xml"})
    EXPECT_EQ(media_bytes_max(type), 0u);
}

TEST(MediaTypes, ThePartIsBelievedBeforeTheFieldBeforeTheName) {
  EXPECT_EQ(claimed_type("image/png", "image/jpeg", "a.pdf"), "image/png");
  EXPECT_EQ(claimed_type("application/octet-stream", "image/jpeg", "a.pdf"), "image/jpeg");
  EXPECT_EQ(claimed_type("", "image/jpeg", "a.pdf"), "image/jpeg");
  EXPECT_EQ(claimed_type("", "image", "a.PDF"), "application/pdf");
  EXPECT_EQ(claimed_type("application/octet-stream", "", "a.opus"), "audio/ogg");
  EXPECT_EQ(claimed_type("", "document", "a"), "");
  EXPECT_EQ(claimed_type("binary/octet-stream", "", "a"), "") << "what some stores say of everything";
  EXPECT_EQ(claimed_type("Audio/Ogg; codecs=opus", "", ""), "audio/ogg; codecs=opus");
  EXPECT_EQ(claimed_type("", "audio/ogg;codecs=opus", ""), "audio/ogg;codecs=opus");
}

TEST(MediaTypes, AnAddressNamesAFileByTheEndOfItsPath) {
  EXPECT_EQ(name_in_url("https://a.example/b/Rechnung%20M%C3%A4rz.pdf?x=/y#/z"), "Rechnung März.pdf");
  EXPECT_EQ(name_in_url("https://a.example/a+b.pdf"), "a+b.pdf");
  EXPECT_EQ(name_in_url("https://a.example/50%.pdf"), "50%.pdf");
  EXPECT_EQ(name_in_url("https://a.example/%FF.pdf"), "%FF.pdf");
  for (const char* url : {"https://a.example", "https://a.example/", "https://a.example/b/?c", ""})
    EXPECT_EQ(name_in_url(url), "") << url;
}

}  // namespace
}  // namespace homing::business
