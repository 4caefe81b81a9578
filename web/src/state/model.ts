// What the app knows, as plain read-only values. Everything here can be rebuilt from the server and the outbox.
import type { Said } from '../client/content';
import type { AccountId, ConversationId, DeviceId, Seq } from '../client/ids';
import type { OutboxItem } from '../client/outbox';

export interface Me {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly phone: string;
  readonly name: string;
  readonly about: string;
  readonly readReceipts: boolean;
  readonly blocked: readonly AccountId[];
}

export interface Person {
  readonly id: AccountId;
  readonly phone: string;
  readonly name: string;
  readonly about: string;
  readonly bot?: boolean; // a program
}

export interface Member {
  readonly account: AccountId;
  readonly role: 'member' | 'admin';
}

/** What is a message; a reaction belongs to one. */
export type SaidBody = Exclude<Said, { kind: 'reaction' }>;
export type MessageBody =
  | SaidBody
  | { readonly kind: 'group_created'; readonly name: string; readonly members: readonly Member[] }
  | { readonly kind: 'renamed'; readonly name: string }
  | {
      readonly kind: 'members_changed';
      readonly added: readonly AccountId[];
      readonly removed: readonly AccountId[];
      readonly promoted: readonly AccountId[];
    }
  | { readonly kind: 'reacted'; readonly to: Seq; readonly emoji: string }
  | { readonly kind: 'unreadable' }; // from a newer client, or encrypted

export interface Message {
  readonly conversation: ConversationId;
  readonly seq: Seq;
  readonly author: AccountId;
  readonly timeMs: number;
  readonly body: MessageBody;
  readonly replyTo?: Seq;
}

export interface Marks {
  readonly deliveredTo: Seq; // every other member has own messages up to here
  readonly readTo: Seq;
  readonly ownReadTo: Seq;
}

export interface Conversation {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group' | 'status';
  readonly name: string;
  readonly members: readonly Member[];
  readonly active: boolean;
  readonly lastSeq: Seq;
  readonly othersSeq: Seq; // the newest event by somebody else
  readonly marks: Marks;
  readonly messages: readonly Message[]; // ascending; all visible ones from the first of them on, as far as delivered
  readonly more: boolean; // older ones exist
  readonly last: Message | undefined; // the newest known; it may not be among `messages` yet
  readonly stale: boolean; // ask the server for members and profiles
}

export interface State {
  readonly me: Me | undefined;
  readonly people: ReadonlyMap<AccountId, Person>;
  readonly conversations: ReadonlyMap<ConversationId, Conversation>;
  readonly outbox: readonly OutboxItem[];
  readonly listed: boolean; // the server's list of conversations was read once
  readonly played: ReadonlySet<string>; // voice notes that were listened to here, by playedKey
}

export const kEmpty: State = { me: undefined, people: new Map(), conversations: new Map(), outbox: [], listed: false, played: new Set() };

export const playedKey = (conversation: ConversationId, seq: Seq): string => `${conversation}/${seq}`;
