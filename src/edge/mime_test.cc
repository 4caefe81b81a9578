#include "edge/mime.h"

#include <gtest/gtest.h>

#include "edge/utf8.h"
#include "wire/limits.h"

namespace homing::edge {
namespace {

TEST(MediaType, HasParametersPlainAndQuoted) {
  auto type = parse_media_type("Text/Plain; Charset=utf-8 ;boundary=\"a \\\"b\\\\\"; ;x=\"\"");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->value, "text/plain");
  EXPECT_EQ(type->get("charset"), "utf-8");
  EXPECT_EQ(type->get("boundary"), "a \"b\\");
  EXPECT_EQ(type->get("x"), "");
  EXPECT_FALSE(type->get("y"));
}

TEST(MediaType, IsRefusedWhereItIsNone) {
  for (std::string_view bad :
       {"", "text", "/", "text/", "/plain", "a/b/c", "text/plain; x", "text/plain; x=", "text/plain; =1",
        "text/plain; x=\"", "text/plain; x=\"\\", "text/plain; x=1; X=2", "text/plain x=1", "text/plain; x=\"a\nb\""}) {
    EXPECT_FALSE(parse_media_type(bad)) << bad;
  }
  std::string many = "a/b";
  for (std::size_t i = 0; i <= limits::kMediaTypeParametersMax; ++i) many += ";p" + std::to_string(i) + "=1";
  EXPECT_FALSE(parse_media_type(many));
}

std::string name_in(std::string_view header) {
  auto parsed = parse_parameters(header, Backslash::mostly_itself);
  return parsed ? file_name_of(*parsed) : "?";
}

TEST(FileName, IsFoundInADisposition) {
  EXPECT_EQ(name_in("attachment; filename=\"a b.txt\""), "a b.txt");
  EXPECT_EQ(name_in("attachment; filename=a.txt"), "a.txt");
  EXPECT_EQ(name_in("attachment; filename=\"euro.txt\"; filename*=UTF-8''%e2%82%ac.txt"), "€.txt");
  EXPECT_EQ(name_in("attachment; filename=\"x\"; filename*=latin1''%e4"), "x");
  EXPECT_EQ(name_in("attachment; filename=\"x\"; filename*=UTF-8''%ff"), "x");
  EXPECT_EQ(name_in("attachment; filename=\"C:\\dir\\a.txt\""), "C:\\dir\\a.txt");
  EXPECT_EQ(name_in("attachment; filename=\"a\\\"b\""), "a\"b");
  EXPECT_EQ(name_in("attachment"), "");
}

TEST(FileName, IsMadeSafe) {
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(safe_file_name("C:\\dir\\a.txt"), "a.txt");
  EXPECT_EQ(safe_file_name(std::string_view("a\r\nb\0c", 6)), "abc");
  EXPECT_EQ(safe_file_name("photo\u202Egpj.exe"), "photogpj.exe");
  EXPECT_EQ(safe_file_name(".."), "");
  EXPECT_EQ(safe_file_name("a/.. "), "");
  EXPECT_EQ(safe_file_name("   "), "");
  EXPECT_EQ(safe_file_name("\xFF"), "");
  std::string nearly(limits::kFileNameBytesMax - 1, 'a');
  EXPECT_EQ(safe_file_name(nearly + "b"), nearly + "b");
  EXPECT_EQ(safe_file_name(nearly + "äöü"), nearly);
}

TEST(ContentDisposition, HasANameForOldAndNewClients) {
  EXPECT_EQ(content_disposition(Disposition::inline_, ""), "inline");
  EXPECT_EQ(content_disposition(Disposition::attachment, "a.jpg"), "attachment; filename=\"a.jpg\"");
  EXPECT_EQ(content_disposition(Disposition::attachment, "für \"5%\".pdf"),
            "attachment; filename=\"f_r _5__.pdf\"; filename*=UTF-8''f%C3%BCr%20%225%25%22.pdf");
  EXPECT_EQ(content_disposition(Disposition::attachment, "a\r\nSet-Cookie: x"),
            "attachment; filename=\"aSet-Cookie: x\"");
}

TEST(FormName, KnowsTheThreeEscapesOfBrowsers) { EXPECT_EQ(form_name("a%22b%0D%0ac%41%"), "a\"b\r\nc%41%"); }

}  // namespace
}  // namespace homing::edge
