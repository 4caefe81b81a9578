#include "edge/range.h"

#include <gtest/gtest.h>

#include "edge/file_answer.h"

namespace homing::edge {
namespace {

std::string choice(std::string_view header, std::uint64_t size = 1000) {
  RangeChoice range = choose_range(header, size);
  if (range.kind == RangeChoice::Kind::whole) return "whole";
  if (range.kind == RangeChoice::Kind::unsatisfied) return "unsatisfied";
  return std::to_string(range.first) + "+" + std::to_string(range.length);
}

TEST(Range, IsAPartOfTheFile) {
  EXPECT_EQ(choice("bytes=0-0"), "0+1");
  EXPECT_EQ(choice("bytes=0-99"), "0+100");
  EXPECT_EQ(choice("bytes=100-"), "100+900");
  EXPECT_EQ(choice("bytes=999-5000"), "999+1");
  EXPECT_EQ(choice("Bytes = 5 - 6 "), "5+2");
  EXPECT_EQ(choice("bytes=-100"), "900+100");
  EXPECT_EQ(choice("bytes=-5000"), "0+1000");
  EXPECT_EQ(choice("bytes=1-99999999999999999999999"), "1+999");
}

TEST(Range, IsUnsatisfiedBehindTheEnd) {
  EXPECT_EQ(choice("bytes=1000-"), "unsatisfied");
  EXPECT_EQ(choice("bytes=1000-1001"), "unsatisfied");
  EXPECT_EQ(choice("bytes=-0"), "unsatisfied");
  EXPECT_EQ(choice("bytes=99999999999999999999999-"), "unsatisfied");
  EXPECT_EQ(choice("bytes=0-", 0), "unsatisfied");
  EXPECT_EQ(choice("bytes=-1", 0), "unsatisfied");
}

TEST(Range, IsEverythingWhereItIsNoneOrSeveral) {
  for (std::string_view header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=+1-2", "bytes=--1",
                                  "items=0-1", "bytes=0-1,5-6", "bytes=0x0-0x1", "bytes=1 2-3"}) {
    EXPECT_EQ(choice(header), "whole") << header;
  }
}

Request request(std::initializer_list<std::pair<std::string_view, std::string_view>> headers,
                std::string method = "GET") {
  Request made;
  made.method = std::move(method);
  for (const auto& [name, value] : headers) made.headers.add(name, value);
  return made;
}

const Validators kFile{"\"v1\"", Time{784111777'500}};  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(Conditions, CompareTagsBeforeTimes) {
  EXPECT_EQ(check_conditions(request({}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-None-Match", "\"v1\""}}), kFile), Condition::not_modified);
  EXPECT_EQ(check_conditions(request({{"If-None-Match", "\"v0\", W/\"v1\""}}), kFile), Condition::not_modified);
  EXPECT_EQ(check_conditions(request({{"If-None-Match", "*"}}), kFile), Condition::not_modified);
  EXPECT_EQ(check_conditions(request({{"If-None-Match", "*"}}, "PUT"), kFile), Condition::failed);
  EXPECT_EQ(check_conditions(request({{"If-None-Match", "\"v10\""}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-Match", "\"v1\""}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-Match", "W/\"v1\""}}), kFile), Condition::failed);
  EXPECT_EQ(check_conditions(request({{"If-Match", "*"}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(
                request({{"If-None-Match", "\"v0\""}, {"If-Modified-Since", http_date(Time{784111777'000})}}), kFile),
            Condition::holds);
}

TEST(Conditions, CompareTimesInSeconds) {
  std::string then = "Sun, 06 Nov 1994 08:49:37 GMT", before = "Sun, 06 Nov 1994 08:49:36 GMT";
  EXPECT_EQ(check_conditions(request({{"If-Modified-Since", then}}), kFile), Condition::not_modified);
  EXPECT_EQ(check_conditions(request({{"If-Modified-Since", before}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-Modified-Since", "yesterday"}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-Unmodified-Since", then}}), kFile), Condition::holds);
  EXPECT_EQ(check_conditions(request({{"If-Unmodified-Since", before}}), kFile), Condition::failed);
}

TEST(Conditions, SayWhetherARangeStillApplies) {
  EXPECT_TRUE(range_applies(request({}), kFile));
  EXPECT_TRUE(range_applies(request({{"If-Range", "\"v1\""}}), kFile));
  EXPECT_FALSE(range_applies(request({{"If-Range", "W/\"v1\""}}), kFile));
  EXPECT_FALSE(range_applies(request({{"If-Range", "\"v0\""}}), kFile));
  EXPECT_TRUE(range_applies(request({{"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}}), kFile));
  EXPECT_FALSE(range_applies(request({{"If-Range", "Sun, 06 Nov 1994 08:49:38 GMT"}}), kFile));
  EXPECT_FALSE(range_applies(request({{"If-Range", "nonsense"}}), kFile));
}

TEST(HttpDate, GoesThereAndBack) {
  EXPECT_EQ(http_date(Time{784111777'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (std::int64_t ms : {0LL, 951782400'000LL, 1709164800'000LL, 4102444799'000LL}) {
    EXPECT_EQ(parse_http_date(http_date(Time{ms})), Time{ms});
  }
  for (std::string_view bad :
       {"", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 0x Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  }
}

TEST(FileAnswer, KeepsStrangersFilesFromActing) {
  ServedFile file;
  file.region = {std::make_shared<const OpenFile>(-1, std::make_shared<int>(0)), 100, 1000};
  file.type = "text/html";
  file.name = "a.html";
  file.validators = kFile;

  Response part = file_answer(request({{"Range", "bytes=10-19"}, {"If-Range", "\"v1\""}}), file);

  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.region.offset, 110U);
  EXPECT_EQ(part.region.length, 10U);
  std::string head = head_of(part, After::keep);
  for (std::string_view line :
       {"Content-Range: bytes 10-19/1000", "Content-Disposition: attachment; filename=\"a.html\"",
        "X-Content-Type-Options: nosniff", "sandbox", "ETag: \"v1\"", "Content-Length: 10",
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Accept-Ranges: bytes"}) {
    EXPECT_NE(head.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(file_answer(request({{"Range", "bytes=10-19"}, {"If-Range", "\"v0\""}}), file).status, 200);
  EXPECT_EQ(file_answer(request({{"Range", "bytes=10-19"}}, "HEAD"), file).status, 200);
  EXPECT_EQ(file_answer(request({{"If-Match", "\"v0\""}}), file).status, 412);
}

}  // namespace
}  // namespace homing::edge
