// A logged-in device: the store, the client that feeds it, and what follows from what arrives (ask for conversations
// that are new, for the past that this device never saw). Views call its methods and look at its snapshot.
import { Client } from '../client/client';
import type { ConnectionState, ServerKind } from '../client/connection';
import type { Sayable } from '../client/content';
import { Downloads } from '../client/download';
import type { FetchFile } from '../client/download';
import { ConnectionLost, ServerError } from '../client/errors';
import { accountId, conversationId, seq } from '../client/ids';
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { Destination, OutboxRequest } from '../client/outbox';
import type { Clock, Dial, Random } from '../client/ports';
import { Uploads } from '../client/upload';
import type { FetchPiece } from '../client/upload';
import { TypingKind } from '../gen/frames_pb';
import { meOf, messageOf, personOf } from './from_wire';
import { Library } from './library';
import type { Kept, Message, Person } from './model';
import { Progress } from './progress';
import { chatKey, endsEarly, isRequest, keptOf, otherIn, resolve, unread } from './selectors';
import type { Place } from './selectors';
import { isLive } from './statuses';
import type { Store } from './store';
import type { Tabs } from './tabs';
import { Announcer, TypingBoard } from './typing';
import type { Doing } from './typing';

/** How files travel: HTTP beside the socket. */
export interface Reach {
  readonly fetch: FetchPiece;
  readonly fetchFile: FetchFile;
  readonly origin: string;
  readonly token: string;
}

export interface MessengerOptions {
  readonly store: Store;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: Random;
  readonly reach: Reach;
  readonly agent: string;
  readonly tokenRefused: () => Promise<boolean>;
  readonly tabs?: Tabs; // that share this device
}

const kPage = 50;
const kAbove = 20n; // messages shown above one that was looked for
const kReachPages = 40;
const kMendPage = 200;
const kMendPages = 25;

export class Messenger {
  readonly store: Store;
  readonly client: Client;
  readonly library: Library;
  readonly progress = new Progress();
  readonly typing: TypingBoard;
  readonly #clock: Clock;
  readonly #tabs: Tabs | undefined;
  #connection: ConnectionState = { kind: 'idle' };
  readonly #listeners = new Set<() => void>();
  readonly #paging = new Map<ConversationId, Promise<void>>();
  readonly #asking = new Set<ConversationId>();
  readonly #unsubscribe: () => void;

  constructor(options: MessengerOptions) {
    const { store, clock, reach } = options;
    this.store = store;
    this.#clock = clock;
    this.#tabs = options.tabs;
    this.library = new Library(new Downloads(reach.fetchFile, reach.origin, reach.token));
    this.typing = new TypingBoard(clock);
    const uploads = new Uploads({ ...reach, storage: store, clock, onProgress: (clientId, share) => this.#progressed(clientId, share) });
    this.client = new Client({
      ...options,
      storage: store,
      ...(options.tabs && { leader: options.tabs }),
      onSettled: (clientId, settled) => options.tabs?.settled(clientId, settled),
      upload: uploads.run,
      onHeard: (kind) => this.#hear(kind),
      onState: (state) => {
        this.#connection = state;
        options.tabs?.connection(state);
        for (const listener of this.#listeners) listener();
      },
      onWelcome: (welcome) => void this.#run(async () => {
        await this.store.dispatch({ kind: 'welcomed', me: meOf(welcome) });
        if (!this.store.state.listed) await this.#list();
        await this.#refreshStale();
        await this.#mend();
      }),
      onCaughtUp: () => void this.#run(() => this.#mend()),
    });
    options.tabs?.attach(this);
    this.#unsubscribe = this.store.subscribe(() => void this.#run(() => this.#refreshStale()));
  }

  get connection(): ConnectionState {
    return this.#connection;
  }

  subscribeConnection = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** From here on this tab has the connection. */
  async start(): Promise<void> {
    this.#tabs?.lead();
    await this.store.lead();
    void this.#run(() => this.store.dropEnded(this.#clock.now()));
    await this.client.start();
  }

  close(): void {
    this.#tabs?.close();
    this.#unsubscribe();
    this.client.close();
    this.typing.close();
    this.library.close();
    this.store.close();
  }

  /** Kept on disk when this resolves, its file too. */
  async send(place: Place, said: Sayable, more: { readonly replyTo?: Seq; readonly file?: Blob } = {}): Promise<void> {
    const { file, ...replyTo } = more;
    await this.client.outbox.enqueue({ kind: 'send', to: this.#destination(place), said, ...replyTo }, file);
  }

  /** Other words for an own text, or for the caption of a file. Kept when it resolves; `refused` hears if it comes to nothing. */
  async edit(message: Message, text: string, refused: (why: string) => void): Promise<void> {
    const { body, conversation, seq: at } = message;
    const said: Sayable | undefined = body.kind === 'text' ? { ...body, text } : body.kind === 'media' ? { kind: 'media', media: { ...body.media, caption: text } } : undefined;
    if (said !== undefined) await this.#ask({ kind: 'edit_message', conversation, seq: at, said }, refused);
  }
  async erase(conversation: ConversationId, at: Seq, refused: (why: string) => void): Promise<void> {
    await this.#ask({ kind: 'delete_message', conversation, seq: at }, refused);
  }

  // Nobody can mend what the server refuses here, so it does not wait in the outbox.
  async #ask(request: OutboxRequest, refused: (why: string) => void): Promise<void> {
    const item = await this.client.outbox.enqueue(request);
    this.client.outbox.answer(item).catch(async (error: unknown) => {
      if (!(error instanceof ServerError)) return;
      refused(error.message);
      await this.client.outbox.discard(item.clientId).catch(() => {});
    });
  }

  /** Shown for a day to those with whom I talk. Kept on disk when this resolves. */
  async post(said: Sayable, file?: Blob): Promise<void> {
    await this.client.outbox.enqueue({ kind: 'send', to: { kind: 'status' }, said }, file);
  }

  /** Somebody looks at statuses: those that have not ended come into memory. */
  async openStatuses(nowMs: number): Promise<void> {
    await this.store.dispatch();
    for (const conversation of [...this.store.state.conversations.values()].filter((each) => isLive(each, nowMs))) {
      const { id, onDisk, messages } = conversation;
      if (messages.length === 0 && (onDisk || conversation.more)) await this.older(id);
    }
  }
  async closeStatuses(): Promise<void> {
    const open = [...this.store.state.conversations.values()].filter(({ kind, messages }) => kind === 'status' && messages.length > 0);
    await this.store.dispatch(...open.map(({ id }) => ({ kind: 'rested', conversation: id }) as const));
  }

  /** A status was looked at; its author counts it. */
  async viewed({ conversation: id, seq: at, author }: Message): Promise<void> {
    const conversation = this.store.state.conversations.get(id);
    if (conversation === undefined || author === this.store.state.me?.account || at <= conversation.marks.ownReadTo) return;
    await this.client.outbox.markRead({ conversation: id, seq: at });
  }

  /** An empty emoji takes the reaction back. */
  async react(place: Place, to: Seq, emoji: string): Promise<void> {
    await this.client.outbox.enqueue({ kind: 'send', to: this.#destination(place), said: { kind: 'reaction', emoji }, reactedTo: to });
  }

  /** Tells the others in this conversation that somebody is writing here; before it has begun there is nobody to tell. */
  announcer(place: Place): Announcer {
    const kinds = { typing: TypingKind.typing, recording: TypingKind.recording, stopped: TypingKind.stopped };
    return new Announcer(this.#clock, (doing) => {
      const conversation = resolve(this.store.state, place);
      if (conversation?.active) this.client.typing(conversation.id, kinds[doing]);
    });
  }

  async played(conversation: ConversationId, at: Seq): Promise<void> {
    await this.store.dispatch({ kind: 'played', conversation, seq: at });
  }

  /** The person saw everything that is here now. */
  async markRead(place: Place): Promise<void> {
    const conversation = resolve(this.store.state, place);
    if (keptOf(this.store.state, place).unread) await this.keep(place, { unread: false });
    if (conversation === undefined || unread(conversation) === 0 || isRequest(this.store.state, conversation)) return;
    await this.client.outbox.markRead({ conversation: conversation.id, seq: conversation.lastSeq });
  }

  /** One page at a time: who asks while one comes gets that one. */
  older(id: ConversationId): Promise<void> {
    const coming = this.#paging.get(id) ?? this.#older(id).finally(() => this.#paging.delete(id));
    this.#paging.set(id, coming);
    return coming;
  }
  async #older(id: ConversationId): Promise<void> {
    if (await this.store.recall(id)) return;
    const conversation = this.store.state.conversations.get(id);
    if (conversation?.more !== true) return;
    const page = await this.client.history(id, conversation.messages[0]?.seq ?? seq(0n), kPage);
    await this.store.dispatch({ kind: 'older', conversation: id, messages: page.envelopes.map(messageOf), more: page.more });
  }

  /** Brings this message into memory, with a few before it and all behind it: from this device, or page by page from the server. */
  async reach(id: ConversationId, to: Seq): Promise<void> {
    const first = () => this.store.state.conversations.get(id)?.messages[0]?.seq;
    const above = seq(to > kAbove ? to - kAbove : 1n);
    await this.store.dispatch();
    if ((first() ?? to + 1n) > to) await this.store.recall(id, above);
    for (let round = 0; round < kReachPages && (first() ?? to + 1n) > to; round++) {
      const conversation = this.store.state.conversations.get(id);
      if (conversation === undefined || !(conversation.more || conversation.onDisk)) return;
      await this.older(id);
    }
  }

  async star(conversation: ConversationId, at: Seq, starred: boolean): Promise<void> {
    await this.store.dispatch({ kind: 'starred', conversation, seq: at, sinceMs: starred ? this.#clock.now() : undefined });
  }
  async hide(conversation: ConversationId, seqs: readonly Seq[]): Promise<void> {
    await this.store.dispatch({ kind: 'hidden', conversation, seqs });
  }

  /** Somebody looks at this chat: what this device has of its end comes into memory. */
  async opened(place: Place): Promise<void> {
    await this.store.dispatch(); // whatever leaves it has left
    const conversation = resolve(this.store.state, place);
    if (conversation === undefined || !conversation.onDisk) return;
    if (unread(conversation) > kPage / 2) await this.reach(conversation.id, conversation.seenTo);
    else if (conversation.messages.length < kPage) await this.older(conversation.id);
  }
  async left(place: Place): Promise<void> {
    const conversation = resolve(this.store.state, place);
    if (conversation !== undefined) await this.store.dispatch({ kind: 'rested', conversation: conversation.id });
  }

  async markUnread(place: Place, unread: boolean): Promise<void> {
    if (unread) await this.keep(place, { unread });
    else await this.markRead(place);
  }

  /** On this device alone. */
  async keep(place: Place, kept: Kept): Promise<void> {
    await this.store.dispatch({ kind: 'kept', chat: chatKey(this.store.state, place), kept });
  }

  /** A stranger may write to me; from here on they hear that I have read. */
  async accept(place: Place): Promise<void> {
    await this.keep(place, { accepted: true });
  }
  /** The name under which this device shows somebody; an empty one gives theirs back. */
  async name(account: AccountId, given: string): Promise<void> {
    await this.store.dispatch({ kind: 'named', account, given: given.trim() });
  }

  async find(phones: readonly string[]): Promise<readonly Person[]> {
    const { accounts } = await this.client.findByPhone(phones);
    const people = accounts.map(personOf);
    await this.store.dispatch({ kind: 'people', people });
    return people;
  }

  async createGroup(name: string, members: readonly AccountId[]): Promise<ConversationId> {
    const sent = await this.client.outbox.enqueueAndWait({ kind: 'create_group', name, members });
    return conversationId(sent.conversation);
  }
  async changeMembers(conversation: ConversationId, change: { add?: readonly AccountId[]; remove?: readonly AccountId[]; promote?: readonly AccountId[] }): Promise<void> {
    const { add = [], remove = [], promote = [] } = change;
    await this.client.outbox.enqueueAndWait({ kind: 'change_members', conversation, add, remove, promote });
  }
  async renameGroup(conversation: ConversationId, name: string): Promise<void> {
    await this.client.outbox.enqueueAndWait({ kind: 'rename_group', conversation, name });
  }
  async leaveGroup(conversation: ConversationId): Promise<void> {
    await this.client.outbox.enqueueAndWait({ kind: 'leave_group', conversation });
  }

  async setProfile(name: string, about: string, readReceipts: boolean): Promise<void> {
    await this.client.setProfile(name, about, readReceipts);
    const me = this.store.state.me;
    if (me !== undefined) await this.store.dispatch({ kind: 'welcomed', me: { ...me, name, about, readReceipts } });
  }

  async setBlocked(account: AccountId, blocked: boolean): Promise<void> {
    await this.client.setBlocked(account, blocked);
    const me = this.store.state.me;
    if (me === undefined) return;
    const others = me.blocked.filter((other) => other !== account);
    await this.store.dispatch({ kind: 'welcomed', me: { ...me, blocked: blocked ? [...others, account] : others } });
  }

  #hear(kind: ServerKind): void {
    if (kind.case === 'somebodyTypes') {
      const { conversation, account, kind: doing } = kind.value;
      const what = doing === TypingKind.typing ? 'typing' : doing === TypingKind.recording ? 'recording' : undefined;
      this.#typed(conversationId(conversation), accountId(account), what);
    } else if (kind.case === 'delivery') {
      const { envelope } = kind.value;
      const author = envelope?.event?.header?.author;
      if (envelope !== undefined && author !== undefined) this.#typed(conversationId(envelope.conversation), accountId(author), undefined);
    }
  }

  #typed(conversation: ConversationId, account: AccountId, doing: Doing | undefined): void {
    this.typing.heard(conversation, account, doing);
    this.#tabs?.typing(conversation, account, doing);
  }
  #progressed(clientId: string, share: number): void {
    this.progress.set(clientId, share);
    this.#tabs?.progress(clientId, share);
  }

  // A direct conversation is always addressed by its person: the outbox keeps one order per destination, and before
  // the first answer there is no conversation id to use.
  #destination(place: Place): Destination {
    if (place.kind === 'person') return { kind: 'account', account: place.id };
    const conversation = this.store.state.conversations.get(place.id);
    const other = conversation?.kind === 'direct' ? otherIn(this.store.state, conversation) : undefined;
    return other === undefined ? { kind: 'conversation', conversation: place.id } : { kind: 'account', account: other };
  }

  async #list(): Promise<void> {
    for await (const page of this.client.conversations()) {
      await this.store.dispatch(...page.map((conversation) => ({ kind: 'conversation', conversation, people: 'some' }) as const));
    }
    await this.store.dispatch({ kind: 'listed' });
  }

  // Nothing more is on its way, and still the end is missing: a page of history has it.
  async #mend(): Promise<void> {
    if (!this.client.caughtUp || !this.store.state.listed) return;
    for (const { id, more } of [...this.store.state.conversations.values()].filter(endsEarly)) {
      await this.#fill(id, more);
    }
  }

  // From the end back to what this device has, so that nothing is missing between.
  async #fill(id: ConversationId, more: boolean): Promise<void> {
    const { held = seq(0n) } = this.store.state.conversations.get(id) ?? {};
    const found: Message[] = [];
    for (let round = 0; round < kMendPages; round++) {
      const page = await this.client.history(id, found[0]?.seq ?? seq(0n), kMendPage);
      found.unshift(...page.envelopes.map(messageOf));
      if (!page.more || (found[0]?.seq ?? 0n) <= held + 1n) break;
    }
    await this.store.dispatch({ kind: 'older', conversation: id, messages: found, more });
  }

  async #refreshStale(): Promise<void> {
    if (!this.client.online || !this.client.leads) return; // one asks for all tabs
    const stale = [...this.store.state.conversations.values()].filter(({ id, stale }) => stale && !this.#asking.has(id));
    await Promise.all(
      stale.map(async ({ id }) => {
        this.#asking.add(id);
        try {
          const conversation = await this.client.conversation(id);
          await this.store.dispatch({ kind: 'conversation', conversation, people: 'all' });
        } finally {
          this.#asking.delete(id);
        }
      }),
    );
  }

  // Background questions: when the line breaks they are asked again after the next welcome.
  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) console.warn('homing:', error);
    }
  }
}
