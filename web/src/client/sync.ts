// The other end of the server's session: takes what the inbox delivers, stores it, and only then says so.
//
// Storing and acknowledging are the second tick, so others' events are acknowledged at once (one ack for all that came
// together). Own events and receipts owe nobody a tick: their ack waits for a quiet moment.
import type { Delivery, Receipts, Welcome } from '../gen/frames_pb';
import type { ClientKind, ServerKind } from './connection';
import { accountId, cursor, larger } from './ids';
import type { AccountId, Cursor } from './ids';
import type { Clock } from './ports';

export type InboxItem = { readonly kind: 'delivery'; readonly delivery: Delivery } | { readonly kind: 'receipts'; readonly receipts: Receipts };

export interface SyncStorage {
  /** The last position whose effects are stored; 0 at first. */
  cursor(): Promise<Cursor>;
  /** Stores the effects of these items and the cursor together, or nothing. The same item may come again. */
  apply(items: readonly InboxItem[], cursor: Cursor): Promise<void>;
  /** Moves the cursor without effects: the server begins later than what was asked for. */
  skipTo(cursor: Cursor): Promise<void>;
}

export interface SyncOptions {
  readonly storage: SyncStorage;
  readonly clock: Clock;
  readonly post: (kind: ClientKind) => void;
  /** The inbox begins after the place that was asked for (a new device, or lost storage): the past must be listed. */
  readonly onGap: () => void;
  readonly onCaughtUp: () => void;
  /** Storing failed: the line should be dropped so that the same is delivered again. */
  readonly onFailure: (error: unknown) => void;
  readonly lazyAckMs?: number;
}

const kLazyAckMs = 3000;

export class Sync {
  readonly #options: SyncOptions;
  #me: AccountId = accountId(0n);
  #stored: Cursor = cursor(0n);
  #acked: Cursor = cursor(0n);
  #queue: InboxItem[] = [];
  #caughtUp = false;
  #busy = false;
  #working: Promise<void> = Promise.resolve();
  #cancelLazy: (() => void) | undefined;
  #epoch = 0; // of the connection: what an older one delivered and could not be stored is delivered again

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  get cursor(): Cursor {
    return this.#stored;
  }

  /** Before hello: lets what is under way finish, then says where to go on. */
  async begin(): Promise<Cursor> {
    this.#epoch++;
    this.#queue = [];
    this.#caughtUp = false;
    await this.#working;
    this.#stored = await this.#options.storage.cursor();
    this.#acked = this.#stored;
    return this.#stored;
  }

  async welcome(welcome: Welcome): Promise<void> {
    this.#me = accountId(welcome.account);
    if (welcome.cursor > this.#stored) {
      this.#stored = cursor(welcome.cursor);
      this.#acked = this.#stored;
      await this.#options.storage.skipTo(this.#stored);
      this.#options.onGap();
    }
  }

  receive(kind: ServerKind): void {
    if (kind.case === 'delivery') this.#queue.push({ kind: 'delivery', delivery: kind.value });
    else if (kind.case === 'receipts') this.#queue.push({ kind: 'receipts', receipts: kind.value });
    else if (kind.case === 'caughtUp') this.#caughtUp = true;
    else return;
    if (this.#busy) return;
    this.#busy = true;
    this.#working = this.#work();
  }

  close(): void {
    this.#cancelLazy?.();
    this.#cancelLazy = undefined;
    this.#queue = [];
  }

  // Whatever arrived while the last batch was being stored becomes the next batch.
  async #work(): Promise<void> {
    try {
      await Promise.resolve();
      while (this.#queue.length > 0) if (!(await this.#storeBatch())) return;
      if (!this.#caughtUp) return;
      this.#caughtUp = false;
      this.#options.onCaughtUp();
    } finally {
      this.#busy = false;
    }
  }

  async #storeBatch(): Promise<boolean> {
    const epoch = this.#epoch;
    const batch = this.#queue.filter((item) => positionOf(item) > this.#stored);
    this.#queue = [];
    if (batch.length === 0) return true;
    const end = batch.reduce<Cursor>((most, item) => larger(most, positionOf(item)), this.#stored);
    try {
      await this.#options.storage.apply(batch, end);
    } catch (error) {
      this.#queue = [];
      this.#options.onFailure(error);
      return false;
    }
    this.#stored = end;
    if (epoch !== this.#epoch) return false; // the next hello states the cursor; no ack is needed
    if (batch.some((item) => this.#owesTick(item))) this.#ack();
    else this.#ackLater();
    return true;
  }

  #owesTick(item: InboxItem): boolean {
    return item.kind === 'delivery' && item.delivery.envelope?.event?.header?.author !== this.#me;
  }

  #ack(): void {
    this.#cancelLazy?.();
    this.#cancelLazy = undefined;
    if (this.#stored <= this.#acked) return;
    this.#acked = this.#stored;
    this.#options.post({ case: 'ack', value: { cursor: this.#stored } });
  }

  #ackLater(): void {
    this.#cancelLazy ??= this.#options.clock.after(this.#options.lazyAckMs ?? kLazyAckMs, () => this.#ack());
  }
}

function positionOf(item: InboxItem): Cursor {
  return cursor(item.kind === 'delivery' ? item.delivery.position : item.receipts.position);
}
