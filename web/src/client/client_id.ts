import type { Random } from './ports';

/**
 * The name under which a message is sent, and sent again: a UUIDv7 (RFC 9562, section 5.7). An id made later is larger, which
 * the server finds to be new without a look at its disk.
 */
export function freshClientId(nowMs: number, random: Random): Uint8Array {
  const id = random.bytes(16);
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  view.setUint16(0, Math.floor(nowMs / 2 ** 32));
  view.setUint32(2, nowMs % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return id;
}
