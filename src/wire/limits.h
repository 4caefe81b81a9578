// Every limit on what comes from outside, by name. Those about fields come from the schema (proto/*.proto, option
// `limit`); static_asserts and limits_test.cc keep the two together.
#pragma once

#include <cstddef>

namespace homing::limits {

inline constexpr std::size_t kFrameBytesMax = 128 * 1024;        // one client frame, after WebSocket reassembly
inline constexpr std::size_t kTextBytesMax = 65536;              // Text.text
inline constexpr std::size_t kMentionsMax = 64;
inline constexpr std::size_t kGroupMembersMax = 1024;            // the creator included
inline constexpr std::size_t kGroupFormerMembersMax = 4096;      // remembered past memberships; the oldest go first
inline constexpr std::size_t kStatusAudienceMax = 10000;         // people who are shown one account's statuses
inline constexpr std::size_t kGroupNameBytesMax = 200;
inline constexpr std::size_t kProfileNameBytesMax = 100;
inline constexpr std::size_t kProfileAboutBytesMax = 560;
inline constexpr std::size_t kHistoryPageMax = 200;
inline constexpr std::size_t kConversationsPageMax = 200;
inline constexpr std::size_t kFindAccountsMax = 100;
inline constexpr std::size_t kBlockedMax = 10000;                // accounts that one account blocks
inline constexpr std::size_t kDevicesMax = 10;                   // active devices of one account
inline constexpr std::size_t kRequestsInFlightMax = 256;         // of one session; then its socket is not read
inline constexpr std::size_t kOutputPendingMax = 64 * 1024;      // of one socket; then its session waits at its cursor
inline constexpr std::size_t kHttpHeadBytesMax = 16 * 1024;
inline constexpr std::size_t kHttpBodyBytesMax = 64 * 1024;

}  // namespace homing::limits
