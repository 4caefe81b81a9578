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
inline constexpr std::size_t kHttpHeadersMax = 100;              // of one request; those of one name count one by one
inline constexpr std::size_t kHttpBodyBytesMax = 64 * 1024;      // where a route does not say otherwise
inline constexpr std::size_t kApiBodyBytesMax = 1024 * 1024;     // the most that a route may ask for in one piece
inline constexpr std::size_t kBodyWindowBytes = 128 * 1024;      // of a streamed body, not taken yet; then its socket is not read
inline constexpr std::size_t kQueryParametersMax = 64;
inline constexpr std::size_t kMediaTypeParametersMax = 16;       // of one Content-Type or Content-Disposition
inline constexpr std::size_t kFileNameBytesMax = 255;
inline constexpr std::size_t kMultipartBoundaryBytesMax = 70;
inline constexpr std::size_t kMultipartPartHeadBytesMax = 8 * 1024;
inline constexpr std::size_t kMultipartPartsMax = 64;
inline constexpr std::size_t kMultipartFieldBytesMax = 64 * 1024;  // of a part that is kept in memory

}  // namespace homing::limits
