// One device of one account: connection, sync and outbox wired together, and the questions one can ask a server.
// The web app and the end-to-end tests both stand on this class.
import type {
  Accounts,
  Audience,
  Conversation,
  Conversations,
  Device,
  GroupLink,
  GroupPreview,
  History,
  Joined,
  Joins,
  LinkCode,
  MemberReceipts,
  Presence,
  Sent,
  TypingKind,
  Welcome,
} from '../gen/frames_pb';
import { LinkChange } from '../gen/frames_pb';
import { Connection } from './connection';
import type { ClientKind, ConnectionState, ConnectionTuning, ServerKind } from './connection';
import { contentOf } from './content';
import type { Sayable } from './content';
import { ConnectionLost, ErrorCode, ProtocolError, ServerError } from './errors';
import { assertNever, conversationId } from './ids';
import type { AccountId, ConversationId, DeviceId, Seq } from './ids';
import { fromHex, Outbox } from './outbox';
import type { Destination, OutboxItem, OutboxStorage, OutboxWord, Settled } from './outbox';
import type { BackoffTuning } from './backoff';
import type { Clock, Dial, Random } from './ports';
import { Sync } from './sync';
import type { SyncStorage } from './sync';

export type ClientStorage = SyncStorage & OutboxStorage;

/** Whoever else has this device's connection while this client has not: another tab. */
export interface Leader {
  request(kind: ClientKind): Promise<ServerKind>;
  tell(word: LeaderWord): void;
}
export type LeaderWord = OutboxWord | { readonly kind: 'post'; readonly frame: ClientKind } | { readonly kind: 'nudge' } | { readonly kind: 'resume' };

export interface ClientOptions {
  readonly dial: Dial;
  readonly storage: ClientStorage;
  readonly clock: Clock;
  readonly random: Random;
  readonly agent: string;
  readonly tokenRefused?: () => Promise<boolean>;
  readonly tuning?: Partial<ConnectionTuning>;
  readonly outboxBackoff?: BackoffTuning;
  readonly lazyAckMs?: number;
  readonly onState?: (state: ConnectionState) => void;
  readonly onWelcome?: (welcome: Welcome) => void;
  /** The inbox begins later than what is stored here: list the conversations. */
  readonly onGap?: () => void;
  readonly onCaughtUp?: () => void;
  /** How the outbox brings files to the server; without it messages with new files are refused. */
  readonly upload?: (item: OutboxItem, stopped: () => boolean) => Promise<string>;
  /** What the server says on its own, as it comes; storing it is another matter. */
  readonly onHeard?: (kind: ServerKind) => void;
  /** Given: until start() somebody else has the connection. */
  readonly leader?: Leader;
  readonly onSettled?: (clientId: string, settled: Settled) => void;
}

/** What can be changed about a group beside its name and members. */
export type GroupChange =
  | { readonly kind: 'description'; readonly description: string }
  | { readonly kind: 'picture'; readonly picture: string } // the id of an image; empty: none
  | { readonly kind: 'approval'; readonly needed: boolean }
  | { readonly kind: 'link'; readonly open: boolean }; // a new one, or none any more

type ServerCase = Exclude<ServerKind['case'], undefined>;
type ValueOf<C extends ServerCase> = Extract<ServerKind, { case: C }>['value'];

export class Client {
  readonly connection: Connection;
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly #options: ClientOptions;
  #caughtUp = false;
  #leads: boolean;
  #mirrored: ConnectionState = { kind: 'connecting' };

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#leads = options.leader === undefined;
    const { storage, clock, random } = options;
    this.connection = new Connection({
      dial: options.dial,
      clock,
      random,
      hello: async () => ({ cursor: await this.sync.begin(), agent: options.agent }),
      onState: (state) => this.#stateChanged(state),
      onFrame: (kind) => {
        options.onHeard?.(kind);
        this.sync.receive(kind);
      },
      ...(options.tokenRefused && { tokenRefused: options.tokenRefused }),
      ...(options.tuning && { tuning: options.tuning }),
    });
    this.sync = new Sync({
      storage,
      clock,
      post: (kind) => this.connection.post(kind),
      onGap: () => options.onGap?.(),
      onCaughtUp: () => {
        this.#caughtUp = true;
        options.onCaughtUp?.();
      },
      onFailure: () => {
        // Come back later from the stored cursor; what was not stored was not acknowledged.
        this.connection.stop();
        clock.after(1000, () => this.connection.start());
      },
      ...(options.lazyAckMs !== undefined && { lazyAckMs: options.lazyAckMs }),
    });
    this.outbox = new Outbox({
      storage,
      clock,
      random,
      send: (item) => this.#send(item),
      upload: options.upload ?? (() => Promise.reject(new ServerError(ErrorCode.media_unknown, ''))),
      markRead: async ({ conversation, seq }) => {
        await this.ask({ case: 'markRead', value: { conversation, seq } }, 'done');
      },
      ...(options.outboxBackoff && { backoff: options.outboxBackoff }),
      ...(options.leader && { elsewhere: (word) => options.leader?.tell(word) }),
      ...(options.onSettled && { onSettled: options.onSettled }),
    });
  }

  /** Whether the connection is held here. */
  get leads(): boolean {
    return this.#leads;
  }
  get state(): ConnectionState {
    return this.#leads ? this.connection.state : this.#mirrored;
  }
  get online(): boolean {
    return this.state.kind === 'online';
  }
  get caughtUp(): boolean {
    return this.online && this.#caughtUp;
  }

  /** Loads the outbox and begins to connect; from here on the connection is held here. */
  async start(): Promise<void> {
    this.#leads = true;
    await this.outbox.load();
    this.connection.start();
  }

  /** How the connection is that somebody else has. */
  mirror(state: ConnectionState): void {
    if (this.#leads) return;
    this.#mirrored = state;
    this.#options.onState?.(state);
  }

  /** The world changed: find out whether the line is alive. */
  nudge(): void {
    if (this.#leads) this.connection.nudge();
    else this.#options.leader?.tell({ kind: 'nudge' });
  }
  /** Connects again after it was ended for good. */
  resume(): void {
    if (this.#leads) this.connection.start();
    else this.#options.leader?.tell({ kind: 'resume' });
  }
  /** What somebody told who does not have the connection. */
  hear(word: LeaderWord): void {
    if (word.kind === 'post') this.connection.post(word.frame);
    else if (word.kind === 'nudge') this.nudge();
    else if (word.kind === 'resume') this.resume();
    else void this.outbox.hear(word).catch(() => {});
  }

  /** For good. What is in the outbox stays in the storage. */
  close(): void {
    this.outbox.close();
    this.sync.close();
    this.connection.stop();
  }

  /** Sends one request and expects this kind of answer. Throws ServerError or ConnectionLost. */
  async ask<C extends ServerCase>(kind: ClientKind, expected: C): Promise<ValueOf<C>> {
    const leader = this.#leads ? undefined : this.#options.leader;
    const answer = await (leader ?? this.connection).request(kind);
    if (answer.case !== expected) throw new ProtocolError(`expected ${expected}, got ${String(answer.case)}`);
    return answer.value as ValueOf<C>;
  }

  /** Every conversation, page by page: the first screen of a chat list first, then all by id. */
  async *conversations(): AsyncGenerator<readonly Conversation[]> {
    const first: Conversations = await this.ask({ case: 'listConversations', value: { newest: true } }, 'conversations');
    yield first.conversations;
    for (let after = conversationId(0n); ; ) {
      const page: Conversations = await this.ask({ case: 'listConversations', value: { after, limit: 100 } }, 'conversations');
      yield page.conversations;
      if (page.next === 0n) return;
      after = conversationId(page.next);
    }
  }
  conversation(id: ConversationId): Promise<Conversation> {
    return this.ask({ case: 'getConversation', value: { conversation: id } }, 'conversation');
  }
  history(conversation: ConversationId, before: Seq, limit = 50): Promise<History> {
    return this.ask({ case: 'readHistory', value: { conversation, before, limit } }, 'history');
  }
  memberReceipts(conversation: ConversationId): Promise<MemberReceipts> {
    return this.ask({ case: 'getReceipts', value: { conversation } }, 'memberReceipts');
  }
  findByPhone(phones: readonly string[]): Promise<Accounts> {
    return this.ask({ case: 'findAccounts', value: { phones: [...phones] } }, 'accounts');
  }
  findById(accounts: readonly AccountId[]): Promise<Accounts> {
    return this.ask({ case: 'findAccounts', value: { accounts: [...accounts] } }, 'accounts');
  }
  /** Other words for an own message, or for its caption; resolves when the change is true, however long that takes. */
  edit(conversation: ConversationId, seq: Seq, said: Sayable): Promise<Sent> {
    return this.outbox.enqueueAndWait({ kind: 'edit_message', conversation, seq, said });
  }
  deleteForEveryone(conversation: ConversationId, seq: Seq): Promise<Sent> {
    return this.outbox.enqueueAndWait({ kind: 'delete_message', conversation, seq });
  }
  /** Lost when not online. */
  typing(conversation: ConversationId, kind: TypingKind): void {
    const frame: ClientKind = { case: 'typing', value: { conversation, kind } };
    if (this.#leads) this.connection.post(frame);
    else this.#options.leader?.tell({ kind: 'post', frame });
  }
  async setProfile(name: string, about: string, readReceipts: boolean): Promise<void> {
    await this.ask({ case: 'setProfile', value: { name, about, readReceipts } }, 'done');
  }
  async setPrivacy(privacy: { readonly lastSeen: Audience; readonly profile: Audience; readonly groups: Audience }): Promise<void> {
    await this.ask({ case: 'setPrivacy', value: { privacy: { ...privacy } } }, 'done');
  }
  /** The devices of this account, oldest first. */
  async devices(): Promise<readonly Device[]> {
    return (await this.ask({ case: 'listDevices', value: {} }, 'devices')).devices;
  }
  async renameDevice(device: DeviceId, name: string): Promise<void> {
    await this.ask({ case: 'renameDevice', value: { device, name } }, 'done');
  }
  /** Logs a device out, this one too: then the connection ends as revoked. */
  async revokeDevice(device: DeviceId): Promise<void> {
    await this.ask({ case: 'revokeDevice', value: { device } }, 'done');
  }
  /** A code with which a new device joins this account, once and within minutes: see rest.ts. */
  linkCode(): Promise<LinkCode> {
    return this.ask({ case: 'makeLinkCode', value: {} }, 'linkCode');
  }
  /** Whether the person looks at this app now. Said anew after each welcome. */
  async setPresence(online: boolean): Promise<void> {
    await this.ask({ case: 'setPresence', value: { online } }, 'done');
  }
  /** From now on `onHeard` gets a presence whenever one of these people comes or goes; of nobody else. Said anew after each welcome. */
  async watchPresence(accounts: readonly AccountId[]): Promise<readonly Presence[]> {
    return (await this.ask({ case: 'watchPresence', value: { accounts: [...accounts] } }, 'presences')).presences;
  }
  /** Where this device is told that something waits while it is not connected; see Welcome.pushKey. */
  async setPush(address: { readonly endpoint: string; readonly key: Uint8Array; readonly secret: Uint8Array; readonly previews: boolean }): Promise<void> {
    await this.ask({ case: 'setPush', value: { ...address } }, 'done');
  }
  async clearPush(): Promise<void> {
    await this.ask({ case: 'clearPush', value: {} }, 'done');
  }
  async setBlocked(account: AccountId, blocked: boolean): Promise<void> {
    await this.ask({ case: 'setBlocked', value: { account, blocked } }, 'done');
  }

  /** The id of an image that was uploaded, or none. */
  async setPicture(picture: string): Promise<void> {
    await this.ask({ case: 'setPicture', value: { picture } }, 'done');
  }

  /** One thing about a group; admins only. */
  changeGroup(conversation: ConversationId, change: GroupChange): Promise<Sent> {
    return this.ask({ case: 'changeGroup', value: { clientId: this.#freshId(), conversation, what: whatOf(change) } }, 'sent');
  }
  /** By the code of its link; `asked`: an admin decides. */
  joinGroup(code: string): Promise<Joined> {
    return this.ask({ case: 'joinGroup', value: { clientId: this.#freshId(), code } }, 'joined');
  }
  previewGroup(code: string): Promise<GroupPreview> {
    return this.ask({ case: 'previewGroup', value: { code } }, 'groupPreview');
  }
  withdrawJoin(conversation: ConversationId): Promise<Sent> {
    return this.ask({ case: 'withdrawJoin', value: { clientId: this.#freshId(), conversation } }, 'sent');
  }
  /** Who waits for an admin of this group. */
  joins(conversation: ConversationId): Promise<Joins> {
    return this.ask({ case: 'getJoins', value: { conversation } }, 'joins');
  }
  reviewJoins(conversation: ConversationId, accounts: readonly AccountId[], approve: boolean): Promise<Sent> {
    return this.ask({ case: 'reviewJoins', value: { clientId: this.#freshId(), conversation, accounts: [...accounts], approve } }, 'sent');
  }
  /** For admins; without a code there is none. */
  groupLink(conversation: ConversationId): Promise<GroupLink> {
    return this.ask({ case: 'getGroupLink', value: { conversation } }, 'groupLink');
  }

  #freshId(): Uint8Array {
    return this.#options.random.bytes(16);
  }

  #stateChanged(state: ConnectionState): void {
    this.#caughtUp = false;
    if (state.kind === 'online') {
      void this.sync.welcome(state.welcome).catch(() => this.connection.stop());
      this.#options.onWelcome?.(state.welcome);
    }
    this.outbox.setOnline(state.kind === 'online');
    this.#options.onState?.(state);
  }

  #send(item: OutboxItem): Promise<Sent> {
    if (!this.online) return Promise.reject(new ConnectionLost());
    return this.ask(frameOf(item), 'sent');
  }
}

function whatOf(change: GroupChange) {
  switch (change.kind) {
    case 'description':
      return { case: 'description', value: change.description } as const;
    case 'picture':
      return { case: 'picture', value: change.picture } as const;
    case 'approval':
      return { case: 'approval', value: change.needed } as const;
    case 'link':
      return { case: 'link', value: change.open ? LinkChange.renew : LinkChange.revoke } as const;
    default:
      return assertNever(change);
  }
}

/** The frame that an outbox item is; the same bytes at every resend. */
export function frameOf(item: OutboxItem): ClientKind {
  const clientId = fromHex(item.clientId);
  const request = item.request;
  switch (request.kind) {
    case 'send': {
      const { said, replyTo = 0n, reactedTo = 0n, forwarded = 0, mentions = [] } = request;
      const media = said.kind === 'media' ? [said.media.id] : [];
      return { case: 'send', value: { to: recipientOf(request.to), clientId, body: { case: 'plain', value: contentOf(said, forwarded) }, replyTo, reactedTo, media, mentions: [...mentions] } };
    }
    case 'edit_message': {
      const { conversation, seq, said, mentions = [] } = request;
      return { case: 'editMessage', value: { clientId, conversation, seq, body: { case: 'plain', value: contentOf(said) }, mentions: [...mentions] } };
    }
    case 'delete_message':
      return { case: 'deleteMessage', value: { clientId, conversation: request.conversation, seq: request.seq } };
    case 'create_group':
      return { case: 'createGroup', value: { clientId, name: request.name, members: [...request.members] } };
    case 'change_members':
      return {
        case: 'changeMembers',
        value: {
          clientId,
          conversation: request.conversation,
          add: [...request.add],
          remove: [...request.remove],
          promote: [...request.promote],
          demote: [...(request.demote ?? [])],
        },
      };
    case 'rename_group':
      return { case: 'renameGroup', value: { clientId, conversation: request.conversation, name: request.name } };
    case 'leave_group':
      return { case: 'leaveGroup', value: { clientId, conversation: request.conversation } };
    default:
      return assertNever(request);
  }
}

function recipientOf(to: Destination) {
  switch (to.kind) {
    case 'account':
      return { case: 'account', value: to.account } as const;
    case 'conversation':
      return { case: 'conversation', value: to.conversation } as const;
    case 'status':
      return { case: 'myStatus', value: {} } as const;
  }
}
