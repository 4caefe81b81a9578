// The PushGateway for browsers. Owned by server/, which gives it a way to ask push services; any I/O thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "push/push_gateway.h"
#include "push/web_push/server_identity.h"

namespace homing {

class WebPush final : public PushGateway {
 public:
  struct Request {
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
  };
  struct Response {
    int status = 0;
    std::chrono::milliseconds retry_after{0};  // 0: nothing was said
  };
  using Ask = std::function<Task<Result<Response>>(Request)>;
  // plain: for development, services on this machine without TLS.
  enum class Services { tls, plain };

  // `pem`: the server's private key. `corrupt` if it is none.
  static Result<std::unique_ptr<WebPush>> open(const std::string& pem, std::string contact, Services services, Ask ask,
                                               Clock& clock, Random& random);
  // A new one.
  static Result<std::string> fresh_pem();

  std::string public_key() const override { return identity_.point(); }
  Result<void> check(const PushAddress& address) const override;
  Task<Result<PushAnswer>> push(PushAddress address, PushMessage message) override;

 private:
  WebPush(web_push::Key key, std::string contact, Services services, Ask ask, Clock& clock, Random& random)
      : identity_(std::move(key), std::move(contact)),
        services_(services),
        ask_(std::move(ask)),
        clock_(clock),
        random_(random) {}
  Result<Request> request(const PushAddress& address, const PushMessage& message);

  web_push::ServerIdentity identity_;
  const Services services_;
  const Ask ask_;
  Clock& clock_;
  Random& random_;
};

}  // namespace homing
