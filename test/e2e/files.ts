// Files for tests: a real picture, documents of any length, and curl as people type it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateSync } from './png';

const run = promisify(execFile);

/** A PNG of one colour. */
export function picture(side = 32): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(8 + data.length + 4);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), out.length - 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(side * 3, 0x80)]);
  const rows = Buffer.concat(Array.from({ length: side }, () => row));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** Text that is no picture, of this length, with its hash. */
export function document(bytes: number): { readonly path: string; readonly sha256: string } {
  const path = join(mkdtempSync(join(tmpdir(), 'homing-e2e-file-')), 'report.txt');
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  const piece = Buffer.from('All work and no play makes Jack a dull boy.\n'.repeat(1489));
  for (let left = bytes; left > 0; ) {
    const part = piece.subarray(0, Math.min(left, piece.length));
    writeSync(file, part);
    hash.update(part);
    left -= part.length;
  }
  closeSync(file);
  return { path, sha256: hash.digest('hex') };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Runs curl; the answer's status and JSON. */
export async function curl(...args: readonly string[]): Promise<{ status: number; body: any }> {
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args], { maxBuffer: 1 << 24 });
  const end = stdout.lastIndexOf('\n');
  const text = stdout.slice(0, end);
  return { status: Number(stdout.slice(end + 1)), body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** The smallest files of each kind that are what they say: one colour, or a head without a body. */
export interface Sample {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}
const sample = (name: string, type: string, bytes: Buffer): Sample => ({ name, type, bytes });
const oggPage = Buffer.concat([Buffer.from('OggS\0\x02', 'latin1'), Buffer.alloc(20), Buffer.from('\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0', 'latin1')]);
const box = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\x02\0${brand}mp41\0\0\0\x08free`, 'latin1');
export const samples = {
  jpeg: sample('wall.jpg', 'image/jpeg', Buffer.from(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/' +
    'wAARCAAwAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAMF/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AsAgyQAAAAAAAAAAAAAAAAAAAAAH/2Q==', 'base64')),
  png: sample('wall.png', 'image/png', picture()),
  webp: sample('wave.webp', 'image/webp', Buffer.from('UklGRh4AAABXRUJQVlA4TBEAAAAv/8F/AAfQ6ZbUrP+BiOh/AAA=', 'base64')),
  opus: sample('hello.ogg', 'audio/ogg', oggPage),
  mp3: sample('song.mp3', 'audio/mpeg', Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\x0a', 'latin1'), Buffer.alloc(10), Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)])),
  mp4: sample('clip.mp4', 'video/mp4', box('isom')),
  threegp: sample('clip.3gp', 'video/3gpp', box('3gp4')),
  pdf: sample('Rechnung März.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n')),
} as const;

/** The JPEG as a camera writes it that knows where it is: 52° 31′ N, in an EXIF block right behind the picture's head. */
export function withPlace(jpeg: Buffer = samples.jpeg.bytes): Buffer {
  const tiff = Buffer.alloc(80);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(count, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  };
  tiff.write('II*\0\x08\0\0\0', 'latin1');
  tiff.writeUInt16LE(1, 8);
  entry(10, 0x8825, 4, 1, 26); // one list of places, there
  tiff.writeUInt16LE(2, 26);
  entry(28, 1, 2, 2, 'N'.charCodeAt(0));
  entry(40, 2, 5, 3, 56);
  [52, 1, 31, 1, 0, 1].forEach((number, i) => tiff.writeUInt32LE(number, 56 + 4 * i));
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + 6 + tiff.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from('Exif\0\0', 'latin1'), tiff, jpeg.subarray(2)]);
}
