import { expect, test } from 'vitest';

import { freshClientId } from './client_id';
import { toHex } from './outbox';

const random = { unit: () => 0, bytes: (count: number) => new Uint8Array(count).fill(0xff) };

test('is a UUIDv7 of its time', () => {
  // The time of the example in RFC 9562, appendix A.6.
  expect(toHex(freshClientId(0x017f22e279b0, random))).toBe('017f22e279b07fffbfffffffffffffff');
});

test('a later one is larger', () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 2 ** 41].map((ms) => toHex(freshClientId(ms, random)));
  expect(ids).toEqual([...ids].sort());
});
