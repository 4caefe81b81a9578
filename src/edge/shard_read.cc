// Bytes in: read into the thread's buffer, parsed there, and only what is incomplete is kept.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "edge/shard.h"
#include "wire/limits.h"

namespace homing::edge {

namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // of TLS

}  // namespace

bool Shard::may_read(const Connection& connection) const {
  switch (connection.state_) {
    case State::free: return false;
    case State::http: {
      const Exchange& exchange = *connection.exchange_;
      if (exchange.body == nullptr) return !exchange.answering && connection.output_ == nullptr;
      // One more read, with what TLS holds back of a record, has room in the window.
      return exchange.reader.state() == RequestReader::State::body &&
             exchange.body->buffered() + kReadBytes + kRecordBytes <= limits::kBodyWindowBytes;
    }
    // Who does not take what we answer is not listened to; who has much under way waits.
    case State::open: return connection.pending() < limits::kOutputPendingMax && !sessions_.busy(connection.session_);
    case State::closing:
    case State::shut: return true;
  }
  return false;
}

void Shard::later(Connection& connection) {
  if (connection.state_ == State::free || connection.waiting_) return;
  connection.waiting_ = true;
  waiting_.push_back(id_of(connection));
}

void Shard::read(Connection& connection) {
  if (!may_read(connection)) return;  // resumed, answered or drained, it is read on
  ConnectionId id = id_of(connection);
  // What waited for its turn goes first.
  if (connection.state_ == State::open && connection.input_ != nullptr && !connection.input_->tail.empty() &&
      connection.input_->tail.size() >= connection.input_->need) {
    std::string tail = std::move(connection.input_->tail);
    connection.input_->tail.clear();
    take_frames(connection, tail);
    if (find(id) == nullptr || !may_read(connection)) return;
  }
  if (connection.state_ == State::http && !connection.exchange_->input.empty()) {
    take_http(connection, {});
    if (find(id) == nullptr || !may_read(connection)) return;
  }
  if (!connection.readable_) return;

  char* at = buffer_.get() + kTailBytes;
  ssize_t got = recv(connection.fd_, at, kReadBytes, 0);
  if (got < 0) {
    if (errno == EINTR) return later(connection);
    connection.readable_ = false;
    if (errno != EAGAIN) drop(connection);
    return;
  }
  if (got == 0) return drop(connection);
  auto size = static_cast<std::size_t>(got);
  metrics_.bytes_in += size;
  if (connection.state_ == State::open) connection.heard_ = tick_;
  take_bytes(connection, {at, size});
  if (find(id) == nullptr) return;
  // A short read empties the socket; only an end that was announced together with the bytes is still to come.
  if (size == kReadBytes || connection.ended_) {
    later(connection);
  } else {
    connection.readable_ = false;
  }
}

// Raw bytes of the socket: through TLS if there is one, then to what the connection speaks.
void Shard::take_bytes(Connection& connection, std::span<char> bytes) {
  std::span<char> plain = bytes;
  TlsEngine::Outcome outcome = TlsEngine::Outcome::fine;
  if (connection.ssl_ != nullptr) {
    bool finished = SSL_is_init_finished(connection.ssl_.get()) != 0;
    opened_.clear();
    std::string answer;  // handshake messages, tickets and alerts
    outcome = tls_->decrypt(connection.ssl_.get(), {bytes.data(), bytes.size()}, opened_, answer);
    if (!finished && SSL_is_init_finished(connection.ssl_.get()) != 0) ++metrics_.tls_handshakes;
    if (!answer.empty()) {
      output(connection).bytes += answer;
      mark(connection);
    }
    plain = std::span<char>(opened_.data(), opened_.size());
  }
  ConnectionId id = id_of(connection);
  if (!plain.empty()) {
    if (connection.state_ == State::http) {
      take_http(connection, plain);
    } else if (connection.state_ == State::open) {
      take_frames(connection, plain);
    }
  }
  if (outcome == TlsEngine::Outcome::fine || find(id) == nullptr) return;
  if (outcome == TlsEngine::Outcome::ended && connection.state_ == State::http) {
    // Who has said all and still listens is answered.
    bool asked = connection.exchange_->answering && connection.exchange_->reader.state() == RequestReader::State::done;
    connection.exchange_->last = asked;
    if (asked) return;
    if (connection.output_ != nullptr && !connection.exchange_->answering) return begin_closing(connection);
  }
  if (outcome == TlsEngine::Outcome::failed) ++metrics_.violations;
  write(connection);  // the alert, if there is one
  if (find(id) != nullptr) drop(connection);
}

void Shard::keep(Connection& connection, std::span<char> bytes, std::size_t need) {
  if (connection.input_ == nullptr) connection.input_ = std::make_unique<Input>();
  connection.input_->tail.append(bytes.data(), bytes.size());
  connection.input_->need = need;
}

void Shard::take_frames(Connection& connection, std::span<char> bytes) {
  std::string joined;
  if (connection.input_ != nullptr && !connection.input_->tail.empty()) {
    std::string& tail = connection.input_->tail;
    if (tail.size() + bytes.size() < connection.input_->need) {
      tail.append(bytes.data(), bytes.size());
      return;
    }
    if (tail.size() <= kTailBytes && bytes.data() == buffer_.get() + kTailBytes) {
      // The room before the read buffer: the frame becomes whole without moving what was read.
      char* start = bytes.data() - tail.size();
      std::memcpy(start, tail.data(), tail.size());
      bytes = {start, tail.size() + bytes.size()};
      tail = {};
    } else {
      joined = std::move(tail);
      tail = {};
      joined.append(bytes.data(), bytes.size());
      bytes = {joined.data(), joined.size()};
    }
  }
  std::unique_ptr<Fragments> fragments =
      connection.input_ != nullptr ? std::move(connection.input_->fragments) : nullptr;
  connection.input_.reset();

  FrameReader reader(bytes, fragments, limits::kFrameBytesMax);
  std::size_t need = 0;
  while (connection.state_ == State::open) {
    if (!may_read(connection)) break;  // what follows waits, with need 0
    Step step = reader.next();
    if (step.kind == Step::Kind::incomplete) {
      need = step.need;
      break;
    }
    if (!take_message(connection, step)) return;
  }
  if (connection.state_ != State::open) return;
  std::span<char> rest = bytes.subspan(reader.consumed());
  if (!rest.empty()) keep(connection, rest, need);
  if (fragments != nullptr) {
    if (connection.input_ == nullptr) connection.input_ = std::make_unique<Input>();
    connection.input_->fragments = std::move(fragments);
  }
}

// False when nothing more is to be read.
bool Shard::take_message(Connection& connection, const Step& step) {
  switch (step.kind) {
    case Step::Kind::incomplete:
    case Step::Kind::pong: return true;
    case Step::Kind::ping:
      append_frame(plain(connection), Opcode::pong, step.payload);
      mark(connection);
      return true;
    case Step::Kind::close: close(connection, step.code == kCloseNoStatus ? kCloseNormal : step.code, {}); return false;
    case Step::Kind::violation:
      ++metrics_.violations;
      close(connection, step.code, step.payload);
      return false;
    case Step::Kind::message: break;
  }
  bool right = step.opcode == (connection.form_ == wire::Form::json ? Opcode::text : Opcode::binary);
  if (!right) {
    ++metrics_.violations;
    close(connection, static_cast<std::uint16_t>(chat::CloseCode::unsupported_data),
          "this subprotocol uses the other kind of message");
    return false;
  }
  std::uint64_t request = 0;
  auto frame = wire::decode(step.payload, connection.form_, request);
  if (frame) {
    sessions_.receive(connection.session_, std::move(*frame));
  } else {
    sessions_.refuse(connection.session_, request, frame.error());
  }
  return connection.state_ == State::open;
}

}  // namespace homing::edge
