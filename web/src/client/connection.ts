// One device's line to the server: dials, greets, keeps alive, notices a dead peer, comes back.
//
//   idle -> connecting -> greeting -> online
//             ^    \________\___________/
//             |             | ended
//          waiting <--------+--------> stopped   (token refused, replaced by another session, or stop())
//
// It carries frames and matches answers to requests; it knows nothing of messages. Owned by Client.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ClientFrameSchema, ServerFrameSchema } from '../gen/frames_pb';
import type { GoAway, ServerFrame, Welcome } from '../gen/frames_pb';
import { backoffMs, between, kBackoff } from './backoff';
import type { BackoffTuning } from './backoff';
import { ConnectionLost, ProtocolError, ServerError, ErrorCode } from './errors';
import type { Clock, Dial, Random, Wire, WireEnd } from './ports';

export type ClientKind = NonNullable<MessageInitShape<typeof ClientFrameSchema>['kind']>;
export type ServerKind = ServerFrame['kind'];
type Hello = Extract<ClientKind, { case: 'hello' }>['value'];

/** Why a connection ended. */
export type Ending =
  | { readonly kind: 'network' }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'session_replaced' }
  | { readonly kind: 'going_away' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'asked' };

export type ConnectionState =
  | { readonly kind: 'idle' }
  /** `after`: why there was no line before; absent at the first attempt. */
  | { readonly kind: 'connecting'; readonly after?: Ending }
  | { readonly kind: 'greeting' }
  | { readonly kind: 'online'; readonly welcome: Welcome }
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly why: Ending }
  | { readonly kind: 'stopped'; readonly why: Ending };

export interface ConnectionTuning {
  readonly backoff: BackoffTuning;
  readonly openMs: number; // from dialling to welcome
  readonly redialMs: number; // how old an attempt is that a nudge gives up
  readonly pongMs: number; // from ping to anything
  readonly answerMs: number; // from request to answer; then the line is taken for dead
  readonly stableMs: number; // online for this long: the next failure starts with a short pause again
}
export const kConnectionTuning: ConnectionTuning = {
  backoff: kBackoff,
  openMs: 15_000,
  redialMs: 1000,
  pongMs: 10_000,
  answerMs: 45_000,
  stableMs: 5_000,
};

export interface ConnectionOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: Random;
  /** What to say first on each connection. Awaited before the hello leaves. */
  readonly hello: () => Promise<Hello>;
  readonly onState: (state: ConnectionState) => void;
  /** Frames that answer no request: deliveries, receipts, caught_up. */
  readonly onFrame: (kind: ServerKind) => void;
  /** Asked when the upgrade failed without a reason (browsers hide the status): is the token still good? */
  readonly tokenRefused?: () => Promise<boolean>;
  readonly tuning?: Partial<ConnectionTuning>;
}

interface Waiter {
  readonly sinceMs: number;
  resolve(kind: ServerKind): void;
  reject(error: Error): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #tuning: ConnectionTuning;
  #state: ConnectionState = { kind: 'idle' };
  #wire: Wire | undefined;
  #generation = 0; // of the wire; late events of an older one are ignored
  #attempt = 0;
  #nextRequest = 1n;
  readonly #waiters = new Map<bigint, Waiter>();
  #lastSentMs = 0;
  #lastReceivedMs = 0;
  #pingSinceMs: number | undefined;
  #onlineSinceMs = 0;
  #dialledMs = 0;
  #lost: Ending | undefined; // until there is a line again
  #goAway: GoAway | undefined;
  #cancelTimer: () => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#tuning = { ...kConnectionTuning, ...options.tuning };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Begins, also after a stop. */
  start(): void {
    if (this.#state.kind === 'idle' || this.#state.kind === 'stopped') this.#connect();
  }

  /** Ends until start(). Requests under way are rejected with ConnectionLost. */
  stop(): void {
    this.#finish({ kind: 'asked' }, 'stopped');
  }

  /** The world changed (network back, tab visible): do not sit out the pause; find out whether the line is alive. */
  nudge(): void {
    if (this.#state.kind === 'waiting' && this.#state.why.kind !== 'going_away') this.#connect();
    else if (this.#state.kind === 'online') this.#ping();
    else if (this.#state.kind === 'connecting' && this.#options.clock.now() - this.#dialledMs >= this.#tuning.redialMs) {
      this.#end({ kind: 'timed_out' }); // begun in another world, it may never come to an end
      this.#connect();
    }
  }

  /** Sends a request. Rejects with ServerError when refused, with ConnectionLost when no answer can come any more. */
  request(kind: ClientKind): Promise<ServerKind> {
    if (this.#state.kind !== 'online') return Promise.reject(new ConnectionLost());
    return this.#ask(kind);
  }

  /** Sends without wanting an answer. Lost silently when not online. */
  post(kind: ClientKind): void {
    if (this.#state.kind === 'online') this.#write(0n, kind);
  }

  #connect(): void {
    this.#cancelTimer();
    const generation = ++this.#generation;
    const mine = () => generation === this.#generation;
    this.#goAway = undefined;
    this.#pingSinceMs = undefined;
    let opened = false;
    this.#dialledMs = this.#options.clock.now();
    this.#become({ kind: 'connecting', ...(this.#lost && { after: this.#lost }) });
    if (!mine()) return;
    this.#cancelTimer = this.#options.clock.after(this.#tuning.openMs, () => this.#end({ kind: 'timed_out' }));
    this.#wire = this.#options.dial({
      opened: () => {
        opened = true;
        if (mine()) void this.#greet(generation);
      },
      received: (bytes) => {
        if (mine()) this.#receive(bytes);
      },
      closed: (end) => {
        if (!mine()) return;
        if (opened || end.httpStatus !== undefined || this.#options.tokenRefused === undefined) this.#end(this.#endingOf(end));
        else void this.#askWhy(generation, this.#options.tokenRefused);
      },
    });
  }

  async #askWhy(generation: number, tokenRefused: () => Promise<boolean>): Promise<void> {
    const refused = await tokenRefused().catch(() => false);
    if (generation === this.#generation) this.#end({ kind: refused ? 'unauthenticated' : 'network' });
  }

  async #greet(generation: number): Promise<void> {
    this.#become({ kind: 'greeting' });
    const mine = () => generation === this.#generation;
    try {
      const hello = await this.#options.hello();
      if (!mine()) return;
      const answer = await this.#ask({ case: 'hello', value: hello });
      if (!mine()) return;
      if (answer.case !== 'welcome') throw new ProtocolError('expected welcome');
      this.#welcome(answer.value);
    } catch (error) {
      if (!mine()) return;
      const refused = error instanceof ServerError && error.code === ErrorCode.unauthenticated;
      this.#end(refused ? { kind: 'unauthenticated' } : { kind: 'network' });
    }
  }

  #welcome(welcome: Welcome): void {
    this.#cancelTimer();
    this.#onlineSinceMs = this.#options.clock.now();
    this.#lost = undefined;
    const everyMs = Math.max(1000, Math.min(welcome.pingMs / 4, 5000));
    const watch = () => {
      this.#watch(welcome.pingMs / 2);
      if (this.#state.kind === 'online') this.#cancelTimer = this.#options.clock.after(everyMs, watch);
    };
    this.#cancelTimer = this.#options.clock.after(everyMs, watch);
    this.#become({ kind: 'online', welcome });
  }

  // Keeps the line warm and finds out when nobody is at the other end.
  #watch(quietMs: number): void {
    const now = this.#options.clock.now();
    const oldest = this.#waiters.values().next().value;
    if (this.#pingSinceMs !== undefined && now - this.#pingSinceMs >= this.#tuning.pongMs) this.#end({ kind: 'timed_out' });
    else if (oldest !== undefined && now - oldest.sinceMs >= this.#tuning.answerMs) this.#end({ kind: 'timed_out' });
    else if (now - this.#lastSentMs >= quietMs || now - this.#lastReceivedMs >= quietMs) this.#ping();
  }

  #ping(): void {
    if (this.#pingSinceMs !== undefined) return;
    this.#pingSinceMs = this.#options.clock.now();
    this.#ask({ case: 'ping', value: {} }).catch(() => {});
  }

  #ask(kind: ClientKind): Promise<ServerKind> {
    const request = this.#nextRequest++;
    return new Promise((resolve, reject) => {
      this.#waiters.set(request, { sinceMs: this.#options.clock.now(), resolve, reject });
      this.#write(request, kind);
    });
  }

  #write(request: bigint, kind: ClientKind): void {
    this.#lastSentMs = this.#options.clock.now();
    this.#wire?.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { request, kind })));
  }

  #receive(bytes: Uint8Array): void {
    this.#lastReceivedMs = this.#options.clock.now();
    this.#pingSinceMs = undefined;
    let frame: ServerFrame;
    try {
      frame = fromBinary(ServerFrameSchema, bytes);
    } catch {
      this.#end({ kind: 'refused', code: 1002, reason: 'undecodable frame' });
      return;
    }
    if (frame.kind.case === 'goAway') {
      this.#leave(frame.kind.value);
      return;
    }
    if (frame.request === 0n) {
      this.#options.onFrame(frame.kind);
      return;
    }
    const waiter = this.#waiters.get(frame.request);
    this.#waiters.delete(frame.request);
    if (frame.kind.case === 'error') waiter?.reject(ServerError.of(frame.kind.value));
    else waiter?.resolve(frame.kind);
  }

  // The server is about to close. What is under way may still be answered; the line is left when the server ends it,
  // or after a moment.
  #leave(goAway: GoAway): void {
    this.#goAway = goAway;
    const generation = this.#generation;
    this.#options.clock.after(2000, () => {
      if (generation === this.#generation) this.#end({ kind: 'going_away' });
    });
  }

  #endingOf(end: WireEnd): Ending {
    if (end.httpStatus === 401 || end.code === 4001) return { kind: 'unauthenticated' };
    if (end.code === 4002) return { kind: 'session_replaced' };
    if (end.code === 4003) return { kind: 'timed_out' };
    if (this.#goAway !== undefined || end.code === 1001) return { kind: 'going_away' };
    if (end.code === 1005 || end.code === 1006) return { kind: 'network' };
    return { kind: 'refused', code: end.code, reason: end.reason };
  }

  #end(why: Ending): void {
    const goAway = this.#goAway;
    if (why.kind === 'unauthenticated' || why.kind === 'session_replaced') {
      this.#finish(why, 'stopped');
      return;
    }
    const wasStable = this.#state.kind === 'online' && this.#options.clock.now() - this.#onlineSinceMs >= this.#tuning.stableMs;
    this.#attempt = wasStable ? 0 : this.#attempt;
    this.#finish(why, 'waiting', goAway);
  }

  // The only place where a wire is given up.
  #finish(why: Ending, next: 'waiting' | 'stopped', goAway?: GoAway): void {
    this.#generation++;
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    const wire = this.#wire;
    this.#wire = undefined;
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    this.#lost = next === 'waiting' ? why : undefined;
    if (next === 'stopped') {
      this.#attempt = 0;
      this.#become({ kind: 'stopped', why });
    } else {
      const { clock, random } = this.#options;
      const pauseMs =
        goAway === undefined ? backoffMs(this.#attempt++, random, this.#tuning.backoff) : between(goAway.afterMsMin, goAway.afterMsMax, random);
      this.#cancelTimer = clock.after(pauseMs, () => this.#connect());
      this.#become({ kind: 'waiting', untilMs: clock.now() + pauseMs, why });
    }
    for (const waiter of waiters) waiter.reject(new ConnectionLost());
    wire?.close(1000, '');
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
