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
  readonly given?: string; // the name I gave, known to this device alone
}

export interface Member {
  readonly account: AccountId;
  readonly role: 'member' | 'admin';
}

/** What happened to a group, in a line of its own. */
export type GroupNews =
  | 'described'
  | 'pictured'
  | 'approval_needed'
  | 'approval_open'
  | 'link_opened'
  | 'link_closed'
  | 'join_asked'
  | 'join_withdrawn'
  | 'joins_rejected';

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
      readonly demoted?: readonly AccountId[];
    }
  | { readonly kind: 'group_changed'; readonly change: GroupNews }
  | { readonly kind: 'reacted'; readonly to: Seq; readonly emoji: string }
  | { readonly kind: 'edited'; readonly to: Seq; readonly said: SaidBody | undefined } // undefined: a later edit replaced it
  | { readonly kind: 'deleted'; readonly to: Seq }
  | { readonly kind: 'erased'; readonly by: AccountId } // a message that was deleted for everyone
  | { readonly kind: 'unreadable' }; // from a newer client, or encrypted

export interface Message {
  readonly conversation: ConversationId;
  readonly seq: Seq;
  readonly author: AccountId;
  readonly timeMs: number;
  readonly body: MessageBody;
  readonly replyTo?: Seq;
  readonly edited?: Seq; // of the edit whose words these are
  readonly expiresMs?: number; // shown to nobody after that
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
  readonly marks: Marks;
  readonly seenTo: Seq; // everything up to here was read or is own
  readonly ownAfter: readonly Seq[]; // own events behind it, ascending
  readonly spoken: boolean; // I said something here
  readonly held: Seq; // the newest message that this device has; 0: none
  readonly messages: readonly Message[]; // ascending; of what this device has, the end that is in memory
  readonly onDisk: boolean; // older ones are on this device
  readonly more: boolean; // still older ones are on the server
  readonly last: Message | undefined; // the newest known; it may not be among `messages` yet
  readonly stale: boolean; // ask the server for members and profiles
}

/** What this device keeps about a chat, and no other device knows. Absent, false, 0, empty: no. */
export interface Kept {
  readonly pinnedMs?: number; // since when
  readonly mutedToMs?: number; // until when; infinite: for good
  readonly archived?: boolean;
  readonly unread?: boolean; // marked by hand
  readonly draft?: string;
  readonly draftMs?: number;
  readonly accepted?: boolean; // a stranger may write to me
  readonly quiet?: boolean; // their statuses are not shown with the others
}
/** `person/7` or `conversation/12`: a chat with one person has the same key before and after its first message. */
export type ChatKey = string;

export interface State {
  readonly me: Me | undefined;
  readonly people: ReadonlyMap<AccountId, Person>;
  readonly conversations: ReadonlyMap<ConversationId, Conversation>;
  readonly outbox: readonly OutboxItem[];
  readonly listed: boolean; // the server's list of conversations was read once
  readonly played: ReadonlySet<string>; // voice notes that were listened to here, by messageKey
  readonly kept: ReadonlyMap<ChatKey, Kept>;
  readonly starred: ReadonlyMap<string, number>; // by messageKey, since when
  readonly hidden: ReadonlySet<string>; // deleted for me, by messageKey
}

export const kEmpty: State = { me: undefined, people: new Map(), conversations: new Map(), outbox: [], listed: false, played: new Set(), kept: new Map(), starred: new Map(), hidden: new Set() };

/** As the server has it. */
export const kStatusLifeMs = 24 * 3_600_000;

export const messageKey = (conversation: ConversationId, seq: Seq): string => `${conversation}/${seq}`;
