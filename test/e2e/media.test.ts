// Files over HTTP: who may have them, how much of them, and what the server holds meanwhile.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curl, document, picture, sha256, withPlace } from './files';
import { device, pause } from './person';
import { outputFolder, Server } from './server';
import type { Added } from './server';

const kMiB = 1024 * 1024;
let server: Server;
beforeAll(async () => {
  server = await Server.start('media');
});
afterAll(async () => {
  await server?.close();
});

const bearer = (who: Added) => ({ authorization: `Bearer ${who.token}` });
async function upload(who: Added, bytes: Uint8Array, type: string): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${server.origin}/v1/media`, { method: 'POST', headers: { ...bearer(who), 'content-type': type }, body: bytes as BodyInit });
  return { status: answer.status, body: await answer.json() };
}
const get = (who: Added, id: string, headers: Record<string, string> = {}, method = 'GET') => fetch(`${server.origin}/v1/media/${id}`, { method, headers: { ...bearer(who), ...headers } });
/** Resident memory of the server, in bytes. */
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) * 1024;
/** A PNG filled up to this length with what follows its end. */
const pictureOf = (bytes: number) => Buffer.concat([picture(), Buffer.alloc(bytes - picture().length)]);

it('holds what decodes pictures only once there was one', async () => {
  const holds = () => readFileSync(`/proc/${server.pid}/maps`, 'utf8').includes('libvips');
  const ana = await server.add('Ana');

  const text = await upload(ana, Buffer.from('Bread, milk.'), 'text/plain');
  const before = holds();
  const photo = await upload(ana, picture(), 'image/png');

  expect([text.status, before, photo.status, holds()]).toEqual([201, false, 201, true]);
});

describe('who may fetch a file', () => {
  it('who uploaded it and members now; no stranger, nobody who was removed, nobody by guessing', async () => {
    const [ana, ben, cy] = await Promise.all(['Ana', 'Ben', 'Cy'].map((name) => device(server, name)));
    const { body } = await upload(ana!.added, picture(), 'image/png');
    expect((await get(ana!.added, body.id)).status).toBe(200);
    expect((await get(ben!.added, body.id)).status).toBe(404);
    const group = await ana!.group('team', ben!);
    const sent = await curl(`${server.origin}/messages`, '-H', `Authorization: Bearer ${ana!.added.token}`, '-d', JSON.stringify({ sender_id: ana!.added.phone, conversation_id: String(group), type: 'image', media_object: body.id }));
    expect(sent.status).toBe(201);
    await pause(200);
    expect((await get(ben!.added, body.id)).status).toBe(200);
    expect((await get(cy!.added, body.id)).status).toBe(404);
    await ana!.change(group, { remove: [ben!] });
    expect((await get(ben!.added, body.id)).status).toBe(404);
    for (const guess of [String(BigInt(body.id) + 1n), '1', '..%2f..%2fetc%2fpasswd', 'x'.repeat(200)]) expect((await get(cy!.added, guess)).status, guess).toBe(404);
    expect((await fetch(`${server.origin}/v1/media/${body.id}`)).status).toBe(401);
    expect((await fetch(`${server.origin}/v1/media/${body.id}?user_id=${ben!.added.account_id}`, { headers: bearer(ana!.added) })).status).toBe(403);
    for (const each of [ana!, ben!, cy!]) each.close();
  });

  it('not who took it back; it is found by name until then', async () => {
    const [ana, ben] = [await server.add('Ana'), await server.add('Ben')];
    const { body } = await curl(`${server.origin}/v1/media?name=Holiday.png`, '-H', `Authorization: Bearer ${ana.token}`, '-H', 'Content-Type: image/png', '--data-binary', `@${png()}`);
    const search = async (who: Added, name: string) => ((await (await fetch(`${server.origin}/v1/media?name=${name}`, { headers: bearer(who) })).json()) as any).files;
    expect(await search(ana, 'hOLI')).toMatchObject([{ id: body.id, name: 'Holiday.png', mime_type: 'image/png' }]);
    expect(await search(ana, 'work')).toEqual([]);
    expect(await search(ben, 'holi')).toEqual([]);
    expect((await get(ben, body.id, {}, 'DELETE')).status).toBe(404);
    expect((await get(ana, body.id, {}, 'DELETE')).status).toBe(200);
    expect((await get(ana, body.id, {}, 'DELETE')).status).toBe(404);
    expect((await get(ana, body.id)).status).toBe(404);
  });
});

function png(): string {
  const path = join(outputFolder, 'holiday.png');
  writeFileSync(path, picture());
  return path;
}

describe('an answer', () => {
  it('has ranges, conditions and headers that keep a file from being a page', async () => {
    const ana = await server.add('Ana');
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const { body } = await upload(ana, html, 'text/html');
    const whole = await get(ana, body.id);
    expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
    expect(whole.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(whole.headers.get('content-security-policy')).toContain('sandbox');
    const etag = whole.headers.get('etag')!;
    const part = await get(ana, body.id, { range: 'bytes=2-9' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, `bytes 2-9/${html.length}`, 'doctype ']);
    expect(await (await get(ana, body.id, { range: 'bytes=-9' })).text()).toBe('</script>');
    expect((await get(ana, body.id, { range: 'bytes=40-' })).status).toBe(416);
    expect((await get(ana, body.id, { 'if-none-match': etag })).status).toBe(304);
    const head = await get(ana, body.id, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(html.length), '']);
  });
});

describe('where a picture was taken', () => {
  it('goes with the rest of its metadata when that is asked, in both forms of body', async () => {
    const ana = await server.add('Ana');
    const post = async (query: string, body: Uint8Array | FormData, type?: string) => {
      const answer = await fetch(`${server.origin}/v1/media${query}`, { method: 'POST', headers: { ...bearer(ana), ...(type ? { 'content-type': type } : {}) }, body: body as BodyInit });
      return { status: answer.status, body: (await answer.json()) as any };
    };
    const form = (...fields: readonly [string, string][]) => {
      const parts = new FormData();
      parts.set('file', new Blob([withPlace() as BlobPart], { type: 'image/jpeg' }), 'a.jpg');
      for (const [name, value] of fields) parts.set(name, value);
      return parts;
    };
    const bytes = async (answer: { body: any }) => Buffer.from(await (await get(ana, answer.body.id)).arrayBuffer());
    const uploads: readonly [string, Awaited<ReturnType<typeof post>>, boolean][] = [
      ['raw', await post('', withPlace(), 'image/jpeg'), true],
      ['raw, false', await post('?strip_metadata=false', withPlace(), 'image/jpeg'), true],
      ['raw, true', await post('?strip_metadata=true', withPlace(), 'image/jpeg'), false],
      ['form', await post('', form()), true],
      ['form, document', await post('', form(['file_type', 'document'])), true],
      ['form, true behind the file', await post('', form(['strip_metadata', 'true'])), false],
      ['form, true in the query', await post('?strip_metadata=true', form()), false],
      ['form, its field counts', await post('?strip_metadata=true', form(['strip_metadata', 'false'])), true],
    ];
    for (const [what, answer, stays] of uploads) {
      expect(answer.status, `${what} ${JSON.stringify(answer.body)}`).toBe(201);
      const got = await bytes(answer);
      expect([got.includes('Exif'), got.equals(withPlace()), answer.body.size], what).toEqual([stays, stays, got.length]);
    }
    for (const refused of [await post('?strip_metadata=yes', withPlace(), 'image/jpeg'), await post('?strip_metadata=', withPlace(), 'image/jpeg'), await post('', form(['strip_metadata', '1']))]) {
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_argument', field: 'strip_metadata', text: 'strip_metadata is true or false.' } } });
    }
    expect((await (await fetch(`${server.origin}/v1/media`, { headers: bearer(ana) })).json() as any).files).toHaveLength(uploads.length);
  });
});

describe('the limits', () => {
  it('of pictures are exact to the byte, and a wrong type is refused', async () => {
    const ana = await server.add('Ana');
    expect((await upload(ana, pictureOf(16 * kMiB), 'image/png')).status).toBe(201);
    expect(await upload(ana, pictureOf(16 * kMiB + 1), 'image/png')).toMatchObject({ status: 413 });
    expect(await upload(ana, pictureOf(16 * kMiB + 1), '')).toMatchObject({ status: 413, body: { error: { code: 'media_too_big' } } });
    expect(await upload(ana, Buffer.from('just words'), 'image/png')).toMatchObject({ status: 415, body: { error: { code: 'media_wrong_type' } } });
    const form = new FormData();
    form.set('file_type', 'video');
    form.set('file', new Blob([picture() as BlobPart], { type: 'image/png' }), 'a.png');
    expect((await fetch(`${server.origin}/v1/media`, { method: 'POST', headers: bearer(ana), body: form })).status).toBe(415);
    expect((await upload(ana, Buffer.alloc(0), 'image/png')).status).toBe(400);
    const files = await (await fetch(`${server.origin}/v1/media`, { headers: bearer(ana) })).json() as any;
    expect(files.files).toHaveLength(1);
  });

  it('are said before the bytes are sent, where the length is known', async () => {
    const ana = await server.add('Ana');
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST /v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ana.token}\r\nContent-Type: application/pdf\r\nContent-Length: ${100 * kMiB + 1}\r\nExpect: 100-continue\r\n\r\n`);
    const answer = await new Promise<string>((done) => socket.once('data', (bytes) => done(bytes.toString())));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('of documents: 100 MiB go in and out, byte for byte, in little memory; one more does not', async () => {
    const ana = await server.add('Ana');
    const { path, sha256: hash } = document(100 * kMiB);
    await upload(ana, Buffer.from('warm'), 'text/plain');
    const before = memory();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, memory())), 20);
    try {
      const { status, body } = await curl(`${server.origin}/v1/media`, '-H', `Authorization: Bearer ${ana.token}`, '-F', 'file_type=document', '-F', `file=@${path}`);
      expect([status, body.size]).toEqual([201, 100 * kMiB]);
      const answer = await get(ana, body.id);
      const got = createHash('sha256');
      for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) got.update(piece);
      expect(got.digest('hex')).toBe(hash);
    } finally {
      clearInterval(watch);
    }
    console.log(`100 MiB in and out: the server grew by ${((most - before) / kMiB).toFixed(1)} MiB`);
    expect(most - before).toBeLessThan(32 * kMiB);
    const more = document(100 * kMiB + 1);
    const refused = await curl(`${server.origin}/v1/media`, '-H', `Authorization: Bearer ${ana.token}`, '-H', 'Expect:', '-F', `file=@${more.path}`);
    expect(refused.status).toBe(413);
  });
});

describe('uploads at the same time', () => {
  it('of one account are so many, and one more is told when to come back', async () => {
    const [ana, ben] = [await server.add('Ana'), await server.add('Ben')];
    const begin = () =>
      new Promise<Socket>((done, failed) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.once('error', failed);
        socket.once('data', (bytes) => (bytes.toString().startsWith('HTTP/1.1 100 ') ? done(socket) : failed(new Error(bytes.toString()))));
        socket.write(`POST /v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ana.token}\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
      });
    const sockets = await Promise.all(Array.from({ length: 128 }, begin));
    const refused = await fetch(`${server.origin}/v1/media`, { method: 'POST', headers: { ...bearer(ana), 'content-type': 'text/plain' }, body: 'one more' });
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.toSatisfy((seconds: number) => seconds >= 1)]);
    expect(((await refused.json()) as any).error).toMatchObject({ code: 'rate_limited', field: 'uploads' });
    expect((await upload(ben, Buffer.from('his'), 'text/plain')).status).toBe(201);
    for (const socket of sockets) socket.destroy();
    for (let tries = 0; tries < 50 && (await upload(ana, Buffer.from('again'), 'text/plain')).status !== 201; tries++) await pause(50);
    expect((await upload(ana, Buffer.from('again'), 'text/plain')).status).toBe(201);
  });

  it('count for the quota before they end; without a length only as far as they came', async () => {
    const small = await Server.start('media_quota', ['--media-quota-account-bytes', '100000']);
    try {
      const ana = await small.add('Ana');
      const socket = connect(small.port, '127.0.0.1');
      const asked = new Promise((done) => socket.once('data', done));
      socket.write(`POST /v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ana.token}\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n`);
      await asked;
      const post = async (bytes: number, ...more: readonly string[]) => {
        const path = join(outputFolder, 'quota.txt');
        writeFileSync(path, 'x'.repeat(bytes));
        return curl(`${small.origin}/v1/media`, '-H', `Authorization: Bearer ${ana.token}`, '-H', 'Content-Type: text/plain', '-H', 'Expect:', ...more, '--data-binary', `@${path}`);
      };
      const chunked = ['-H', 'Transfer-Encoding: chunked'];
      expect(await post(40_001)).toMatchObject({ status: 507, body: { error: { code: 'quota_exceeded' } } });
      expect(await post(40_001, ...chunked)).toMatchObject({ status: 507, body: { error: { code: 'quota_exceeded' } } });
      expect((await post(40_000, ...chunked)).status).toBe(201);
      socket.destroy();
    } finally {
      await small.close();
    }
  });
});

describe('kill -9', () => {
  it('in the middle of an upload leaves no half file', async () => {
    const ana = await server.add('Ana');
    const bytes = () => readdirSync(join(server.data, 'blobs'), { recursive: true } as never).map((name) => join(server.data, 'blobs', String(name))).filter((name) => statSync(name).isFile()).length;
    const before = bytes();
    const { path } = document(50 * kMiB);
    const slow = createReadStream(path, { highWaterMark: 256 * 1024 });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST /v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ana.token}\r\nContent-Type: text/plain\r\nContent-Length: ${50 * kMiB}\r\n\r\n`);
    let sent = 0;
    for await (const piece of slow) {
      socket.write(piece as Buffer);
      if ((sent += (piece as Buffer).length) > 20 * kMiB) break;
    }
    await pause(200);
    await server.kill();
    socket.destroy();
    await server.start();
    const files = await (await fetch(`${server.origin}/v1/media`, { headers: bearer(ana) })).json() as any;
    expect(files.files).toEqual([]);
    expect(bytes()).toBe(before);
    expect(sha256(readFileSync(png()))).toBe(sha256(picture()));
  });
});
