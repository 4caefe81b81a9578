// A disk that lies, under the real binary.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Device } from './person';
import { binary, Server } from './server';

const servers: Server[] = [];
const devices: Device[] = [];

afterEach(async () => {
  for (const each of devices.splice(0)) each.close();
  for (const each of servers.splice(0)) await each.close();
});

async function pair(server: Server): Promise<readonly [Device, Device]> {
  servers.push(server);
  const ana = new Device(server, await server.add('Ana'));
  const ben = new Device(server, await server.add('Ben'));
  devices.push(ana, ben);
  await Promise.all([ana.online(), ben.online()]);
  return [ana, ben];
}

/** Runs a command of the binary to its end. */
function homing(...args: readonly string[]): Promise<{ readonly code: unknown; readonly out: string }> {
  return new Promise((done) => {
    execFile(binary, [...args], { timeout: 30_000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, out: stdout + stderr });
    });
  });
}

it('does not start on a damaged log, and says what to do', async () => {
  const server = await Server.start('damaged');
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
