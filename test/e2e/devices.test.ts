// A person's devices, who is here, and what one shows to whom, against the real server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode, ServerError } from '../../web/src/client/errors';
import { deviceId } from '../../web/src/client/ids';
import { Rest } from '../../web/src/client/rest';
import { Audience } from '../../web/src/gen/frames_pb';
import type { Presence } from '../../web/src/gen/frames_pb';
import { Device, device, pause, until } from './person';
import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start('devices');
});
afterAll(async () => {
  await server?.close();
});

const codeOf = (promise: Promise<unknown>) => promise.then(() => ErrorCode.ok, (error: unknown) => (error instanceof ServerError ? error.code : ErrorCode.unavailable));
const rest = () => new Rest(fetch as never, server.origin);

/** A device together with what it is told about who is here. */
async function watcher(name: string): Promise<{ who: Device; heard: Presence[] }> {
  const heard: Presence[] = [];
  const who = await device(server, name, { onHeard: (kind) => void (kind.case === 'presence' && heard.push(kind.value)) });
  return { who, heard };
}

describe('devices', () => {
  it('a new device joins by a code, once, and gets messages as the others do', async () => {
    const [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
    const { code, expiresMs } = await ana.client.linkCode();
    expect(code).toHaveLength(22);
    expect(Number(expiresMs) - Date.now()).toBeGreaterThan(100_000);

    const linked = await rest().link(code, 'Tablet');

    expect(linked.accountId).toBe(ana.added.account_id);
    const tablet = await new Device(server, { account_id: linked.accountId, phone: linked.phone, device_id: linked.deviceId, token: linked.token }).online();
    await ben.say(ana, 'to both');
    await Promise.all([ana.has('to both'), tablet.has('to both')]);
    expect(await codeOf(rest().link(code, 'Again'))).toBe(ErrorCode.link_code_invalid);
    expect(await codeOf(rest().link('A'.repeat(22), 'Guess'))).toBe(ErrorCode.link_code_invalid);
    expect((await ana.client.devices()).map(({ name, current, connected }) => [name, current, connected]).slice(1)).toEqual([['Tablet', false, true]]);
    for (const each of [ana, ben, tablet]) each.close();
  });

  it('one that is logged out is cut off at once with 4001, and its token is worthless', async () => {
    const ana = await device(server, 'Ana');
    const laptop = await new Device(server, await server.add('', ana.added.phone)).online();
    const id = deviceId(BigInt(laptop.added.device_id));
    await ana.client.renameDevice(id, 'Laptop');
    expect((await ana.client.devices()).some(({ name }) => name === 'Laptop')).toBe(true);

    await ana.client.revokeDevice(id);

    await until(() => laptop.client.state.kind === 'stopped', 'the laptop is logged out');
    expect(await rest().tokenRefused(laptop.added.token)).toBe(true);
    expect((await ana.client.devices()).length).toBe(1);
    expect(await codeOf(ana.client.revokeDevice(id))).toBe(ErrorCode.not_found);
    for (const each of [ana, laptop]) each.close();
  });

  it('a device logs itself out and still gets the answer', async () => {
    const ana = await device(server, 'Ana');
    await ana.client.revokeDevice(deviceId(BigInt(ana.added.device_id)));
    await until(() => ana.client.state.kind === 'stopped', 'logged out');
    ana.close();
  });
});

describe('presence', () => {
  it('who watches hears who comes and goes; a restart keeps the minute', async () => {
    const [ana, { who: ben, heard }] = await Promise.all([device(server, 'Ana'), watcher('Ben')]);
    expect(await ben.client.watchPresence([ana.account])).toMatchObject([{ online: false, lastSeenMs: 0n }]);
    await ana.client.setPresence(true);
    await until(() => heard.some(({ online }) => online), 'Ana is online');
    ana.close();
    await until(() => heard.at(-1)?.online === false, 'Ana is gone');
    const seen = heard.at(-1)!.lastSeenMs;
    expect(Math.abs(Date.now() - Number(seen))).toBeLessThan(120_000);

    ben.offline();
    server.terminate();
    await server.ended();
    await server.start();
    await ben.online();

    expect(await ben.client.watchPresence([ana.account])).toMatchObject([{ online: false, lastSeenMs: seen }]);
    ben.close();
  });

  it('is mutual, and nobody hears of who hides', async () => {
    const [{ who: ana, heard: herself }, { who: ben, heard }] = await Promise.all([watcher('Ana'), watcher('Ben')]);
    await ana.client.setPrivacy({ lastSeen: Audience.nobody, profile: Audience.everyone, groups: Audience.everyone });
    await Promise.all([ben.client.watchPresence([ana.account]), ana.client.watchPresence([ben.account])]);
    await Promise.all([ana.client.setPresence(true), ben.client.setPresence(true)]);
    await pause(200);
    expect([heard, herself]).toEqual([[], []]);
    expect(await ana.client.watchPresence([ben.account])).toMatchObject([{ online: false, lastSeenMs: 0n }]);
    for (const each of [ana, ben]) each.close();
  });
});

it('who does not want to be added to groups is not', async () => {
  const [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
  await ben.client.setPrivacy({ lastSeen: Audience.everyone, profile: Audience.everyone, groups: Audience.contacts });
  expect(await codeOf(ana.group('team', ben))).toBe(ErrorCode.not_wanted);
  await ana.say(ben, 'may I?');
  expect(await codeOf(ana.group('team', ben))).toBe(ErrorCode.ok);
  for (const each of [ana, ben]) each.close();
});
