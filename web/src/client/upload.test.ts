// Uploads against a server that is a script: what goes wrong on the way, and where they go on.
import { describe, expect, it } from 'vitest';
import { ErrorCode, ServerError, Stopped, Unreachable } from './errors';
import { accountId } from './ids';
import { MemoryStorage } from './memory_storage';
import type { OutboxItem } from './outbox';
import { FakeClock } from './testing';
import { Uploads } from './upload';

const kSize = 1_000_000;
const media = { id: '', kind: 'document', mimeType: 'text/plain', size: kSize, name: 'Bericht ü.txt', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: new Uint8Array(), waveform: new Uint8Array() } as const;
const item: OutboxItem = { clientId: 'aa', order: 1, writtenMs: 1, request: { kind: 'send', to: { kind: 'account', account: accountId(2n) }, said: { kind: 'media', media } } };

interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly size: number;
}
/** What a server has of one upload. `refuse` answers a call in its place. */
class Script {
  readonly calls: Call[] = [];
  offset = 0;
  location = '/v1/uploads/77';
  refuse: (call: Call) => { status: number; code?: string } | 'break' | undefined = () => undefined;

  fetch = (url: string, init: { method: string; headers: Record<string, string>; body?: { size: number } }) => {
    const call = { method: init.method, url, headers: init.headers, size: init.body?.size ?? 0 };
    this.calls.push(call);
    const no = this.refuse(call);
    if (no === 'break') return Promise.reject(new TypeError('broken'));
    const answer = (status: number, headers: Record<string, string>, body?: unknown) =>
      Promise.resolve({ status, headers: { get: (name: string) => headers[name] ?? null }, json: () => Promise.resolve(body) });
    if (no !== undefined) return answer(no.status, {}, no.code && { error: { code: no.code, text: 'no' } });
    if (init.method === 'POST') return answer(201, { location: this.location });
    if (init.method === 'PATCH') this.offset += call.size;
    return answer(init.method === 'PATCH' ? 204 : 200, { 'upload-offset': String(this.offset), ...(this.offset === kSize && { 'homing-media-id': '555' }) });
  };
  of = (method: string) => this.calls.filter((call) => call.method === method);
}

async function begun() {
  const script = new Script();
  const storage = new MemoryStorage();
  await storage.put(item, new Blob([new Uint8Array(kSize)]));
  const shares: number[] = [];
  const uploads = new Uploads({ fetch: script.fetch, origin: 'https://here', token: 'secret', storage, clock: new FakeClock(), onProgress: (_, share) => shares.push(share) });
  return { script, storage, shares, run: (stopped = () => false) => uploads.run(item, stopped) };
}

describe('an upload', () => {
  it('goes in pieces, says its name in base64, and never puts the token into an address', async () => {
    const { script, shares, run } = await begun();
    expect(await run()).toBe('555');
    expect(script.of('POST')[0]?.headers['upload-metadata']).toBe(`filename ${Buffer.from('Bericht ü.txt').toString('base64')},filetype ${Buffer.from('text/plain').toString('base64')}`);
    expect(script.of('PATCH').reduce((sum, call) => sum + call.size, 0)).toBe(kSize);
    expect(script.of('PATCH').length).toBeGreaterThan(1);
    expect(script.calls.every((call) => call.headers['authorization'] === 'Bearer secret' && !call.url.includes('secret'))).toBe(true);
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  });

  it('goes on where it was after the line broke', async () => {
    const { script, run } = await begun();
    script.refuse = (call) => (call.method === 'PATCH' && script.of('PATCH').length === 2 ? 'break' : undefined);
    await expect(run()).rejects.toBeInstanceOf(Unreachable);
    expect(await run()).toBe('555');
    expect(script.of('POST')).toHaveLength(1);
    expect(script.of('PATCH').reduce((sum, call) => sum + call.size, 0)).toBeGreaterThan(kSize); // one piece twice, and no more
    expect(script.of('HEAD')).toHaveLength(1);
  });

  it('asks once more when its last answer was lost', async () => {
    const { script, storage, run } = await begun();
    await storage.keepUpload('aa', '/v1/uploads/77');
    script.offset = kSize;
    expect(await run()).toBe('555');
    expect(script.calls.map((call) => call.method)).toEqual(['HEAD']);
  });

  it('begins anew when the server has forgotten it', async () => {
    const { script, storage, run } = await begun();
    await storage.keepUpload('aa', '/v1/uploads/old');
    script.refuse = (call) => (call.url.endsWith('/old') ? { status: 404, code: 'not_found' } : undefined);
    expect(await run()).toBe('555');
  });

  it('takes the server’s place for it when both differ', async () => {
    const { script, run } = await begun();
    let odd = true;
    script.refuse = (call) => (call.method === 'PATCH' && odd ? ((odd = false), { status: 409, code: 'conflict' }) : undefined);
    expect(await run()).toBe('555');
  });

  it('fails for good with the server’s own code', async () => {
    const { script, run } = await begun();
    script.refuse = () => ({ status: 507, code: 'quota_exceeded' });
    await expect(run()).rejects.toMatchObject({ name: 'ServerError', code: ErrorCode.quota_exceeded });
    script.refuse = () => ({ status: 502 }); // a proxy, not Homing
    await expect(run()).rejects.toBeInstanceOf(Unreachable);
  });

  it('stops when asked, and tells the server', async () => {
    const { script, run } = await begun();
    await expect(run(() => script.of('PATCH').length > 0)).rejects.toBeInstanceOf(Stopped);
    expect(script.of('DELETE')).toHaveLength(1);
  });

  it('goes to its own server only, whatever that says', async () => {
    const { script, run } = await begun();
    script.location = 'https://elsewhere/v1/uploads/9?x=/../../';
    await expect(run()).rejects.toBeInstanceOf(Unreachable);
    script.location = 'http://inside:8080/v1/uploads/77'; // behind a proxy
    expect(await run()).toBe('555');
    expect(script.calls.every((call) => call.url.startsWith('https://here/'))).toBe(true);
  });

  it('cannot go without its file', async () => {
    const { storage, run } = await begun();
    await storage.discard(item);
    await expect(run()).rejects.toBeInstanceOf(ServerError);
  });
});
