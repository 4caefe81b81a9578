// A ClientStorage that lives as long as the process: for programs without a disk, and for tests. A test that gives the
// same object to a second Client sees what a reload sees.
import type { ClientStorage } from './client';
import { cursor, larger } from './ids';
import type { ConversationId, Cursor, Seq } from './ids';
import type { OutboxItem, ReadMark } from './outbox';
import type { InboxItem } from './sync';
import type { Sent } from '../gen/frames_pb';

export class MemoryStorage implements ClientStorage {
  #cursor: Cursor = cursor(0n);
  readonly #outbox = new Map<string, OutboxItem>();
  readonly #marks = new Map<ConversationId, Seq>();
  /** All that was applied, in order. */
  readonly items: InboxItem[] = [];
  /** Outbox items that were answered, in order of the answers. */
  readonly sent: { readonly item: OutboxItem; readonly sent: Sent }[] = [];

  constructor(private readonly onApplied: (items: readonly InboxItem[]) => void = () => {}) {}

  cursor(): Promise<Cursor> {
    return Promise.resolve(this.#cursor);
  }
  apply(items: readonly InboxItem[], end: Cursor): Promise<void> {
    this.items.push(...items);
    this.#cursor = end;
    this.onApplied(items);
    return Promise.resolve();
  }
  skipTo(place: Cursor): Promise<void> {
    this.#cursor = larger(this.#cursor, place);
    return Promise.resolve();
  }
  load() {
    const marks: ReadMark[] = [...this.#marks].map(([conversation, seq]) => ({ conversation, seq }));
    return Promise.resolve({ items: [...this.#outbox.values()], marks });
  }
  put(item: OutboxItem): Promise<void> {
    this.#outbox.set(item.clientId, item);
    return Promise.resolve();
  }
  answered(item: OutboxItem, sent: Sent): Promise<void> {
    this.#outbox.delete(item.clientId);
    this.sent.push({ item, sent });
    return Promise.resolve();
  }
  discard(item: OutboxItem): Promise<void> {
    this.#outbox.delete(item.clientId);
    return Promise.resolve();
  }
  putMark({ conversation, seq }: ReadMark): Promise<void> {
    this.#marks.set(conversation, seq);
    return Promise.resolve();
  }
  dropMark({ conversation, seq }: ReadMark): Promise<void> {
    if ((this.#marks.get(conversation) ?? 0n) <= seq) this.#marks.delete(conversation);
    return Promise.resolve();
  }
}
