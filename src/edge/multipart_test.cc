#include "edge/multipart.h"

#include <gtest/gtest.h>

namespace homing::edge {
namespace {

using Event = MultipartReader::Event;

// What a form says, fed in pieces of this size; the error's text at the end if there is one.
std::string told(std::string_view form, std::size_t piece = 100'000, std::string_view boundary = "xyz") {
  MultipartReader reader(boundary);
  std::string out;
  for (;;) {
    switch (reader.next()) {
      case Event::more:
        if (form.empty()) {
          reader.finish();
        } else {
          reader.feed(form.substr(0, piece));
          form.remove_prefix(std::min(piece, form.size()));
        }
        break;
      case Event::part:
        out += "[" + reader.part().name;
        if (reader.part().file_name) out += "|" + *reader.part().file_name;
        if (!reader.part().type.empty()) out += "|" + reader.part().type;
        out += ":";
        break;
      case Event::data: out += reader.data(); break;
      case Event::part_ended: out += "]"; break;
      case Event::ended: return out + "end";
      case Event::malformed: return out + "!" + reader.error().detail;
    }
  }
}

std::string field(std::string_view name, std::string_view value) {
  return "--xyz\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) +
         "\r\n";
}

TEST(Multipart, IsReadWhereverItIsCut) {
  std::string form = "preamble\r\n" + field("a", "1\r\n--xy not yet\r\n\r\n-") + field("empty", "") +
                     "--xyz \t\r\ncontent-disposition: form-data; name=f; filename=\"r%22s.txt\"\r\n"
                     "Content-Type: text/plain\r\n\r\n\r\nfile\r--xyz\n\r\n--xyz--\r\nepilogue --xyz";
  std::string expected = "[a:1\r\n--xy not yet\r\n\r\n-][empty:][f|r\"s.txt|text/plain:\r\nfile\r--xyz\n]end";
  for (std::size_t piece = 1; piece <= form.size(); ++piece) EXPECT_EQ(told(form, piece), expected) << piece;
}

TEST(Multipart, AllowsAPartWithoutContent) {
  for (std::size_t piece : {1, 1000}) {
    EXPECT_EQ(told("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n--xyz--", piece), "[a:]end");
    EXPECT_EQ(told("--xyz--", piece), "end");
  }
}

TEST(Multipart, TakesTheExtendedFileName) {
  EXPECT_EQ(
      told(
          "--xyz\r\nContent-Disposition: form-data; name=a; filename=\"x\"; filename*=UTF-8''%C3%A4\r\n\r\n\r\n--xyz--"),
      "[a|ä:]end");
  EXPECT_EQ(told("--xyz\r\nContent-Disposition: form-data; name=a; filename=\"\"\r\n\r\n\r\n--xyz--"), "[a|:]end");
}

TEST(Multipart, SaysWhatIsWrong) {
  auto with_head = [](std::string_view head) { return told("--xyz\r\n" + std::string(head) + "\r\n\r\nx\r\n--xyz--"); };
  EXPECT_EQ(told(""), "!The form's boundary does not occur in it.");
  EXPECT_EQ(told("--abc\r\n"), "!The form's boundary does not occur in it.");
  EXPECT_EQ(told(field("a", "1")), "[a:1!The form ends before its last boundary.");
  EXPECT_EQ(told("--xyz\r\nContent-Dis"), "!The form ends before its last boundary.");
  EXPECT_EQ(told("--xyzz\r\n"), "!A boundary is followed by something else.");
  EXPECT_EQ(with_head("no header"), "!The head of a part has a line that is no header.");
  EXPECT_EQ(with_head("Content-Type: a/b"), "!A part needs one Content-Disposition: form-data with a name.");
  EXPECT_EQ(with_head("Content-Disposition: attachment; name=a"),
            "!A part needs one Content-Disposition: form-data with a name.");
  EXPECT_EQ(with_head("Content-Disposition: form-data"),
            "!A part needs one Content-Disposition: form-data with a name.");
  EXPECT_EQ(with_head("Content-Disposition: form-data; name=\"\xFF\""), "!The name of a part is not UTF-8.");
  EXPECT_EQ(with_head("Content-Disposition: form-data; name=a\r\n folded: x"),
            "!The head of a part has a line that is no header.");
  EXPECT_EQ(with_head("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"),
            "!A part is encoded in a way that forms do not use.");
  EXPECT_EQ(with_head("X: " + std::string(limits::kMultipartPartHeadBytesMax, 'x')),
            "!The head of a part is too long.");
  EXPECT_EQ(told("--xyz\r\nX: " + std::string(20'000, 'x'), 1000), "!The head of a part is too long.");
  EXPECT_EQ(told("--xyz" + std::string(20'000, ' '), 1000), "!A boundary's line is too long.");
}

TEST(Multipart, CountsParts) {
  std::string form;
  for (std::size_t i = 0; i < limits::kMultipartPartsMax; ++i) form += field("a", "1");
  EXPECT_TRUE(told(form + "--xyz--").ends_with("end"));
  EXPECT_TRUE(told(form + field("a", "1") + "--xyz--").ends_with("!The form has too many parts."));
}

TEST(Multipart, FindsItsBoundary) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk"),
            "----WebKitFormBoundary7MA4YWxk");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=utf-8; boundary=\"a b:c\""), "a b:c");
  for (std::string bad :
       {std::string("multipart/mixed; boundary=a"), std::string("multipart/form-data"), std::string("text/plain"),
        std::string("multipart/form-data; boundary=\"\""), std::string("multipart/form-data; boundary=\"a \""),
        std::string("multipart/form-data; boundary=\"a\\\r\""),
        "multipart/form-data; boundary=" + std::string(71, 'a')}) {
    auto boundary = multipart_boundary(bad);
    ASSERT_FALSE(boundary) << bad;
    EXPECT_EQ(boundary.error().code, Code::bad_frame);
  }
}

}  // namespace
}  // namespace homing::edge
