// Bytes out: everything is appended to the connection's output and sent once at the end of the batch.
#include <sys/socket.h>

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
  return true;
}

void Shard::write(Connection& connection) {
  if (connection.state_ == State::closing) end_session(connection);
  while (connection.output_ != nullptr && !connection.blocked_) {
    Output& out = *connection.output_;
    if (connection.ssl_ != nullptr && !encrypt(connection)) return drop(connection);
    std::string_view bytes = std::string_view(out.bytes).substr(out.taken);
    std::string_view next = bytes.empty() && connection.ssl_ == nullptr ? out.file : bytes;
    if (next.empty()) {
      pool_.give_back(std::move(connection.output_));
      break;
    }
    ssize_t sent = ::send(connection.fd_, next.data(), next.size(), MSG_NOSIGNAL);
    ++metrics_.sends;
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return drop(connection);
    auto took = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    metrics_.bytes_out += took;
    if (took > 0) out.moved_at = tick_;
    if (bytes.empty()) {
      out.file.remove_prefix(took);
    } else {
      out.taken += took;
    }
    if (took < next.size()) {
      connection.blocked_ = true;  // EPOLLOUT tells when to go on
      connection.full_ = true;
    } else if (out.size() == 0) {
      pool_.give_back(std::move(connection.output_));
    }
  }
  if (connection.output_ == nullptr) drained(connection);
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
