// What the client needs from its world. The browser, Node and the tests each bring their own.

export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Calls `fire` once, not earlier than `ms` from now. Returns a function that cancels. */
  after(ms: number, fire: () => void): () => void;
}

export interface Random {
  /** In [0, 1). */
  unit(): number;
  bytes(count: number): Uint8Array;
}

/** A file or a part of one, as it is given to fetch. A Blob is one. */
export interface Bytes {
  readonly size: number;
  slice(from: number, to: number): Bytes;
}

/** Why a wire ended. `httpStatus` when the upgrade was refused and the platform tells. */
export interface WireEnd {
  readonly code: number;
  readonly reason: string;
  readonly httpStatus?: number;
}

export interface WireEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  closed(end: WireEnd): void;
}

/** One connection attempt. After `close` no more events are expected, and late ones are ignored. */
export interface Wire {
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
}

export type Dial = (events: WireEvents) => Wire;

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
