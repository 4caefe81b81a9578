// Bytes out: everything is appended to the connection's output and sent once at the end of the batch.
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "edge/shard.h"
#include "wire/limits.h"

namespace homing::edge {

namespace {

constexpr std::size_t kFileChunkBytes = 64 * 1024;  // of static data encrypted at a time

}  // namespace

// --- the link that a session sees ---

void Connection::send(const wire::ServerFrame& frame) {
  if (state_ != State::open) return;
  std::string& out = shard_->plain(*this);
  std::size_t begun = begin_message(out);
  wire::encode(frame, form_, out);
  end_message(out, begun, form_ == wire::Form::json ? Opcode::text : Opcode::binary);
  shard_->mark(*this);
}

std::size_t Connection::pending() const {
  std::size_t size = output_ == nullptr ? 0 : output_->size();
  if (size >= limits::kOutputPendingMax) full_ = true;
  return size;
}

void Connection::close(chat::CloseCode code, std::string_view reason) {
  shard_->close(*this, static_cast<std::uint16_t>(code), reason);
}

// --- output ---

Output& Shard::output(Connection& connection) {
  if (connection.output_ == nullptr) connection.output_ = pool_.take(tick_);
  return *connection.output_;
}

std::string& Shard::plain(Connection& connection) {
  Output& out = output(connection);
  return connection.ssl_ != nullptr ? out.plain : out.bytes;
}

void Shard::mark(Connection& connection) {
  if (connection.dirty_ || connection.blocked_) return;
  connection.dirty_ = true;
  dirty_.push_back(id_of(connection));
}

void Shard::close(Connection& connection, std::uint16_t code, std::string_view reason) {
  if (connection.state_ != State::open) return;
  append_close(plain(connection), code, reason);
  begin_closing(connection);
}

// The session is ended when this is flushed: never from inside one of its own calls.
void Shard::begin_closing(Connection& connection) {
  connection.state_ = State::closing;
  connection.heard_ = tick_;
  connection.input_.reset();
  connection.exchange_.reset();
  if (!connection.dirty_) {
    connection.dirty_ = true;
    dirty_.push_back(id_of(connection));
  }
}

bool Shard::encrypt(Connection& connection) {
  Output& out = *connection.output_;
  if (!out.plain.empty()) {
    if (!tls_->encrypt(connection.ssl_.get(), out.plain, out.bytes)) return false;
    out.plain.clear();
  }
  if (out.taken == out.bytes.size() && !out.file.empty()) {
    out.bytes.clear();
    out.taken = 0;
    std::string_view chunk = out.file.substr(0, kFileChunkBytes);
    if (!tls_->encrypt(connection.ssl_.get(), chunk, out.bytes)) return false;
    out.file.remove_prefix(chunk.size());
  }
  if (out.taken == out.bytes.size() && out.file.empty() && out.region.length > 0) return encrypt_region(connection);
  return true;
}

// The next piece of the file. False if there is none: the file is shorter than it was, or unreadable.
bool Shard::encrypt_region(Connection& connection) {
  Output& out = *connection.output_;
  if (region_ == nullptr) region_ = std::make_unique_for_overwrite<char[]>(kRegionBytes);
  std::size_t size = std::min<std::uint64_t>(out.region.length, kRegionBytes);
  ssize_t got = pread(out.region.file->fd(), region_.get(), size, static_cast<off_t>(out.region.offset));
  if (got <= 0) return got < 0 && errno == EINTR;
  out.bytes.clear();
  out.taken = 0;
  out.region.offset += static_cast<std::size_t>(got);
  out.region.length -= static_cast<std::size_t>(got);
  return tls_->encrypt(connection.ssl_.get(), {region_.get(), static_cast<std::size_t>(got)}, out.bytes);
}

// From the file to the socket, inside the kernel. As send(): -1 with errno; an end that comes too early is EIO.
long Shard::send_region(Connection& connection) {
  FileRegion& region = connection.output_->region;
  auto offset = static_cast<off_t>(region.offset);
  std::size_t size = std::min<std::uint64_t>(region.length, kWriteBytes);
  ssize_t sent = sendfile(connection.fd_, region.file->fd(), &offset, size);
  if (sent == 0) errno = EIO;
  if (sent <= 0) return -1;
  region.offset += static_cast<std::size_t>(sent);
  region.length -= static_cast<std::size_t>(sent);
  return sent;
}

void Shard::write(Connection& connection) {
  if (connection.state_ == State::closing) end_session(connection);
  std::size_t sent_in_all = 0;
  while (connection.output_ != nullptr && !connection.blocked_) {
    Output& out = *connection.output_;
    if (sent_in_all >= kWriteBytes && out.serves()) return mark(connection);  // the others' turn
    if (connection.ssl_ != nullptr && !encrypt(connection)) return drop(connection);
    std::string_view bytes = std::string_view(out.bytes).substr(out.taken);
    std::string_view next = bytes.empty() && connection.ssl_ == nullptr ? out.file : bytes;
    bool from_region = next.empty() && out.region.length > 0 && connection.ssl_ == nullptr;
    if (next.empty() && out.region.length == 0) {
      pool_.give_back(std::move(connection.output_));
      break;
    }
    if (next.empty() && !from_region) continue;  // a read of the file was interrupted
    std::size_t wanted = from_region ? std::min<std::uint64_t>(out.region.length, kWriteBytes) : next.size();
    int more = out.region.length > 0 && !from_region ? MSG_MORE : 0;
    ssize_t sent =
        from_region ? send_region(connection) : ::send(connection.fd_, next.data(), next.size(), MSG_NOSIGNAL | more);
    ++metrics_.sends;
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return drop(connection);
    auto took = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    metrics_.bytes_out += took;
    sent_in_all += took;
    if (took > 0) {
      out.moved_at = tick_;
      if (connection.state_ == State::closing) connection.heard_ = tick_;
    }
    if (from_region) {
      // sendfile may stop early without the socket being full; asked again, it says so.
      if (sent >= 0) wanted = took;
    } else if (bytes.empty()) {
      out.file.remove_prefix(took);
    } else {
      out.taken += took;
    }
    if (took < wanted) {
      connection.blocked_ = true;  // EPOLLOUT tells when to go on
      connection.full_ = true;
    } else if (out.size() == 0) {
      pool_.give_back(std::move(connection.output_));
    }
  }
  if (connection.output_ == nullptr) drained(connection);
}

std::size_t Shard::output_bytes() const {
  std::size_t size = 0;
  for (const auto& block : blocks_) {
    for (std::size_t i = 0; i < kBlock; ++i) {
      const Output* out = block[i].output_.get();
      if (out != nullptr) size += out->bytes.capacity() + out->plain.capacity();
    }
  }
  return size;
}

void Shard::drained(Connection& connection) {
  if (connection.state_ == State::closing) {
    if (connection.ssl_ != nullptr) {
      std::string alert;
      tls_->say_end(connection.ssl_.get(), alert);
      // A hint only: the end of the stream says the same.
      if (!alert.empty() && ::send(connection.fd_, alert.data(), alert.size(), MSG_NOSIGNAL) > 0) ++metrics_.sends;
    }
    shutdown(connection.fd_, SHUT_WR);
    connection.state_ = State::shut;
    connection.heard_ = tick_;
    later(connection);
    return;
  }
  if (connection.state_ == State::open && connection.full_) {
    connection.full_ = false;
    sessions_.writable(connection.session_);
    later(connection);
  }
  if (connection.state_ == State::http && !connection.exchange_->answering) later(connection);
}

}  // namespace homing::edge
