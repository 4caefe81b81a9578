// A world that a test owns: time that moves when told, chance from a seed, and a server that is a script.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ClientFrameSchema, ServerFrameSchema } from '../gen/frames_pb';
import type { ClientFrame } from '../gen/frames_pb';
import type { Clock, Dial, Random, WireEnd, WireEvents } from './ports';

type ServerKind = NonNullable<MessageInitShape<typeof ServerFrameSchema>['kind']>;

export class FakeClock implements Clock {
  #now = 1_700_000_000_000;
  #timers: { at: number; fire: () => void }[] = [];

  now(): number {
    return this.#now;
  }
  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.#now + ms, fire };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }
  /** Moves time; fires what is due in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.fire();
    }
    this.#now = end;
  }
  /** When the next timer fires, from now. */
  nextIn(): number | undefined {
    const at = Math.min(...this.#timers.map((timer) => timer.at));
    return Number.isFinite(at) ? at - this.#now : undefined;
  }
}

/** Everything that is already possible happens. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

/** mulberry32: the same seed, the same numbers. */
export function seeded(seed: number): Random {
  let a = seed;
  const unit = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { unit, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(unit() * 256)) };
}

/** One accepted or pending connection, seen from the server. */
export class FakeWire {
  readonly received: ClientFrame[] = [];
  closedWith: number | undefined;
  constructor(private readonly events: WireEvents) {}

  open(): void {
    this.events.opened();
  }
  say(kind: ServerKind, request = 0n): void {
    this.events.received(toBinary(ServerFrameSchema, create(ServerFrameSchema, { request, kind })));
  }
  raw(bytes: Uint8Array): void {
    this.events.received(bytes);
  }
  drop(end: WireEnd = { code: 1006, reason: '' }): void {
    this.events.closed(end);
  }
  take(bytes: Uint8Array): void {
    this.received.push(fromBinary(ClientFrameSchema, bytes));
  }
  /** Frames of one kind, in order. */
  all<C extends NonNullable<ClientFrame['kind']['case']>>(kind: C) {
    return this.received.filter((frame) => frame.kind.case === kind) as (ClientFrame & { kind: Extract<ClientFrame['kind'], { case: C }> })[];
  }
}

export class FakeServer {
  readonly wires: FakeWire[] = [];
  readonly dial: Dial = (events) => {
    const wire = new FakeWire(events);
    this.wires.push(wire);
    return {
      send: (bytes) => wire.take(bytes),
      close: (code) => {
        wire.closedWith = code;
      },
    };
  };
  get last(): FakeWire {
    const wire = this.wires.at(-1);
    if (wire === undefined) throw new Error('nobody has dialled');
    return wire;
  }
  /** Opens the newest connection and greets it. */
  async accept(welcome: { account?: bigint; cursor?: bigint; pingMs?: number } = {}): Promise<FakeWire> {
    const wire = this.last;
    wire.open();
    await settle();
    const hello = wire.all('hello')[0];
    if (hello === undefined) throw new Error('no hello');
    const { account = 1n, cursor = hello.kind.value.cursor, pingMs = 60_000 } = welcome;
    wire.say({ case: 'welcome', value: { account, device: 11n, cursor, pingMs, readReceipts: true } }, hello.request);
    await settle();
    return wire;
  }
}
