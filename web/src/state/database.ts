// The app's rows in IndexedDB, one database per device. IndexedDB cannot order bigints, so keys are 16 hex digits.
import Dexie from 'dexie';
import type { Table } from 'dexie';
import type { ConversationId, Cursor, Seq } from '../client/ids';
import type { OutboxItem, ReadMark } from '../client/outbox';
import type { Conversation, Kept, Me, Message, Person } from './model';

export type ConversationRow = Omit<Conversation, 'messages' | 'onDisk'> & { readonly key: string };
export interface MessageRow {
  readonly conversationKey: string;
  readonly seqKey: string;
  readonly message: Message;
}
/** The file of an outbox item, until that is sent. */
export interface FileRow {
  readonly clientId: string;
  readonly bytes: Blob;
  readonly upload: string; // its path on the server, once begun
}
export interface MetaRow {
  readonly key: 'only';
  readonly cursor: Cursor;
  readonly listed: boolean;
  readonly me: Me | undefined;
}

export class Database extends Dexie {
  declare meta: Table<MetaRow, string>;
  declare people: Table<Person & { readonly key: string }, string>;
  declare conversations: Table<ConversationRow, string>;
  declare messages: Table<MessageRow, [string, string]>;
  declare outbox: Table<OutboxItem, string>;
  declare files: Table<FileRow, string>;
  declare played: Table<{ readonly key: string }, string>;
  declare kept: Table<Kept & { readonly key: string }, string>;
  declare starred: Table<{ readonly key: string; readonly sinceMs: number }, string>;
  declare hidden: Table<{ readonly key: string }, string>;
  declare marks: Table<ReadMark & { readonly key: string }, string>;

  constructor(name: string) {
    super(name);
    this.version(1).stores({
      meta: 'key',
      people: 'key',
      conversations: 'key',
      messages: '[conversationKey+seqKey]',
      outbox: 'clientId',
      marks: 'key',
    });
    // Messages that are not texts were kept in words before: they are fetched again. What waits in the outbox stays.
    this.version(2)
      .stores({ files: 'clientId', played: 'key' })
      .upgrade(async (change) => {
        await change.table('messages').clear();
        await change.table('conversations').clear();
        await change.table('meta').toCollection().modify({ listed: false });
        await change.table('outbox').toCollection().modify((item: { request: { text?: string; said?: unknown } }) => {
          if (item.request.text === undefined) return;
          item.request.said = { kind: 'text', text: item.request.text };
          delete item.request.text;
        });
      });
    // What was read was the newest event of others; now it is counted. Messages are in memory only while somebody looks.
    this.version(3)
      .stores({ kept: 'key', starred: 'key', hidden: 'key' })
      .upgrade(async (change) => {
        const rows = change.table('conversations');
        for (const { othersSeq, ...row } of (await rows.toArray()) as readonly (ConversationRow & { readonly othersSeq: bigint })[]) {
          const newest = (await change.table<MessageRow>('messages').where('[conversationKey+seqKey]').between([row.key, Dexie.minKey], [row.key, Dexie.maxKey]).last())?.message;
          const seenTo = othersSeq <= row.marks.ownReadTo ? row.lastSeq : row.marks.ownReadTo;
          await rows.put({ ...row, seenTo, ownAfter: [], spoken: true, held: newest?.seq ?? 0n });
        }
      });
  }

  /** Messages below `before`, at most `limit`, or all from `from` on; oldest first. */
  async messagesBefore(conversation: ConversationId, before: Seq | undefined, limit: number, from?: Seq): Promise<readonly Message[]> {
    const found = this.#between(conversation, before, from).reverse();
    const rows = await (from === undefined ? found.limit(limit) : found).toArray();
    return rows.reverse().map((row) => row.message);
  }

  /** All from this one on, oldest first. */
  async messagesFrom(conversation: ConversationId, from: Seq): Promise<readonly Message[]> {
    const rows = await this.#between(conversation, undefined, from).toArray();
    return rows.map((row) => row.message);
  }

  /** Those that have ended by now are no more on this device either. */
  async dropEnded(conversation: ConversationId, nowMs: number): Promise<number> {
    return this.#between(conversation, undefined)
      .filter(({ message }) => message.expiresMs !== undefined && message.expiresMs <= nowMs)
      .delete();
  }

  async changeMessage(conversation: ConversationId, at: Seq, change: (message: Message) => Message): Promise<void> {
    const row = await this.messages.get([keyOf(conversation), keyOf(at)]);
    const message = row && change(row.message);
    if (row !== undefined && message !== undefined && message !== row.message) await this.messages.put({ ...row, message });
  }
  async dropMessages(conversation: ConversationId): Promise<void> {
    await this.#between(conversation, undefined).delete();
  }
  countOf(conversation: ConversationId): PromiseLike<number> {
    return this.#between(conversation, undefined).count();
  }

  async hasBefore(conversation: ConversationId, before: Seq | undefined): Promise<boolean> {
    return (await this.#between(conversation, before).limit(1).count()) > 0;
  }

  #between(conversation: ConversationId, before: Seq | undefined, from?: Seq) {
    const key = keyOf(conversation);
    const [lower, upper] = [from === undefined ? Dexie.minKey : keyOf(from), before === undefined ? Dexie.maxKey : keyOf(before)];
    return this.messages.where('[conversationKey+seqKey]').between([key, lower], [key, upper], true, false);
  }
}

export const keyOf = (id: bigint): string => id.toString(16).padStart(16, '0');
