// A machine without libvips: pictures are refused for the moment, everything else goes on.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { picture } from './files';
import { device } from './person';
import type { Device } from './person';
import { Server } from './server';

let server: Server;
let ana: Device;
let ben: Device;

beforeAll(async () => {
  // What the loader finds first under the library's name is none.
  const folder = mkdtempSync(join(tmpdir(), 'homing-e2e-no-vips-'));
  writeFileSync(join(folder, 'libvips.so.42'), 'no library');
  const before = process.env['LD_LIBRARY_PATH'];
  process.env['LD_LIBRARY_PATH'] = folder;
  server = await Server.start('no_pictures');
  if (before === undefined) delete process.env['LD_LIBRARY_PATH'];
  else process.env['LD_LIBRARY_PATH'] = before;
  [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
});
afterAll(async () => {
  ana?.close();
  ben?.close();
  await server?.close();
});

const upload = async (bytes: Uint8Array, type: string): Promise<{ status: number; code: string; id: string }> => {
  const answer = await fetch(`${server.origin}/v1/media?name=a`, { method: 'POST', headers: { authorization: `Bearer ${ana.added.token}`, 'content-type': type }, body: new Uint8Array(bytes) });
  const said = (await answer.json()) as { id?: string; error?: { code: string } };
  return { status: answer.status, code: said.error?.code ?? '', id: said.id ?? '' };
};

it('refuses pictures as `unavailable`, again and again, and keeps nothing of them', async () => {
  for (let i = 0; i < 3; i++) expect(await upload(picture(), 'image/png')).toMatchObject({ status: 503, code: 'unavailable' });
  const found = await fetch(`${server.origin}/v1/media?name=a`, { headers: { authorization: `Bearer ${ana.added.token}` } });
  expect(((await found.json()) as { files: unknown[] }).files).toEqual([]);
});

it('takes other files, sends them, and carries messages', async () => {
  const { status, id } = await upload(Buffer.from('just words'), 'text/plain');
  expect(status).toBe(201);
  const sent = await fetch(`${server.origin}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ana.added.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sender_id: ana.added.phone, receiver_id: ben.added.phone, type: 'document', document: id }),
  });
  expect(sent.status).toBe(201);
  const got = await fetch(`${server.origin}/v1/media/${id}`, { headers: { authorization: `Bearer ${ben.added.token}` } });
  expect(await got.text()).toBe('just words');
  await ana.say(ben, 'and words alone');
  await ben.has('and words alone');
});
