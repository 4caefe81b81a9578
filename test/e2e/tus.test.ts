// Uploads in pieces, with the client library that everybody uses: interrupted, resumed, over a crash, given up.
import { createHash, randomBytes } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withPlace } from './files';
import { Server } from './server';
import type { Added } from './server';

const kMiB = 1024 * 1024;
let server: Server;
let ana: Added;
beforeAll(async () => {
  server = await Server.start('tus');
  ana = await server.add('Ana');
});
afterAll(async () => {
  await server?.close();
});

// Letters, so that nobody takes it for a picture.
const content = (bytes: number) => Buffer.from(randomBytes(Math.ceil(bytes / 2)).toString('hex').slice(0, bytes));
const headers = (who: Added = ana) => ({ Authorization: `Bearer ${who.token}`, 'Tus-Resumable': '1.0.0' });
const ask = (path: string, method: string, more: Record<string, string> = {}, body?: Uint8Array, who: Added = ana) =>
  fetch(path.startsWith('http') ? path : server.origin + path, { method, headers: { ...headers(who), ...more }, ...(body ? { body: body as BodyInit } : {}) });
async function begin(size: number, more: Record<string, string> = {}): Promise<string> {
  const answer = await ask('/v1/uploads', 'POST', { 'Upload-Length': String(size), ...more });
  expect(answer.status).toBe(201);
  return answer.headers.get('location')!;
}
const piece = (offset: number, more: Record<string, string> = {}) => ({ 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...more });

interface Run {
  readonly upload: Upload;
  readonly done: Promise<string>;
}
function run(bytes: Buffer, uploadUrl?: string, onProgress: (sent: number) => void = () => undefined): Run {
  let media = '';
  let upload!: Upload;
  const done = new Promise<string>((good, bad) => {
    upload = new Upload(bytes, {
      endpoint: `${server.origin}/v1/uploads`,
      ...(uploadUrl ? { uploadUrl } : {}),
      headers: { Authorization: `Bearer ${ana.token}` },
      metadata: { filename: 'long.txt', filetype: 'text/plain' },
      chunkSize: kMiB,
      retryDelays: [50, 200, 500, 1000, 2000, 3000],
      onProgress,
      onAfterResponse: (_request, response) => void (media = response.getHeader('Homing-Media-Id') ?? media),
      onSuccess: () => good(media),
      onError: bad,
    });
  });
  done.catch(() => undefined);
  return { upload, done };
}
async function downloaded(id: string): Promise<string> {
  const answer = await fetch(`${server.origin}/v1/media/${id}`, { headers: { Authorization: `Bearer ${ana.token}` } });
  return createHash('sha256').update(Buffer.from(await answer.arrayBuffer())).digest('hex');
}
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('tus-js-client', () => {
  it('uploads', async () => {
    const bytes = content(3 * kMiB + 17);
    const { upload, done } = run(bytes);
    upload.start();
    const id = await done;
    expect(await downloaded(id)).toBe(hash(bytes));
    const shown = await (await ask(upload.url!, 'GET')).json();
    expect(shown).toMatchObject({ offset: bytes.length, length: bytes.length, media_id: id });
    expect((await ask(upload.url!, 'HEAD')).headers.get('homing-media-id')).toBe(id);
  });

  it('goes on where it was interrupted', async () => {
    const bytes = content(6 * kMiB);
    let stop: (() => void) | undefined;
    const stopped = new Promise<void>((done) => (stop = done));
    const first = run(bytes, undefined, (sent) => {
      if (sent >= 2.5 * kMiB) void first.upload.abort().then(stop);
    });
    first.upload.start();
    await stopped;
    const offset = Number((await ask(first.upload.url!, 'HEAD')).headers.get('upload-offset'));
    expect(offset).toBeGreaterThanOrEqual(2 * kMiB);
    expect(offset).toBeLessThan(bytes.length);
    const second = run(bytes, first.upload.url!);
    second.upload.start();
    expect(await downloaded(await second.done)).toBe(hash(bytes));
  });

  it('goes on over kill -9', async () => {
    const bytes = content(8 * kMiB);
    let reached: (() => void) | undefined;
    const middle = new Promise<void>((done) => (reached = done));
    const { upload, done } = run(bytes, undefined, (sent) => sent >= 3 * kMiB && reached?.());
    upload.start();
    await middle;
    await server.kill();
    await server.start();
    expect(await downloaded(await done)).toBe(hash(bytes));
  });

  it('gives up', async () => {
    const { upload } = run(content(4 * kMiB), undefined, (sent) => sent > kMiB && void upload.abort(true));
    upload.start();
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      if (upload.url && (await ask(upload.url, 'HEAD')).status === 404) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error('it is still there');
  });
});

describe('the protocol', () => {
  it('says what it speaks, and when an upload ends', async () => {
    const options = await fetch(`${server.origin}/v1/uploads`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('tus-version'), options.headers.get('tus-extension')]).toEqual([204, '1.0.0', 'creation,termination,checksum,expiration']);
    const head = await ask(await begin(5), 'HEAD');
    expect([head.headers.get('upload-offset'), head.headers.get('upload-length'), head.headers.get('cache-control')]).toEqual(['0', '5', 'no-store']);
    expect(Date.parse(head.headers.get('upload-expires')!)).toBeGreaterThan(Date.now() + 3_600_000);
    expect((await fetch(`${server.origin}/v1/uploads`, { method: 'POST', headers: { Authorization: `Bearer ${ana.token}`, 'Upload-Length': '5' } })).status).toBe(412);
  });

  it('refuses what does not fit', async () => {
    const ben = await server.add('Ben');
    const url = await begin(10);
    const status = async (more: Record<string, string>, body: string) => (await ask(url, 'PATCH', more, Buffer.from(body))).status;
    expect(await status(piece(3), 'abc')).toBe(409);
    expect(await status(piece(11), 'abc')).toBe(409);
    expect(await status(piece(0), 'more than ten')).toBe(413);
    expect(await status({ ...piece(0), 'Content-Type': 'text/plain' }, 'abc')).toBe(415);
    expect(await status({ ...piece(0), 'Upload-Offset': 'x' }, 'abc')).toBe(400);
    for (const method of ['HEAD', 'GET', 'DELETE']) expect((await ask(url, method, {}, undefined, ben)).status, method).toBe(404);
    expect((await ask(url, 'PATCH', piece(0), Buffer.from('abc'), ben)).status).toBe(404);
    expect((await ask('/v1/uploads/none', 'HEAD')).status).toBe(404);
    for (const [length, wanted] of [[String(100 * kMiB), 201], [String(100 * kMiB + 1), 413], ['0', 400], ['x', 400]] as const) expect((await ask('/v1/uploads', 'POST', { 'Upload-Length': length })).status, length).toBe(wanted);
    expect((await ask('/v1/uploads', 'POST', { 'Upload-Length': '5' }, undefined, { ...ana, token: 'none' })).status).toBe(401);
    expect((await ask(url, 'HEAD')).headers.get('upload-offset')).toBe('0');
  });

  it('keeps a picture without its metadata if that was said, also over a restart', async () => {
    const place = withPlace();
    const said = (value: string) => ({ 'Upload-Metadata': `filetype ${Buffer.from('image/jpeg').toString('base64')},strip_metadata ${Buffer.from(value).toString('base64')}` });
    const bytes = async (url: string) => {
      const last = await ask(url, 'PATCH', piece(5), place.subarray(5));
      const answer = await fetch(`${server.origin}/v1/media/${last.headers.get('homing-media-id')!}`, { headers: { Authorization: `Bearer ${ana.token}` } });
      return Buffer.from(await answer.arrayBuffer());
    };
    const urls = [await begin(place.length, said('true')), await begin(place.length, said('false'))];
    for (const url of urls) expect((await ask(url, 'PATCH', piece(0), place.subarray(0, 5))).status).toBe(204);
    await server.kill();
    await server.start();
    expect((await bytes(urls[0]!)).includes('Exif')).toBe(false);
    expect((await bytes(urls[1]!)).equals(place)).toBe(true);
    const refused = await ask('/v1/uploads', 'POST', { 'Upload-Length': '5', ...said('maybe') });
    expect([refused.status, (await refused.json() as any).error]).toEqual([400, expect.objectContaining({ code: 'invalid_argument', field: 'Upload-Metadata', text: 'strip_metadata is true or false.' })]);
  });

  it('checks a piece, and takes a method by another name', async () => {
    const url = await begin(5, { 'Upload-Metadata': `filename ${Buffer.from('a.txt').toString('base64')}` });
    const sum = (of: string, how: string) => ({ 'Upload-Checksum': `${how} ${createHash(how).update(of).digest('base64')}` });
    expect((await ask(url, 'PATCH', piece(0, sum('other', 'sha1')), Buffer.from('he'))).status).toBe(460);
    expect((await ask(url, 'PATCH', piece(0, sum('he', 'sha1')), Buffer.from('he'))).status).toBe(204);
    const last = await ask(url, 'POST', { ...piece(2, sum('llo', 'sha256')), 'X-HTTP-Method-Override': 'PATCH' }, Buffer.from('llo'));
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, '5']);
    expect(await downloaded(last.headers.get('homing-media-id')!)).toBe(hash(Buffer.from('hello')));
    expect((await ask(url, 'PATCH', piece(5), Buffer.from('x'))).status).toBe(413);
  });
});
