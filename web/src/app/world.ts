// The browser as the client's world: clock, random, sockets, and where the token is kept.
import { Rest } from '../client/rest';
import type { Clock, Random } from '../client/ports';
import type { Reach } from '../state/messenger';

export const origin = window.location.origin;
export const rest = new Rest((url, init) => fetch(url, init), origin);
export const reach = (token: string): Reach => ({
  fetch: (url, init) => fetch(url, init as RequestInit), // its pieces are parts of a Blob
  fetchFile: (url, init) => fetch(url, init),
  origin,
  token,
});

export const clock: Clock = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

export const random: Random = {
  unit: () => Math.random(),
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

const kTokenKey = 'homing.token';

export const credentials = {
  token: (): string | undefined => localStorage.getItem(kTokenKey) ?? undefined,
  keep: (token: string) => localStorage.setItem(kTokenKey, token),
  forget: () => localStorage.removeItem(kTokenKey),
};

/** A name for this device's database and lock that does not contain the secret. */
export function deviceKey(token: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(token)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
