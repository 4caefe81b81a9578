#include "webhooks/link_fetch.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "webhooks/http_fixture.h"

namespace homing::webhooks {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class LinkFetchTest : public testing::Test {
 protected:
  Result<FetchedLink> fetch(const std::string& url, std::size_t bytes_max = 1000) {
    content_.clear();
    Sink sink = [this](std::string chunk) -> Task<Result<void>> {
      content_ += chunk;
      co_return Result<void>{};
    };
    auto future = asio::co_spawn(io_, fetch_.fetch(url, bytes_max, sink), asio::use_future);
    auto work = asio::make_work_guard(io_);
    io_.restart();
    while (future.wait_for(0s) != std::future_status::ready) io_.run_one();
    return future.get();
  }

  asio::io_context io_{1};
  Outgoing outgoing_{AddressGuard::parse({"127.0.0.1"}).value()};
  LinkFetch fetch_{outgoing_};
  std::string content_;
};

TEST_F(LinkFetchTest, TheContentItsTypeAndItsName) {
  Receiver receiver(always(answer_of("200 OK", "hello", "Content-Type: Text/Plain; charset=utf-8\r\n")));

  auto fetched = fetch(receiver.url("/a/b%20c.txt?x=/y"));

  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(content_, "hello");
  EXPECT_EQ(fetched->content_type, "text/plain");
  EXPECT_EQ(fetched->file_name, "b c.txt");
  EXPECT_EQ(fetched->bytes, 5u);
}

TEST_F(LinkFetchTest, ErrorsAreAboutTheLink) {
  Receiver missing(always(answer_of("404 Not Found", "<html>")));
  Receiver failing(always(answer_of("503 No", "<html>")));
  Receiver large(always(answer_of("200 OK", std::string(1001, 'x'))));
  struct Case {
    std::string url;
    Code code;
  };
  for (const Case& c : {Case{missing.url(), Code::not_found}, Case{failing.url(), Code::unavailable},
                        Case{large.url(), Code::too_big}, Case{"ftp://example.org/", Code::invalid_argument},
                        Case{"http://169.254.169.254/latest/meta-data", Code::forbidden}}) {
    auto fetched = fetch(c.url);
    ASSERT_FALSE(fetched) << c.url;
    EXPECT_EQ(fetched.error().code, c.code) << c.url;
    EXPECT_EQ(fetched.error().field, "link");
    EXPECT_EQ(content_.find("html"), std::string::npos);
  }
}

TEST(FileName, FromTheHeaderOrTheUrl) {
  const std::string url = "https://example.org/d/report.pdf?sig=a/b#x";
  EXPECT_EQ(file_name_of("", url), "report.pdf");
  EXPECT_EQ(file_name_of("attachment", url), "report.pdf");
  EXPECT_EQ(file_name_of("attachment; filename=a.pdf", url), "a.pdf");
  EXPECT_EQ(file_name_of(R"(attachment; filename="a \"b\"; c.pdf"; size=3)", url), R"(a "b"; c.pdf)");
  EXPECT_EQ(file_name_of("attachment; filename=\"x.pdf\"; FileName*=UTF-8''%e2%82%ac.pdf", url), "\xE2\x82\xAC.pdf");
  EXPECT_EQ(file_name_of("attachment; filename=\"../../etc/passwd\"", url), "passwd");
  EXPECT_EQ(file_name_of(R"(attachment; filename="C:\\temp\\x.doc")", url), "x.doc");
  EXPECT_EQ(file_name_of("attachment; filename*=UTF-8''%ff%fe", url), "report.pdf");
  EXPECT_EQ(file_name_of("", "https://example.org/%2e%2e%2f%2e%2e"), "");
  EXPECT_EQ(file_name_of("", "https://example.org"), "");
  EXPECT_EQ(file_name_of("", "https://example.org/"), "");
  EXPECT_EQ(file_name_of("", "https://example.org/" + std::string(300, 'a')).size(), kFileNameBytesMax);
}

TEST(MediaType, WithoutParametersAndOnlyIfItIsOne) {
  EXPECT_EQ(media_type_of("image/PNG"), "image/png");
  EXPECT_EQ(media_type_of(" audio/ogg ; codecs=opus"), "audio/ogg");
  EXPECT_EQ(media_type_of("nonsense"), "");
  EXPECT_EQ(media_type_of(""), "");
}

}  // namespace
}  // namespace homing::webhooks
