#include "server/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "server/settings.h"

namespace homing::server {
namespace {

class ConfigFile : public ::testing::Test {
 protected:
  ConfigFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "homing-config-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& text) {
    std::filesystem::path path = folder_ / "homing.toml";
    std::ofstream(path) << text;
    return path;
  }
  Result<Config> load(const std::string& text, const Said& environment = {}, const Said& flags = {}) {
    return load_config(file(text), environment, flags);
  }
  // The complaint about this file, or "taken".
  std::string refusal(const std::string& text, const Said& flags = {}) {
    auto loaded = load(text, {}, flags);
    return loaded ? "taken" : loaded.error().detail;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, LaterSourcesWin) {
  auto config = load("listen = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"\n[retention]\ndays = 7\n",
                     {{"log.level", "error"}, {"retention.days", "8"}}, {{"retention.days", "9"}});

  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->listen, "127.0.0.1:1");
  EXPECT_EQ(config->level(), log::Level::error);
  EXPECT_EQ(config->retention().days, 9);
  EXPECT_EQ(config->retention().undelivered_days, 30);
}

TEST_F(ConfigFile, TheFileInTheDataFolderIsReadWithoutBeingNamed) {
  file("threads = 3\n");

  auto config = load_config(std::nullopt, {}, {{"data", folder_.string()}});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->thread_count(), 3u);
  EXPECT_EQ(config->data, folder_.string());
}

TEST_F(ConfigFile, AFileThatWasNamedMustExist) { EXPECT_FALSE(load_config(folder_ / "other.toml", {}, {})); }

TEST_F(ConfigFile, WithoutAFileTheDefaultsHold) {
  auto config = load_config(std::nullopt, {}, {{"data", (folder_ / "none").string()}});

  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, "127.0.0.1:8080");
  EXPECT_EQ(config->retention().keep, Keep::days);
  EXPECT_GE(config->thread_count(), 1u);
}

TEST_F(ConfigFile, UnknownKeysAndWrongValuesAreRefusedByName) {
  EXPECT_NE(refusal("listne = \"x\"").find("listne"), std::string::npos);
  EXPECT_NE(refusal("[log]\nlevle = \"info\"").find("log.levle"), std::string::npos);
  EXPECT_NE(refusal("[log.level]\na = 1").find("log.level"), std::string::npos);
  EXPECT_NE(refusal("threads = \"2\"").find("threads"), std::string::npos);
  EXPECT_NE(refusal("threads = 2.5").find("threads"), std::string::npos);
  EXPECT_NE(refusal("threads = -1").find("from 0 to 64"), std::string::npos);
  EXPECT_NE(refusal("[retention]\ndays = 0").find("retention.days"), std::string::npos);
  EXPECT_NE(refusal("[retention]\nkeep = \"weeks\"").find("forever"), std::string::npos);
  EXPECT_NE(refusal("[retention]\nkeep = \"forever|days\"").find("forever"), std::string::npos);
  EXPECT_NE(refusal("[registration]\ndev_codes_in_log = 1").find("dev_codes_in_log"), std::string::npos);
  EXPECT_NE(refusal("[web]\nallowed_origins = [1]").find("allowed_origins"), std::string::npos);
  EXPECT_NE(refusal("threads = ").find("line 1"), std::string::npos);
  EXPECT_NE(refusal("", {{"no.such", "1"}}).find("no.such"), std::string::npos);
  EXPECT_NE(refusal("", {{"limits.frames_per_second", "nan"}}).find("frames_per_second"), std::string::npos);
  EXPECT_NE(refusal("", {{"limits.frames_burst", "1e3x"}}).find("frames_burst"), std::string::npos);
}

TEST_F(ConfigFile, TrustedProxiesAreAddressesAndNetworks) {
  EXPECT_NE(refusal("trusted_proxies = [\"10.0.0.0/33\"]").find("trusted_proxies: 10.0.0.0/33"), std::string::npos);
  EXPECT_NE(refusal("trusted_proxies = [\"127.0.0.1\", \"proxy.local\"]").find("proxy.local"), std::string::npos);
}

TEST_F(ConfigFile, BytesMayBeMoreThanAnIntHolds) {
  auto config = load_config({}, {}, {{"media.quota_account_bytes", "5000000000"}, {"media.unused_hours", "1"}});

  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->file_limits().account_bytes, 5'000'000'000u);
  EXPECT_EQ(config->file_limits().unused, std::chrono::hours(1));
  EXPECT_FALSE(load_config({}, {}, {{"media.quota_total_bytes", "1.5"}}));
  EXPECT_FALSE(load_config({}, {}, {{"media.quota_total_bytes", "-1"}}));
  EXPECT_FALSE(load_config({}, {}, {{"media.unused_hours", "0"}}));
}

TEST_F(ConfigFile, CombinationsThatMakeNoSenseAreRefused) {
  EXPECT_NE(refusal("[tls]\ncert = \"a.pem\"").find("tls.key"), std::string::npos);
  EXPECT_NE(refusal("listen = \"8080\"").find("listen"), std::string::npos);
  EXPECT_NE(refusal("[metrics]\nlisten = \"here:1\"").find("metrics.listen"), std::string::npos);
  EXPECT_NE(refusal("[registration]\ncode_hook_url = \"file:///etc\"").find("http"), std::string::npos);
  EXPECT_NE(refusal("[registration]\ncode_hook_url = \"http://127.0.0.1/\"\ndev_codes_in_log = true").find("dev_codes"),
            std::string::npos);
}

TEST_F(ConfigFile, WhatIsPrintedIsReadBackToTheSame) {
  Config config;
  config.listen = "[::1]:99";
  config.allowed_origins = {"https://a.example", "https://b.example"};
  config.tls_cert = "with \"quotes\" and \\";
  config.tls_key = "tab\there";
  config.frames_per_second = 12.5;
  config.retention_keep = "forever";
  config.dev_codes_in_log = true;

  auto back = load(to_toml(config));

  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(to_toml(*back), to_toml(config));
  EXPECT_EQ(back->allowed_origins, config.allowed_origins);
}

TEST(Settings, EveryOneHasAFlagAVariableAndARowInTheDocs) {
  std::string docs = to_markdown();
  for (const Setting& setting : settings()) {
    EXPECT_NE(docs.find("`" + std::string(setting.key) + "`"), std::string::npos);
    EXPECT_FALSE(setting.doc.empty()) << setting.key;
  }
  EXPECT_EQ(flag_of(*find_setting("retention.undelivered_days")), "--retention-undelivered-days");
  EXPECT_EQ(environment_of(*find_setting("log.level")), "HOMING_LOG_LEVEL");
}

TEST(Listen, AddressesAreNumericWithAPort) {
  EXPECT_EQ(parse_listen("127.0.0.1:8080").value(), (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(parse_listen("[::1]:1").value(), (ListenAddress{"::1", 1}));
  EXPECT_EQ(parse_listen("*:8080").value(), (ListenAddress{"0.0.0.0", 8080}));
  EXPECT_EQ(parse_listen("localhost:0").value(), (ListenAddress{"127.0.0.1", 0}));
  for (const char* bad : {"", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:80",
                          "[::1]", "example.org:80", "127.0.0.1:80 "}) {
    EXPECT_FALSE(parse_listen(bad)) << bad;
  }
}

}  // namespace
}  // namespace homing::server
