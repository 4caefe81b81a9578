// Holds the state, folds events into it, and keeps IndexedDB in step: what one batch changes is written in one
// transaction together with the cursor, and shown only after that. It is the storage that Client asks for.
import type { ClientStorage } from '../client/client';
import { assertNever, conversationId, cursor, larger, seq as seqOf } from '../client/ids';
import type { AccountId, ConversationId, Cursor, Seq } from '../client/ids';
import type { OutboxItem, OutboxRequest, ReadMark } from '../client/outbox';
import type { Bytes } from '../client/ports';
import type { InboxItem } from '../client/sync';
import type { FileStorage, KeptFile } from '../client/upload';
import type { Sent } from '../gen/frames_pb';
import { apply } from './apply';
import type { StateEvent } from './apply';
import { Database, keyOf } from './database';
import { marksOf, messageOf } from './from_wire';
import { kEmpty, kStatusLifeMs } from './model';
import type { Conversation, Message, MessageBody, State } from './model';
import { bare, revised, revises } from './revise';

const kPageMessages = 50; // at first; then more at once, as each page is work for whoever draws it
const kNextMessages = 150;

/** The other tabs of this device. One of them leads: it alone writes what comes from the server. */
export interface Sharing {
  /** Told by the one who leads: this is stored now, show it too. */
  stored(events: readonly StateEvent[]): void;
  /** Asked by the others; done when the one who leads has stored it. */
  dispatch(events: readonly StateEvent[]): Promise<void>;
}

// What one tab has in memory is its own matter; of that, only what came from the server is of use to the others.
const kOwnMatter: ReadonlySet<StateEvent['kind']> = new Set(['older', 'recalled', 'rested'] satisfies StateEvent['kind'][]);
const isMemory = ({ kind }: StateEvent): boolean => kind === 'recalled' || kind === 'rested';

export class Store implements ClientStorage, FileStorage {
  readonly #database: Database;
  #state: State = kEmpty;
  #cursor: Cursor = cursor(0n);
  readonly #listeners = new Set<() => void>();
  #tail: Promise<unknown> = Promise.resolve();
  readonly #stored = new WeakSet<Message>(); // came from the disk: nothing to write
  #leads: boolean;

  private constructor(
    database: Database,
    private readonly sharing: Sharing | undefined,
  ) {
    this.#database = database;
    this.#leads = sharing === undefined;
  }

  static async open(name: string, sharing?: Sharing): Promise<Store> {
    const store = new Store(new Database(name), sharing);
    await store.#load();
    return store;
  }

  get state(): State {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Folds the events in, stores what changed, then shows it. */
  async dispatch(...events: readonly StateEvent[]): Promise<void> {
    if (this.#leads) return this.#commit(() => events);
    if (events.length === 0) return this.#queue(() => {});
    const own = events.filter(({ kind }) => kOwnMatter.has(kind));
    const others = events.filter(({ kind }) => !kOwnMatter.has(kind));
    if (own.length > 0) await this.#queue(() => this.#keepPast(own));
    if (others.length > 0) await this.sharing?.dispatch(others);
  }

  /** The one who leads has stored this. */
  heard(events: readonly StateEvent[]): void {
    void this.#queue(() => this.#show(events.filter((event) => this.#connects(event)).reduce(apply, this.#state)));
  }

  /** Reads again what the one who leads may have stored without saying so; what is in memory stays there. */
  catchUp(): Promise<void> {
    return this.#queue(async () => {
      const before = this.#state;
      await this.#load();
      const conversations = new Map(this.#state.conversations);
      for (const [id, conversation] of conversations) {
        const first = before.conversations.get(id)?.messages[0];
        if (first === undefined) continue;
        const [messages, onDisk] = [await this.#database.messagesFrom(id, first.seq), await this.#database.hasBefore(id, first.seq)];
        conversations.set(id, { ...conversation, messages, onDisk });
      }
      this.#show({ ...this.#state, conversations });
    });
  }

  /** From here on this one writes. */
  async lead(): Promise<void> {
    if (this.#leads) return;
    this.#leads = true;
    await this.catchUp();
  }

  /** A page of messages from this device before those in memory, or all from `from` on. False when it has none: ask the server. */
  async recall(id: ConversationId, from?: Seq): Promise<boolean> {
    const conversation = this.#state.conversations.get(id);
    if (conversation?.onDisk !== true) return false;
    const limit = conversation.messages.length < kPageMessages ? kPageMessages : kNextMessages;
    const messages = await this.#database.messagesBefore(id, conversation.messages[0]?.seq, limit, from);
    for (const message of messages) this.#stored.add(message);
    const onDisk = from === undefined ? messages.length === limit : await this.#database.hasBefore(id, messages[0]?.seq);
    await this.dispatch({ kind: 'recalled', conversation: id, messages, onDisk });
    return messages.length > 0;
  }

  /** Messages of this device as they were said, newest first; those of `conversation` only. */
  messagesOf(conversation: ConversationId, before: Seq | undefined, limit: number): Promise<readonly Message[]> {
    return this.#database.messagesBefore(conversation, before, limit);
  }

  /** How many messages of each conversation this device has. */
  async counts(): Promise<ReadonlyMap<ConversationId, number>> {
    const counts = new Map<ConversationId, number>();
    for (const { id } of this.#state.conversations.values()) counts.set(id, await this.#database.countOf(id));
    return counts;
  }

  /** Those that are on this device, the newest star first. */
  async starred(): Promise<readonly Message[]> {
    const keys = [...this.#state.starred].sort(([, a], [, b]) => b - a).map(([key]) => key.split('/').map((id) => keyOf(BigInt(id))) as [string, string]);
    return (await this.#database.messages.bulkGet(keys)).flatMap((row) => row?.message ?? []);
  }

  /** What has ended by itself leaves this device. */
  dropEnded(nowMs: number): Promise<void> {
    return this.#queue(async () => {
      for (const { id, kind } of this.#state.conversations.values()) if (kind === 'status') await this.#database.dropEnded(id, nowMs);
    });
  }

  close(): void {
    this.#database.close();
    this.#listeners.clear();
  }

  /** Removes everything of this device. */
  async erase(): Promise<void> {
    this.close();
    await this.#database.delete();
  }

  // --- ClientStorage ---

  cursor(): Promise<Cursor> {
    return Promise.resolve(this.#cursor);
  }

  apply(items: readonly InboxItem[], end: Cursor): Promise<void> {
    return this.#commit(() => items.map(eventOf), { cursor: end });
  }

  // What lies before was not delivered to this device: what is stored would have a hole.
  skipTo(place: Cursor): Promise<void> {
    return this.#commit(() => [{ kind: 'forgotten' }], { cursor: place });
  }

  async load(): Promise<{ items: readonly OutboxItem[]; marks: readonly ReadMark[] }> {
    const marks = await this.#database.marks.toArray();
    return { items: this.#state.outbox, marks };
  }

  put(item: OutboxItem, file?: Bytes): Promise<void> {
    const write = async () => {
      await this.#database.outbox.put(item);
      if (file instanceof Blob) await this.#database.files.put({ clientId: item.clientId, bytes: file, upload: '' });
    };
    const events: readonly StateEvent[] = [{ kind: 'outbox_put', item }];
    return this.#leads ? this.#commit(() => events, { write }) : this.#beside(events, write);
  }

  async file(clientId: string): Promise<KeptFile | undefined> {
    return this.#database.files.get(clientId);
  }
  async keepUpload(clientId: string, upload: string): Promise<void> {
    await this.#database.files.update(clientId, { upload });
  }

  answered(item: OutboxItem, sent: Sent): Promise<void> {
    const events = (): readonly StateEvent[] => [{ kind: 'outbox_gone', clientId: item.clientId }, ...this.#becomes(item, sent)];
    return this.#commit(events, { write: () => this.#forget(item) });
  }

  discard(item: OutboxItem): Promise<void> {
    return this.#commit(() => [{ kind: 'outbox_gone', clientId: item.clientId }], { write: () => this.#forget(item) });
  }

  putMark(mark: ReadMark): Promise<void> {
    const write = () => this.#database.marks.put({ ...mark, key: keyOf(mark.conversation) });
    const events: readonly StateEvent[] = [{ kind: 'own_read', conversation: mark.conversation, seq: mark.seq }];
    return this.#leads ? this.#commit(() => events, { write }) : this.#beside(events, write);
  }

  dropMark(mark: ReadMark): Promise<void> {
    const write = async () => {
      const stored = await this.#database.marks.get(keyOf(mark.conversation));
      if (stored !== undefined && stored.seq <= mark.seq) await this.#database.marks.delete(stored.key);
    };
    return this.#commit(() => [], { write });
  }

  // ---

  // The server answers what this device sends and does not deliver it here: the answer says its place.
  #becomes(item: OutboxItem, sent: Sent): readonly StateEvent[] {
    const me = this.#state.me;
    if (me === undefined) return [];
    const { request } = item;
    const message: Message = {
      conversation: conversationId(sent.conversation),
      seq: seqOf(sent.seq),
      author: me.account,
      timeMs: Number(sent.timeMs),
      body: bodyOf(request, me.account),
      ...(request.kind === 'send' && request.to.kind === 'status' && { expiresMs: Number(sent.timeMs) + kStatusLifeMs }),
      ...(request.kind === 'send' && request.replyTo !== undefined && { replyTo: request.replyTo }),
    };
    return [{ kind: 'message', message, ...(request.kind === 'send' && request.to.kind === 'account' && { to: request.to.account }) }];
  }

  async #forget(item: OutboxItem): Promise<void> {
    await this.#database.outbox.delete(item.clientId);
    await this.#database.files.delete(item.clientId);
  }

  // Commits happen one after the other, in the order they were asked for.
  #commit(events: () => readonly StateEvent[], also: { cursor?: Cursor; write?: () => PromiseLike<unknown> } = {}): Promise<void> {
    return this.#queue(async () => {
      const before = this.#state;
      const happened = events();
      const after = happened.reduce(apply, before);
      const place = larger(this.#cursor, also.cursor ?? this.#cursor);
      const { meta, tables } = this.#database;
      await this.#database.transaction('rw', tables, async () => {
        await this.#write(before, after);
        await this.#revise(happened);
        if (place !== this.#cursor || before.me !== after.me || before.listed !== after.listed) {
          await meta.put({ key: 'only', cursor: place, listed: after.listed, me: after.me });
        }
        await also.write?.();
      });
      this.#cursor = place;
      const told = happened.filter((event) => !isMemory(event));
      if (told.length > 0) this.sharing?.stored(told);
      this.#show(after);
    });
  }

  // What waits to be sent may be written down by anybody: whoever leads then or later sends it.
  #beside(events: readonly StateEvent[], write: () => PromiseLike<unknown>): Promise<void> {
    return this.#queue(async () => {
      const { outbox, files, marks } = this.#database;
      await this.#database.transaction('rw', [outbox, files, marks], async () => {
        await write();
      });
      this.#show(events.reduce(apply, this.#state));
    });
  }

  // Messages of the past that were fetched here are the same for everybody; the rest of the row is not ours to write.
  async #keepPast(events: readonly StateEvent[]): Promise<void> {
    const past = events.flatMap((event) => (event.kind === 'older' ? event.messages.map(bare) : []));
    await this.#database.messages.bulkPut(past.map((message) => ({ conversationKey: keyOf(message.conversation), seqKey: keyOf(message.seq), message })));
    this.#show(events.reduce(apply, this.#state));
  }

  // The past that another tab fetched would leave a hole before what this one has in memory, or would have at the end.
  #connects(event: StateEvent): boolean {
    if (event.kind !== 'older') return true;
    const conversation = this.#state.conversations.get(event.conversation);
    const first = conversation?.messages[0];
    return (event.messages.at(-1)?.seq ?? 0n) >= (first === undefined ? (conversation?.held ?? 0n) : first.seq - 1n);
  }

  #show(after: State): void {
    if (after === this.#state) return;
    this.#state = after;
    for (const listener of this.#listeners) listener();
  }

  #queue(work: () => Promise<void> | void): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }

  // A message that is edited or deleted may be on the disk alone.
  async #revise(events: readonly StateEvent[]): Promise<void> {
    const arrived = events.flatMap((event) => (event.kind === 'message' ? [event.message] : event.kind === 'older' ? event.messages : []));
    for (const by of arrived) {
      const to = revises(by);
      if (to !== undefined) await this.#database.changeMessage(by.conversation, to, (message) => revised(message, by));
    }
  }

  // The difference of two states. Values that did not change are the same objects.
  async #write(before: State, after: State): Promise<void> {
    const { people, conversations, messages, played, kept, starred, hidden } = this.#database;
    if (before.played !== after.played) await played.bulkPut([...after.played].filter((key) => !before.played.has(key)).map((key) => ({ key })));
    if (before.hidden !== after.hidden) await hidden.bulkPut([...after.hidden].filter((key) => !before.hidden.has(key)).map((key) => ({ key })));
    if (before.starred !== after.starred) {
      await starred.bulkPut([...after.starred].filter(([key]) => !before.starred.has(key)).map(([key, sinceMs]) => ({ key, sinceMs })));
      await starred.bulkDelete([...before.starred.keys()].filter((key) => !after.starred.has(key)));
    }
    if (before.kept !== after.kept) await kept.bulkPut([...after.kept].filter(([key, value]) => before.kept.get(key) !== value).map(([key, value]) => ({ ...value, key })));
    if (before.people !== after.people) {
      const fresh = [...after.people.values()].filter((person) => before.people.get(person.id) !== person);
      await people.bulkPut(fresh.map((person) => ({ ...person, key: keyOf(person.id) })));
    }
    if (before.conversations === after.conversations) return;
    if (after.conversations.size < before.conversations.size) {
      await conversations.clear();
      await messages.clear();
    }
    for (const conversation of after.conversations.values()) {
      const old = before.conversations.get(conversation.id);
      if (old === conversation) continue;
      await conversations.put(rowOf(conversation));
      if (old !== undefined && old.held > 0n && conversation.held === 0n) await this.#database.dropMessages(conversation.id);
      const had = new Set(old?.messages);
      const fresh = old?.messages === conversation.messages ? [] : conversation.messages.filter((message) => !had.has(message) && !this.#stored.has(message));
      await messages.bulkPut(
        fresh.map((message) => ({ conversationKey: keyOf(message.conversation), seqKey: keyOf(message.seq), message })),
      );
    }
  }

  async #load(): Promise<void> {
    const database = this.#database;
    const meta = await database.meta.get('only');
    const people = await database.people.toArray();
    const rows = await database.conversations.toArray();
    // Their messages stay on the disk until somebody looks.
    const conversations = rows.map(({ key: _key, ...row }): Conversation => ({ ...row, messages: [], onDisk: row.held > 0n }));
    const outbox = (await database.outbox.toArray()).sort((a, b) => a.order - b.order);
    this.#cursor = meta?.cursor ?? cursor(0n);
    this.#state = {
      me: meta?.me,
      listed: meta?.listed ?? false,
      people: new Map(people.map(({ key: _key, ...person }) => [person.id, person])),
      conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
      outbox,
      played: new Set(await database.played.toCollection().primaryKeys()),
      kept: new Map((await database.kept.toArray()).map(({ key, ...kept }) => [key, kept])),
      starred: new Map((await database.starred.toArray()).map(({ key, sinceMs }) => [key, sinceMs])),
      hidden: new Set(await database.hidden.toCollection().primaryKeys()),
    };
  }
}

function eventOf(item: InboxItem): StateEvent {
  if (item.kind === 'receipts') {
    return { kind: 'marks', conversation: conversationId(item.receipts.conversation), marks: marksOf(item.receipts) };
  }
  const { envelope } = item.delivery;
  if (envelope === undefined) throw new Error('a delivery without an envelope');
  return { kind: 'message', message: messageOf(envelope) };
}

// What a request says once it is true.
function bodyOf(request: OutboxRequest, me: AccountId): MessageBody {
  switch (request.kind) {
    case 'send':
      return request.said.kind === 'reaction' ? { kind: 'reacted', to: request.reactedTo ?? seqOf(0n), emoji: request.said.emoji } : request.said;
    case 'edit_message':
      return { kind: 'edited', to: request.seq, said: request.said.kind === 'reaction' ? undefined : request.said };
    case 'delete_message':
      return { kind: 'deleted', to: request.seq };
    case 'create_group': {
      const others = request.members.filter((account) => account !== me).map((account) => ({ account, role: 'member' }) as const);
      return { kind: 'group_created', name: request.name, members: [{ account: me, role: 'admin' }, ...others] };
    }
    case 'rename_group':
      return { kind: 'renamed', name: request.name };
    case 'change_members':
      return { kind: 'members_changed', added: request.add, removed: request.remove, promoted: request.promote, ...(request.demote && { demoted: request.demote }) };
    case 'leave_group':
      return { kind: 'members_changed', added: [], removed: [me], promoted: [] };
    default:
      return assertNever(request);
  }
}

function rowOf({ messages: _messages, onDisk: _onDisk, ...conversation }: Conversation) {
  return { ...conversation, key: keyOf(conversation.id) };
}
