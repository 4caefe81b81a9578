// A disk that lies or is full, under the real binary. The small disk is a tmpfs, which only root may mount: elsewhere set
// E2E_NO_MOUNT=1 to leave that test out.
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Device, pause, until } from './person';
import { binary, Server } from './server';

const servers: Server[] = [];
const devices: Device[] = [];
const mounted: string[] = [];

afterEach(async () => {
  for (const each of devices.splice(0)) each.close();
  for (const each of servers) await each.kill();
  for (const each of mounted.splice(0)) execFileSync('umount', [each]);
  for (const each of servers.splice(0)) await each.close();
});

async function pair(server: Server): Promise<readonly [Device, Device]> {
  const ana = new Device(server, await server.add('Ana'));
  const ben = new Device(server, await server.add('Ben'));
  devices.push(ana, ben);
  await Promise.all([ana.online(), ben.online()]);
  return [ana, ben];
}

/** Runs a command of the binary to its end. */
function homing(...args: readonly string[]): Promise<{ readonly code: unknown; readonly out: string }> {
  return new Promise((done) => {
    execFile(binary, [...args], { timeout: 2000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, out: stdout + stderr });
    });
  });
}

it('does not start on a damaged log, and says what to do', async () => {
  const server = await Server.start('damaged');
  servers.push(server);
  const [ana, ben] = await pair(server);
  for (let i = 0; i < 40; i++) await ana.say(ben, `message ${i} ${'x'.repeat(200)}`);
  await server.kill();
  const store = join(server.data, 'store');
  const log = readdirSync(store).filter((name) => name.endsWith('.log')).sort().at(-1)!;
  const whole = readFileSync(join(store, log));
  const damaged = Buffer.from(whole);
  damaged[whole.length >> 1]! ^= 0xff;
  writeFileSync(join(store, log), damaged);

  const served = await homing('serve', '--data', server.data, '--listen', `127.0.0.1:${server.port}`);
  const checked = await homing('check', '--data', server.data);

  expect(served.code).toBe(1);
  expect(served.out).toContain('the write-ahead log is damaged');
  expect(served.out).toContain('restore the last good backup');
  expect(checked.code).toBe(1);
  expect(checked.out).toContain('problem:');
  expect(checked.out).toContain('the write-ahead log is damaged');
  expect(readFileSync(join(store, log)).equals(damaged)).toBe(true);

  writeFileSync(join(store, log), whole);
  expect((await homing('check', '--data', server.data)).out).toContain(': 0 problems');
  await server.start();
  await ana.say(ben, 'and on');
});

it.skipIf(process.env['E2E_NO_MOUNT'] === '1')('refuses messages while the disk is full, and goes on when there is room', async () => {
  const server = await Server.start('full');
  servers.push(server);
  await server.kill();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', server.data]);
  mounted.push(server.data);
  await server.start();
  const [ana, ben] = await pair(server);
  const ready = async () => (await fetch(`${server.origin}/readyz`)).status;
  await ana.say(ben, 'before');

  const ballast = join(server.data, 'ballast');
  const free = statfsSync(server.data);
  writeFileSync(ballast, Buffer.alloc(free.bavail * free.bsize - (40 << 20)));
  const waiting: Promise<unknown>[] = [];
  let sent = 0;
  for (const end = Date.now() + 20_000; (await ready()) === 200; ) {
    if (Date.now() > end) throw new Error('the disk does not fill up');
    waiting.push(ana.say(ben, `message ${sent++} ${'x'.repeat(2000)}`));
    await pause(5);
  }
  waiting.push(ana.say(ben, 'while it is full'));
  await pause(3_000);
  expect(await ready()).toBe(503);

  rmSync(ballast);
  let code = 503;
  for (const end = Date.now() + 15_000; code !== 200 && Date.now() < end; await pause(50)) code = await ready();
  expect(code).toBe(200);
  await Promise.all(waiting);
  await until(() => ben.texts.length === sent + 2, 'all messages have arrived');

  await server.kill();
  expect((await homing('check', '--data', server.data)).out).toContain(': 0 problems');
  await server.start();
  await ana.say(ben, 'after a restart');
  await until(() => ben.texts.length === sent + 3, 'the last one as well');
  expect(new Set(ben.texts).size).toBe(sent + 3);
}, 60_000);
