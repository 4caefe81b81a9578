// Every limit on what comes from outside, by name. Those about fields come from the schema (proto/*.proto, option
// `limit`); static_asserts and limits_test.cc keep the two together.
#pragma once

#include <chrono>
#include <cstddef>

namespace homing::limits {

inline constexpr std::size_t kFrameBytesMax = 128 * 1024;        // one client frame, after WebSocket reassembly
inline constexpr std::size_t kTextBytesMax = 65536;              // Text.text
inline constexpr std::size_t kMentionsMax = 64;
inline constexpr std::size_t kGroupMembersMax = 1024;            // the creator included
inline constexpr std::size_t kGroupFormerMembersMax = 4096;      // remembered past memberships; the oldest go first
inline constexpr std::size_t kStatusAudienceMax = 10000;         // people who are shown one account's statuses
inline constexpr std::size_t kGroupNameBytesMax = 200;
inline constexpr std::size_t kGroupDescriptionBytesMax = 8192;
inline constexpr std::size_t kJoinRequestsMax = 256;             // that wait for the admins of one group
inline constexpr std::size_t kProfileNameBytesMax = 100;
inline constexpr std::size_t kProfileAboutBytesMax = 560;
inline constexpr std::size_t kHistoryPageMax = 200;
inline constexpr std::size_t kConversationsPageMax = 200;
inline constexpr std::size_t kNewestConversationsBytesMax = 64 * 1024;  // of the newest that are listed at once
inline constexpr std::size_t kFindAccountsMax = 100;
inline constexpr std::size_t kBlockedMax = 10000;                // accounts that one account blocks
inline constexpr std::size_t kDevicesMax = 10;                   // active devices of one account
inline constexpr std::size_t kLinkCodesPerHourMax = 20;          // codes for new devices that one account makes
inline constexpr std::size_t kPresenceWatchedMax = 32;           // people whose presence one session is told
inline constexpr std::size_t kRequestsInFlightMax = 256;         // of one session; then its socket is not read
inline constexpr std::size_t kOutputPendingMax = 64 * 1024;  // of one socket; then its session waits at its cursor
inline constexpr std::size_t kHttpHeadBytesMax = 16 * 1024;
inline constexpr std::size_t kHttpHeadersMax = 100;  // of one request; those of one name count one by one
inline constexpr std::size_t kHttpBodyBytesMax = 64 * 1024;  // where a route does not say otherwise
inline constexpr std::size_t kApiBodyBytesMax = 1024 * 1024;  // the most that a route may ask for in one piece
inline constexpr std::size_t kBodyWindowBytes = 128 * 1024;  // of a streamed body; then its socket is not read
inline constexpr std::size_t kQueryParametersMax = 64;
inline constexpr std::size_t kMediaTypeParametersMax = 16;  // of one Content-Type or Content-Disposition
inline constexpr std::size_t kMultipartBoundaryBytesMax = 70;
inline constexpr std::size_t kMultipartPartHeadBytesMax = 8 * 1024;
inline constexpr std::size_t kMultipartPartsMax = 64;
inline constexpr std::size_t kMultipartFieldBytesMax = 64 * 1024;  // of a part that is kept in memory

// By the server's clock.
inline constexpr std::chrono::minutes kEditWindow{15};  // after a message its author may edit it so long
inline constexpr std::chrono::minutes kLinkCodeLife{2};  // of a code with which a new device joins an account
inline constexpr std::chrono::hours kDeleteWindow{60};  // the same for deleting it for everyone; a group's admin always

// Files, by what their bytes are: a document is everything that is no picture, sound or film of the types below it.
inline constexpr std::size_t kImageBytesMax = 16 * 1024 * 1024;  // jpeg, png, webp, gif
inline constexpr std::size_t kVideoBytesMax = 16 * 1024 * 1024;  // mp4, 3gpp
inline constexpr std::size_t kAudioBytesMax = 16 * 1024 * 1024;  // aac, mp4, mpeg, amr, ogg
inline constexpr std::size_t kDocumentBytesMax = 100 * 1024 * 1024;  // everything else
inline constexpr std::size_t kFileNameBytesMax = 960;  // Media.name; longer ones are cut
inline constexpr std::size_t kMimeTypeBytesMax = 255;
inline constexpr std::size_t kThumbnailBytesMax = 16384;  // a JPEG
inline constexpr std::size_t kThumbnailSideMax = 240;  // pixels
inline constexpr std::size_t kImagePixelsMax = 100 * 1000 * 1000;  // of all frames together; more is not decoded
inline constexpr std::size_t kImagePixelsWholeMax = 40 * 1000 * 1000;  // in forms that are decoded in memory as a whole
inline constexpr std::size_t kImageSideMax = 16384;  // pixels
inline constexpr std::size_t kImageFramesMax = 500;
inline constexpr std::size_t kMessageBodyBytesMax = 512 * 1024;  // of a REST call that sends a message, without a file
inline constexpr std::size_t kFormOverheadBytesMax = 1024 * 1024;  // of a form with a file: all that is not the file
inline constexpr std::size_t kChecksumBytesMax = 1024 * 1024;  // of a piece of an upload that has a checksum
inline constexpr std::size_t kUnreadPageMax = 1000;  // messages of one page over REST
inline constexpr std::size_t kUnreadPageBytesMax =
    4 * 1024 * 1024;  // their events; a page ends with the one that exceeds it
inline constexpr std::size_t kUnreadWaitSecondsMax = 60;
inline constexpr std::size_t kUploadsOpenMax = 16;  // of one account, that come in pieces
inline constexpr std::size_t kUploadsAtOnceMax = 128;  // of one account, in one go
inline constexpr std::size_t kFilesPageMax = 100;  // of one search

}  // namespace homing::limits
