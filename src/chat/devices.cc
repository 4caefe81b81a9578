#include "chat/devices.h"

#include <algorithm>

namespace homing::chat {

Task<Result<wire::Devices>> Devices::list(Caller caller) {
  auto devices = co_await directory_.devices_of(caller.account);
  if (!devices) co_return std::unexpected(devices.error());
  auto seen = co_await seen_.devices(caller.account);
  if (!seen) co_return std::unexpected(seen.error());
  wire::Devices list;
  for (const Device& device : *devices) {
    if (device.life == Life::ended) continue;
    wire::DeviceView view{device.id, device.name, device.created, {}, false, device.id == caller.device};
    view.connected = !hub_.sessions_of(caller.account, device.id).empty();
    auto last = std::ranges::find(*seen, device.id, &std::pair<DeviceId, Time>::first);
    if (last != seen->end()) view.last_seen = last->second;
    list.devices.push_back(std::move(view));
  }
  std::ranges::sort(list.devices, {}, [](const wire::DeviceView& view) { return std::pair(view.created.ms, view.id); });
  co_return list;
}

Task<Result<Device>> Devices::own(AccountId account, DeviceId id) {
  auto device = co_await directory_.device(id);
  if (!device && device.error().code != Code::not_found) co_return std::unexpected(device.error());
  if (!device || (*device)->account != account || (*device)->life == Life::ended)
    co_return fail(Code::not_found, "You have no such device.", "device");
  co_return **device;
}

Task<Result<void>> Devices::rename(Caller caller, wire::RenameDevice request) {
  auto device = co_await own(caller.account, request.device);
  if (!device) co_return std::unexpected(device.error());
  device->name = std::move(request.name);
  auto stored = co_await directory_.put(std::move(*device));
  if (!stored) co_return std::unexpected(stored.error());
  co_return Result<void>{};
}

Task<Result<void>> Devices::revoke(Caller caller, wire::RevokeDevice request) {
  auto device = co_await own(caller.account, request.device);
  if (!device) co_return std::unexpected(device.error());
  auto revoked = co_await accounts_.revoke(device->id);
  if (!revoked) co_return std::unexpected(revoked.error());
  auto forgotten = co_await seen_.forget(caller.account, device->id);
  // Last: who logs out here still gets the answer.
  hub_.end(hub_.sessions_of(caller.account, device->id), CloseCode::unauthenticated, "this device was logged out");
  co_return forgotten;
}

Task<Result<wire::LinkCode>> Devices::link_code(Caller caller) {
  auto invite = co_await accounts_.link_code(caller.account);
  if (!invite) co_return std::unexpected(invite.error());
  co_return wire::LinkCode{std::move(invite->code), invite->expires};
}

}  // namespace homing::chat
