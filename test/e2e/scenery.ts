// Pictures for tests that people look at: a lake in the evening, painted by arithmetic, as a PNG.
import { crc32, deflateSync } from './png';

export function scenery(width: number, height: number, hour = 0): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(data.length + 12);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), out.length - 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x / width, y / height, width / height, hour), y * (1 + width * 3) + 1 + x * 3);
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 4 })), chunk('IEND', Buffer.alloc(0))]);
}

type Colour = readonly [number, number, number];
const mix = (a: Colour, b: Colour, share: number): Colour => [0, 1, 2].map((i) => a[i]! + (b[i]! - a[i]!) * Math.min(1, Math.max(0, share))) as unknown as Colour;
const ridge = (x: number, base: number, size: number, phase: number) => base - size * (0.5 * Math.sin(x * 5 + phase) + 0.3 * Math.sin(x * 11 + phase * 2) + 0.2 * Math.sin(x * 23 + phase * 3));

function colour(x: number, y: number, shape: number, hour: number): Colour {
  const shore = 0.62;
  if (y > shore) {
    const mirror = colour(x + 0.004 * Math.sin(y * 160), 2 * shore - y, shape, hour);
    return mix(mirror, [24, 52, 84], 0.35 + 0.3 * (y - shore));
  }
  const top: Colour = hour === 0 ? [72, 96, 168] : [92, 160, 220];
  const low: Colour = hour === 0 ? [250, 178, 122] : [226, 238, 246];
  if (y > ridge(x, 0.6, 0.05, 2.4)) return [38, 58, 62];
  if (y > ridge(x, 0.5, 0.1, 0.7)) return hour === 0 ? [86, 84, 122] : [92, 120, 132];
  if (y > ridge(x, 0.42, 0.13, 4.1)) return hour === 0 ? [140, 116, 150] : [140, 168, 184];
  const sun = Math.hypot((x - 0.68) * shape, y - 0.26);
  if (sun < 0.06) return [255, 240, 205];
  return mix(mix(low, top, 1 - y / 0.5), [255, 226, 180], 0.5 - sun * 1.6);
}
