#include "chat/file_names.h"

#include <gtest/gtest.h>

#include "wire/limits.h"

namespace homing::chat {
namespace {

TEST(FileNames, OnlyTheLastPartOfAPathIsAName) {
  EXPECT_EQ(clean_file_name("notes.txt"), "notes.txt");
  EXPECT_EQ(clean_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(clean_file_name("C:\\holiday\\beach.jpg"), "beach.jpg");
  EXPECT_EQ(clean_file_name("dir/"), "");
  EXPECT_EQ(clean_file_name(".."), "");
}

TEST(FileNames, ControlsAndWhatIsNoUtf8AreLeftOut) {
  EXPECT_EQ(clean_file_name("a\r\nb\x7f.txt"), "ab.txt");
  EXPECT_EQ(clean_file_name("caf\xc3\xa9 \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xf0\x9f\x98\x80");
  EXPECT_EQ(clean_file_name("a\xff"
                            "b\xc3"),
            "ab");
  EXPECT_EQ(clean_file_name("\xed\xa0\x80x\xc0\xaf"), "x");
  EXPECT_EQ(clean_file_name("photo\xe2\x80\xaegpj.exe"), "photogpj.exe");
}

TEST(FileNames, ALongNameIsCutBetweenCharacters) {
  EXPECT_EQ(clean_file_name(std::string(limits::kFileNameBytesMax, 'a')).size(), limits::kFileNameBytesMax);
  EXPECT_EQ(clean_file_name(std::string(limits::kFileNameBytesMax + 1, 'a')).size(), limits::kFileNameBytesMax);
  EXPECT_EQ(clean_file_name(std::string(limits::kFileNameBytesMax - 1, 'a') + "\xc3\xa9").size(),
            limits::kFileNameBytesMax - 1);
}

TEST(FileNames, AMimeTypeIsSmallAndWithoutParameters) {
  EXPECT_EQ(clean_mime_type("Image/JPEG"), "image/jpeg");
  EXPECT_EQ(clean_mime_type("audio/ogg; codecs=opus"), "audio/ogg");
  EXPECT_EQ(clean_mime_type("image/svg+xml"), "image/svg+xml");
  for (const char* wrong : {"", "image", "image/", "/jpeg", "a/b/c", "text/<b>", "text/\r\nX: y"}) {
    EXPECT_EQ(clean_mime_type(wrong), "") << wrong;
  }
  EXPECT_EQ(clean_mime_type("a/" + std::string(limits::kMimeTypeBytesMax - 2, 'b')).size(), limits::kMimeTypeBytesMax);
  EXPECT_EQ(clean_mime_type("a/" + std::string(limits::kMimeTypeBytesMax - 1, 'b')), "");
}

TEST(FileNames, OfATypesParametersOnlyTheCodecsAreKept) {
  EXPECT_EQ(codecs_of("audio/ogg; codecs=opus"), "; codecs=opus");
  EXPECT_EQ(codecs_of("audio/ogg;charset=x;Codecs=opus ;q=1"), "; codecs=opus");
  EXPECT_EQ(codecs_of("video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\""), "; codecs=\"avc1.42E01E, mp4a.40.2\"");
  for (const char* none : {"audio/ogg", "", "text/plain; charset=utf-7", "a/b; codecs=", "a/b; codecs=\"",
                           "a/b; codecs=x,y", "a/b; codecs=\r\nX: y", "a/b; codecs=\"a\"b\""}) {
    EXPECT_EQ(codecs_of(none), "") << none;
  }
  EXPECT_EQ(codecs_of("a/b; codecs=" + std::string(101, 'x')), "");
}

TEST(FileNames, CapitalsDoNotMatterInTheScriptsThatHaveThem) {
  EXPECT_EQ(folded("Plan ÄÖÜ ŁÓDŹ"), folded("pLAN äöü łódź"));
  EXPECT_EQ(folded("ΑΒΓ"), folded("αβγ"));
  EXPECT_EQ(folded("ПРИВЕТ Ё"), folded("привет ё"));
  EXPECT_EQ(folded("写真 \xff"), "写真 \xff");
}

}  // namespace
}  // namespace homing::chat
