// A ClientStorage that lives as long as the process: for programs without a disk, and for tests. A test that gives the
// same object to a second Client sees what a reload sees.
import type { ClientStorage } from './client';
import { cursor, larger } from './ids';
import type { ConversationId, Cursor, Seq } from './ids';
import type { OutboxItem, ReadMark } from './outbox';
import type { Bytes } from './ports';
import type { InboxItem } from './sync';
import type { FileStorage, KeptFile } from './upload';
import type { Sent } from '../gen/frames_pb';

export class MemoryStorage implements ClientStorage, FileStorage {
  #cursor: Cursor = cursor(0n);
  readonly #outbox = new Map<string, OutboxItem>();
  readonly #marks = new Map<ConversationId, Seq>();
  readonly #files = new Map<string, KeptFile>();
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
  put(item: OutboxItem, file?: Bytes): Promise<void> {
    this.#outbox.set(item.clientId, item);
    if (file !== undefined) this.#files.set(item.clientId, { bytes: file, upload: '' });
    return Promise.resolve();
  }
  answered(item: OutboxItem, sent: Sent): Promise<void> {
    this.#outbox.delete(item.clientId);
    this.#files.delete(item.clientId);
    this.sent.push({ item, sent });
    return Promise.resolve();
  }
  discard(item: OutboxItem): Promise<void> {
    this.#outbox.delete(item.clientId);
    this.#files.delete(item.clientId);
    return Promise.resolve();
  }
  file(clientId: string): Promise<KeptFile | undefined> {
    return Promise.resolve(this.#files.get(clientId));
  }
  keepUpload(clientId: string, upload: string): Promise<void> {
    const kept = this.#files.get(clientId);
    if (kept !== undefined) this.#files.set(clientId, { ...kept, upload });
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
