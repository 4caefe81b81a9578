// Files shown from memory: fetched once, with the token in a header, and given back.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaFile } from '../client/content';
import { Downloads } from '../client/download';
import type { Download } from '../client/download';
import { ErrorCode, Unreachable } from '../client/errors';
import { Library, shownType } from './library';

const kMiB = 1024 * 1024;
const file = (id: string, size = 3, mimeType = 'image/png'): MediaFile => ({ id, kind: 'image', mimeType, size, name: '', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: new Uint8Array(), waveform: new Uint8Array() });
function body(...parts: readonly Uint8Array[]): NonNullable<Download['body']> {
  const left = [...parts];
  return { getReader: () => ({ read: () => Promise.resolve(left.length > 0 ? { done: false, value: left.shift() } : { done: true }), cancel: () => Promise.resolve() }) };
}

let asked: { url: string; headers: Record<string, string> }[] = [];
let answer: (url: string) => Download = () => ({ status: 200, body: body(Uint8Array.of(1, 2, 3)), json: () => Promise.resolve(undefined) });
let urls: Map<string, Blob>;
const library = () =>
  new Library(
    new Downloads(
      (url, { headers }) => {
        asked.push({ url, headers });
        return Promise.resolve(answer(url));
      },
      'https://here',
      'secret',
    ),
  );
beforeEach(() => {
  asked = [];
  urls = new Map();
  answer = () => ({ status: 200, body: body(Uint8Array.of(1, 2, 3)), json: () => Promise.resolve(undefined) });
  let next = 1;
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = `blob:${next++}`;
    urls.set(url, blob as Blob);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void urls.delete(url));
});
afterEach(() => vi.restoreAllMocks());

describe('a file', () => {
  it('is fetched once for all that show it, with the token in a header and not in the address', async () => {
    const shelf = library();
    const shares: number[] = [];
    const [a, b] = await Promise.all([shelf.lease(file('7'), (share) => shares.push(share)), shelf.lease(file('7'))]);
    expect([a.url, asked.length]).toEqual([b.url, 1]);
    expect(asked[0]).toEqual({ url: 'https://here/v1/media/7', headers: { authorization: 'Bearer secret' } });
    expect(shares).toEqual([1]);
  });

  it('is revoked when others are shown instead, but never while it is shown', async () => {
    const shelf = library();
    answer = () => ({ status: 200, body: body(new Uint8Array(20 * kMiB)), json: () => Promise.resolve(undefined) });
    const shown = await shelf.lease(file('1'));
    for (const id of ['2', '3', '4']) (await shelf.lease(file(id))).release();
    expect([...urls.keys()]).toEqual([shown.url, 'blob:3', 'blob:4']);
    shown.release();
    shown.release(); // twice is once
    expect(shelf.has('3')).toBe(true);
    shelf.close();
    expect(urls.size).toBe(0);
  });

  it('says what went wrong, and may be asked for again', async () => {
    const shelf = library();
    answer = () => ({ status: 404, body: null, json: () => Promise.resolve({ error: { code: 'media_unknown', text: 'gone' } }) });
    await expect(shelf.lease(file('7'))).rejects.toMatchObject({ code: ErrorCode.media_unknown });
    answer = () => ({ status: 502, body: null, json: () => Promise.reject(new Error('not JSON')) });
    await expect(shelf.lease(file('7'))).rejects.toBeInstanceOf(Unreachable);
    answer = () => ({ status: 200, body: body(Uint8Array.of(1)), json: () => Promise.resolve(undefined) });
    expect((await shelf.lease(file('7'))).url).toBe('blob:1');
  });

  it('is nothing without a proper id: no other address can be made of it', async () => {
    for (const id of ['', '../me', '7?x=1', '1'.repeat(21)]) await expect(library().lease(file(id))).rejects.toMatchObject({ code: ErrorCode.media_unknown });
    expect(asked).toEqual([]);
  });

  it('is only ever a picture, a film or a sound to the browser, whatever it is said to be', async () => {
    expect(['image/png', 'IMAGE/JPEG', 'audio/ogg; codecs=opus', 'video/mp4'].map(shownType)).toEqual(['image/png', 'image/jpeg', 'audio/ogg', 'video/mp4']);
    for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'application/pdf', 'text/javascript', '']) expect(shownType(type)).toBe('application/octet-stream');
    const { url } = await library().lease(file('9', 3, 'text/html'));
    expect(urls.get(url)?.type).toBe('application/octet-stream');
  });

  it('that does not end is not taken', async () => {
    answer = () => ({ status: 200, body: body(...Array.from({ length: 101 }, () => new Uint8Array(kMiB))), json: () => Promise.resolve(undefined) });
    await expect(library().lease(file('7'))).rejects.toMatchObject({ code: ErrorCode.media_too_big });
  });
});
