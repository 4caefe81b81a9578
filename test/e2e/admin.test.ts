// The operator's HTTP API on its own port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { device } from './person';
import { Server } from './server';

let server: Server;
let origin: string;
beforeAll(async () => {
  const port = await new Promise<number>((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => found(free));
    });
  });
  origin = `http://127.0.0.1:${port}`;
  server = await Server.start('admin', ['--admin-listen', `127.0.0.1:${port}`]);
});
afterAll(async () => {
  await server?.close();
});

const token = () => readFileSync(join(server.data, 'admin.token'), 'utf8').trim();
const ask = async (command: object, given = token()) => {
  const answer = await fetch(`${origin}/v1/admin/command`, { method: 'POST', headers: { authorization: `Bearer ${given}` }, body: JSON.stringify(command) });
  return { status: answer.status, body: (await answer.json()) as any };
};

it('does with the token what the command line does, and nothing without it', async () => {
  const made = await ask({ command: 'account.add', phone: '+15557770001', name: 'Ana' });
  expect([made.status, made.body.result.phone]).toEqual([200, '+15557770001']);
  expect((await ask({ command: 'invite.create' })).body.result.invite).toHaveLength(22);
  expect((await ask({ command: 'account.list' }, 'wrong')).status).toBe(401);
  expect((await fetch(`${origin}/v1/admin/overview`)).status).toBe(401);
  expect((await fetch(`${server.origin}/v1/admin/overview`, { headers: { authorization: `Bearer ${token()}` } })).status).toBe(404);
  expect((await ask({ command: 'x'.repeat(5000) })).status).toBe(413);
});

it('shows what the server looks like now', async () => {
  const ana = await device(server, 'Ana');
  const answer = await fetch(`${origin}/v1/admin/overview`, { headers: { authorization: `Bearer ${token()}` } });
  const overview = (await answer.json()) as any;
  expect(overview).toMatchObject({ ready: true, trouble: '', metrics: { homing_sessions: 1 } });
  expect(overview.disk.free_bytes).toBeGreaterThan(0);
  expect(overview.now_ms).toBeGreaterThanOrEqual(overview.started_ms);
  ana.close();
});

it('changes a limit at once, for good', async () => {
  const ana = await server.add('Ana');
  const send = (n: number) => fetch(`${server.origin}/messages`, { method: 'POST', headers: { authorization: `Bearer ${ana.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ sender_id: ana.phone, receiver_id: ana.phone, text: `note ${n}` }) });
  expect((await ask({ command: 'limits.set', key: 'limits.api_per_second', value: '0.01' })).status).toBe(200);
  expect((await ask({ command: 'limits.set', key: 'limits.api_burst', value: '2' })).status).toBe(200);
  const statuses = [];
  for (let n = 0; n < 4; ++n) statuses.push((await send(n)).status);
  expect(statuses).toEqual([201, 201, 429, 429]);
  expect((await ask({ command: 'limits.set', key: 'limits.api_burst', value: '-1' })).status).toBe(400);

  await server.kill();
  await server.start();
  const limits = (await ask({ command: 'limits.list' })).body.result.limits as { key: string; value: string; setting: string }[];
  expect(limits.find(({ key }) => key === 'limits.api_burst')).toMatchObject({ value: '2', setting: '200' });
});
