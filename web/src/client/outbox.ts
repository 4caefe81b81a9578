// The other end of the server's client ids: what a person asked for is kept here, on disk, until the server answered.
//
// An item gets its client id once and keeps it over reconnects and reloads, so sending it again is fine: the
// server returns the first answer. Items to one destination form a lane and go one after the other, so their order is
// the order in which they were written; lanes do not wait for each other.
//
// A message with a file waits for its upload, and its lane with it. What arrived of an upload stays on the server, so
// that it goes on after a reload.
//
// When another holder of the same device (another tab) has the connection, the outbox here only writes down what was
// asked for and says so there (`elsewhere`); loading it takes the work over. An item that two of them send because one
// died in between has one client id, so it is one message.
//
// A permanent refusal becomes a visible failed item. A passing one (the schema says which) is tried again after a pause.
import { freshClientId } from './client_id';
import type { Sent } from '../gen/frames_pb';
import { backoffMs, kBackoff } from './backoff';
import type { BackoffTuning } from './backoff';
import type { Sayable } from './content';
import { ConnectionLost, ErrorCode, ServerError, Stopped } from './errors';
import { assertNever } from './ids';
import type { AccountId, ConversationId, Seq } from './ids';
import { sleep } from './ports';
import type { Bytes, Clock, Random } from './ports';

export type Destination =
  | { readonly kind: 'conversation'; readonly conversation: ConversationId }
  | { readonly kind: 'account'; readonly account: AccountId }
  | { readonly kind: 'status' }; // mine, for a day

export type OutboxRequest =
  | { readonly kind: 'send'; readonly to: Destination; readonly said: Sayable; readonly replyTo?: Seq; readonly reactedTo?: Seq; readonly mentions?: readonly AccountId[]; readonly forwarded?: number }
  | { readonly kind: 'edit_message'; readonly conversation: ConversationId; readonly seq: Seq; readonly said: Sayable; readonly mentions?: readonly AccountId[] }
  | { readonly kind: 'delete_message'; readonly conversation: ConversationId; readonly seq: Seq }
  | { readonly kind: 'create_group'; readonly name: string; readonly members: readonly AccountId[] }
  | {
      readonly kind: 'change_members';
      readonly conversation: ConversationId;
      readonly add: readonly AccountId[];
      readonly remove: readonly AccountId[];
      readonly promote: readonly AccountId[];
      readonly demote?: readonly AccountId[];
    }
  | { readonly kind: 'rename_group'; readonly conversation: ConversationId; readonly name: string }
  | { readonly kind: 'leave_group'; readonly conversation: ConversationId };

export interface Failure {
  readonly code: ErrorCode;
  readonly text: string;
}

export interface OutboxItem {
  readonly clientId: string; // 32 hex digits
  readonly order: number; // grows; the order of writing
  readonly writtenMs: number;
  readonly request: OutboxRequest;
  readonly failure?: Failure; // refused for good; waits for the person to retry or discard it
}

export interface ReadMark {
  readonly conversation: ConversationId;
  readonly seq: Seq;
}

/** What is asked of the outbox that does the work. An item or a mark is in the storage by then. */
export type OutboxWord =
  | { readonly kind: 'put'; readonly item: OutboxItem }
  | { readonly kind: 'retry' | 'discard'; readonly clientId: string }
  | { readonly kind: 'mark'; readonly mark: ReadMark };
export type Settled = { readonly kind: 'sent'; readonly sent: Sent } | { readonly kind: 'refused'; readonly code: ErrorCode; readonly text: string };

export interface OutboxStorage {
  load(): Promise<{ readonly items: readonly OutboxItem[]; readonly marks: readonly ReadMark[] }>;
  /** Durable when it resolves. Replaces an item with the same client id; a file that was given stays with it. */
  put(item: OutboxItem, file?: Bytes): Promise<void>;
  /** The item became true: remove it and keep what it became, together. */
  answered(item: OutboxItem, sent: Sent): Promise<void>;
  discard(item: OutboxItem): Promise<void>;
  putMark(mark: ReadMark): Promise<void>;
  /** The server has this mark; a larger one for the same conversation stays. */
  dropMark(mark: ReadMark): Promise<void>;
}

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: (item: OutboxItem) => Promise<Sent>;
  /** Brings the item's file to the server and returns its id; gives up soon after `stopped` says so. */
  readonly upload: (item: OutboxItem, stopped: () => boolean) => Promise<string>;
  readonly markRead: (mark: ReadMark) => Promise<void>;
  readonly backoff?: BackoffTuning;
  /** Another one works until load() is called here. */
  readonly elsewhere?: (word: OutboxWord) => void;
  readonly onSettled?: (clientId: string, settled: Settled) => void;
}

interface Waiter {
  resolve(sent: Sent): void;
  reject(error: Error): void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #items: OutboxItem[] = [];
  readonly #marks = new Map<ConversationId, Seq>();
  readonly #running = new Set<string>();
  readonly #waiters = new Map<string, Waiter[]>();
  readonly #stops = new Map<string, () => void>(); // of uploads under way
  #writing: Promise<unknown> = Promise.resolve();
  #nextOrder = 1;
  #works: boolean;
  #online = false;
  #epoch = 0;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#works = options.elsewhere === undefined;
  }

  get items(): readonly OutboxItem[] {
    return this.#items;
  }
  get marks(): ReadonlyMap<ConversationId, Seq> {
    return this.#marks;
  }

  /** Reads what an earlier run left, and does the work from here on. Before anything else. */
  async load(): Promise<void> {
    this.#works = true;
    const { items, marks } = await this.#options.storage.load();
    const stored = new Set(items.map((item) => item.clientId));
    const told = this.#items.filter((item) => !stored.has(item.clientId)); // while it was read
    this.#items = [...items, ...told].sort((a, b) => a.order - b.order);
    for (const mark of marks) this.#marks.set(mark.conversation, mark.seq);
    this.#nextOrder = (this.#items.at(-1)?.order ?? 0) + 1;
  }

  setOnline(online: boolean): void {
    this.#online = online;
    if (!online) return;
    this.#epoch++;
    this.#kick();
  }

  /** Stored when this resolves; sent as soon as possible after that, surviving reloads. */
  enqueue(request: OutboxRequest, file?: Bytes): Promise<OutboxItem> {
    const item: OutboxItem = {
      clientId: toHex(freshClientId(this.#options.clock.now(), this.#options.random)),
      order: this.#order(),
      writtenMs: this.#options.clock.now(),
      request,
    };
    // One after the other, so that the order on disk is the order of writing.
    const stored = this.#writing.then(async () => {
      await this.#options.storage.put(item, file);
      if (this.#works) this.#adopt(item);
      else this.#options.elsewhere?.({ kind: 'put', item });
      return item;
    });
    this.#writing = stored.catch(() => {});
    return stored;
  }

  /** Resolves when the server has answered this item; rejects with ServerError when it was refused for good. */
  answer(item: OutboxItem): Promise<Sent> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(item.clientId) ?? [];
      waiters.push({ resolve, reject });
      this.#waiters.set(item.clientId, waiters);
    });
  }

  async enqueueAndWait(request: OutboxRequest): Promise<Sent> {
    const item = await this.enqueue(request);
    return this.answer(item);
  }

  /** A failed item goes again, with the same client id. */
  async retry(clientId: string): Promise<void> {
    if (!this.#works) return this.#options.elsewhere?.({ kind: 'retry', clientId });
    const found = this.#items.find((item) => item.clientId === clientId);
    if (found?.failure === undefined) return;
    const { failure: _gone, ...again } = found;
    await this.#options.storage.put(again);
    this.#replace(again);
    this.#kick();
  }

  /** Gives an item up that failed or whose file is not uploaded yet. Others may be under way and cannot be discarded. */
  async discard(clientId: string): Promise<void> {
    if (!this.#works) return this.#options.elsewhere?.({ kind: 'discard', clientId });
    const found = this.#items.find((item) => item.clientId === clientId);
    if (found === undefined || (found.failure === undefined && !waitsForFile(found))) return;
    await this.#options.storage.discard(found);
    this.#items = this.#items.filter((item) => item.clientId !== clientId);
    this.#stops.get(clientId)?.();
  }

  /** Only the newest mark of a conversation is kept. */
  async markRead(mark: ReadMark): Promise<void> {
    if (this.#works && (this.#marks.get(mark.conversation) ?? 0n) >= mark.seq) return;
    if (this.#works) this.#marks.set(mark.conversation, mark.seq);
    await this.#options.storage.putMark(mark);
    if (this.#works) this.#kick();
    else this.#options.elsewhere?.({ kind: 'mark', mark });
  }

  /** What somebody told who does not work here. */
  async hear(word: OutboxWord): Promise<void> {
    if (word.kind === 'put') this.#adopt(word.item);
    else if (word.kind === 'mark') await this.markRead(word.mark);
    else await this[word.kind](word.clientId);
  }

  /** The one who works is done with this item. */
  settled(clientId: string, settled: Settled): void {
    const waiters = this.#waiters.get(clientId) ?? [];
    this.#waiters.delete(clientId);
    for (const waiter of waiters) {
      if (settled.kind === 'sent') waiter.resolve(settled.sent);
      else waiter.reject(new ServerError(settled.code, settled.text));
    }
  }

  close(): void {
    this.#closed = true;
    this.#online = false;
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.reject(new ConnectionLost());
    this.#waiters.clear();
  }

  #adopt(item: OutboxItem): void {
    if (this.#items.some((other) => other.clientId === item.clientId)) return;
    this.#items = [...this.#items, item].sort((a, b) => a.order - b.order);
    this.#kick();
  }

  // The order of writing in all tabs: by the clock, and growing in each.
  #order(): number {
    const order = Math.max(this.#nextOrder, this.#options.clock.now());
    this.#nextOrder = order + 1;
    return order;
  }

  #kick(): void {
    if (!this.#online || this.#closed) return;
    for (const item of this.#items) if (item.failure === undefined) this.#start(laneOf(item), (lane) => this.#step(lane));
    for (const conversation of this.#marks.keys()) this.#start(`read:${conversation}`, () => this.#stepMark(conversation));
  }

  // At most one runner per lane; it ends when the lane is empty or the line is gone.
  #start(lane: string, step: (lane: string) => Promise<boolean>): void {
    if (this.#running.has(lane) || !this.#online) return;
    this.#running.add(lane);
    void this.#run(lane, step);
  }

  async #run(lane: string, step: (lane: string) => Promise<boolean>): Promise<void> {
    let failures = 0;
    while (this.#online && !this.#closed) {
      const epoch = this.#epoch;
      try {
        if (!(await step(lane))) {
          this.#running.delete(lane);
          this.#kick(); // something may have come in since the lane was seen empty
          return;
        }
        failures = 0;
      } catch (error) {
        if (error instanceof ConnectionLost) {
          if (epoch === this.#epoch) break; // setOnline(true) starts again
          continue;
        }
        const asked = error instanceof ServerError ? error.retryAfterMs : 0;
        const pauseMs = backoffMs(failures++, this.#options.random, this.#options.backoff ?? kBackoff);
        await sleep(this.#options.clock, Math.max(asked, pauseMs));
      }
    }
    this.#running.delete(lane);
  }

  // Sends the first item of the lane; false when there is none. Throws what should be tried again.
  async #step(lane: string): Promise<boolean> {
    let item = this.#items.find((candidate) => candidate.failure === undefined && laneOf(candidate) === lane);
    if (item === undefined) return false;
    try {
      if (waitsForFile(item)) {
        const media = await this.#uploaded(item);
        item = withFile(item, media);
        this.#replace(item); // from here on it cannot be discarded
        await this.#options.storage.put(item);
      }
      const sent = await this.#options.send(item);
      await this.#options.storage.answered(item, sent);
      const { clientId } = item;
      this.#items = this.#items.filter((other) => other.clientId !== clientId);
      this.#settle(clientId, { kind: 'sent', sent });
    } catch (error) {
      if (error instanceof Stopped) return true;
      if (!(error instanceof ServerError) || error.retry) throw error;
      const failed: OutboxItem = { ...item, failure: { code: error.code, text: error.message } };
      await this.#options.storage.put(failed);
      this.#replace(failed);
      this.#settle(item.clientId, { kind: 'refused', code: error.code, text: error.message });
    }
    return true;
  }

  // What is given up does not hold its lane: the piece that is under way ends by itself.
  async #uploaded(item: OutboxItem): Promise<string> {
    const { clientId } = item;
    const gone = () => this.#closed || !this.#items.some((other) => other.clientId === clientId);
    const given = new Promise<never>((_, reject) => this.#stops.set(clientId, () => reject(new Stopped())));
    given.catch(() => {});
    try {
      const media = await Promise.race([this.#options.upload(item, gone), given]);
      if (gone()) throw new Stopped();
      return media;
    } finally {
      this.#stops.delete(clientId);
    }
  }

  async #stepMark(conversation: ConversationId): Promise<boolean> {
    const seq = this.#marks.get(conversation);
    if (seq === undefined) return false;
    try {
      await this.#options.markRead({ conversation, seq });
    } catch (error) {
      // Refused for good (no member any more): nobody waits for this mark.
      if (!(error instanceof ServerError) || error.retry) throw error;
    }
    if (this.#marks.get(conversation) === seq) this.#marks.delete(conversation);
    await this.#options.storage.dropMark({ conversation, seq });
    return true;
  }

  #replace(item: OutboxItem): void {
    this.#items = this.#items.map((other) => (other.clientId === item.clientId ? item : other));
  }

  #settle(clientId: string, settled: Settled): void {
    this.settled(clientId, settled);
    this.#options.onSettled?.(clientId, settled);
  }
}

/** Whether a file has to reach the server before this can be sent. */
export function waitsForFile({ request }: OutboxItem): boolean {
  return request.kind === 'send' && request.said.kind === 'media' && request.said.media.id === '';
}

function withFile(item: OutboxItem, id: string): OutboxItem {
  const { request } = item;
  if (request.kind !== 'send' || request.said.kind !== 'media') return item;
  return { ...item, request: { ...request, said: { kind: 'media', media: { ...request.said.media, id } } } };
}

/** Where the item goes. Items of one lane keep their order. */
export function laneOf(item: OutboxItem): string {
  const request = item.request;
  switch (request.kind) {
    case 'send':
      return laneTo(request.to);
    case 'create_group':
      return `new:${item.clientId}`;
    case 'edit_message':
    case 'delete_message':
    case 'change_members':
    case 'rename_group':
    case 'leave_group':
      return `conversation:${request.conversation}`;
    default:
      return assertNever(request);
  }
}

function laneTo(to: Destination): string {
  switch (to.kind) {
    case 'account':
      return `account:${to.account}`;
    case 'conversation':
      return `conversation:${to.conversation}`;
    case 'status':
      return 'status';
  }
}

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

