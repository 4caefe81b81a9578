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
