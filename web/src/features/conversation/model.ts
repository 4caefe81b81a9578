// One conversation on screen: who it is with, its lines, and what one can do with them.
import type { Option, Sayable } from '../../client/content';
import type { AccountId, Seq } from '../../client/ids';
import { chatList } from '../../state/chat_list';
import { described } from '../../state/described';
import type { FileActions } from '../../media/use_file';
import { contacts, hueSource, isAdmin, isRequest, isSaid, keptOf, nameOf, otherIn, resolve, titleOf, unread } from '../../state/selectors';
import type { Place } from '../../state/selectors';
import type { Conversation, SaidBody, State } from '../../state/model';
import type { Doing } from '../../state/typing';
import { kMediaNames, t } from '../../ui/text';
import { linesOf } from './lines';
import type { Line } from './lines';

export interface ConversationSnapshot {
  readonly key: string;
  readonly title: string;
  readonly subtitle: string;
  readonly group: boolean;
  readonly bot: boolean;
  readonly typing: string; // who is, in one line
  readonly active: boolean;
  readonly hue: bigint;
  readonly lines: readonly Line[];
  readonly more: boolean;
  readonly unread: boolean;
  readonly unreadCount: number;
  readonly person: PersonInfo | undefined; // the other one in a conversation of two
  readonly admin: boolean; // of the group
  readonly request: boolean; // they are a stranger who waits to be accepted
}
export interface PersonInfo {
  readonly account: AccountId;
  readonly name: string;
  readonly given: string; // the name that I gave; empty: none
  readonly called: string; // by themselves
  readonly phone: string;
  readonly about: string;
  readonly blocked: boolean;
}
export interface Reached {
  readonly account: AccountId;
  readonly name: string;
  readonly how: 'sent' | 'delivered' | 'read';
}
export interface MessageInfo {
  readonly own: boolean;
  readonly who: string;
  readonly text: string;
  readonly timeMs: number;
  readonly reached: readonly Reached[];
}
/** What one has not read, as it was when the chat was opened. */
export interface UnreadFrom {
  readonly after: Seq;
  readonly to: Seq;
}
/** An own message that gets other words. */
export interface Editing {
  readonly seq: Seq;
  readonly text: string;
}
/** Where something may be said again. */
export interface Target {
  readonly key: string;
  readonly place: Place;
  readonly title: string;
  readonly hue: bigint;
  readonly group: boolean;
}
export interface PersonActions {
  close(): void;
  openGallery(): void;
  block(blocked: boolean): Promise<void>;
  /** On this device; an empty name gives theirs back. */
  name(given: string): Promise<void>;
}
export interface ConversationActions extends FileActions {
  back(): void;
  older(): Promise<void>;
  /** Makes this message one of the lines, if it can be had. */
  reach(seq: Seq): Promise<void>;
  seen(): void;
  openInfo(): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
  reply(seq: Seq): void;
  /** Puts these words into the composer, to change them. */
  edit(message: Editing): void;
  /** Deletes it for everyone. */
  erase(seq: Seq): void;
  /** An empty emoji takes it back. */
  react(seq: Seq, emoji: string): void;
  choose(seq: Seq, option: Option): Promise<void>;
  shareLocation(seq: Seq): Promise<void>;
  /** Opens the chat with whoever has this phone. */
  message(phone: string): Promise<void>;
  played(seq: Seq): void;
  star(seq: Seq, starred: boolean): void;
  /** A stranger may write here, and hears that I have read. */
  accept(): Promise<void>;
  block(account: AccountId, blocked: boolean): Promise<void>;
  targets(): readonly Target[];
  /** Says these again there, in their order; kept on this device when it resolves. */
  forward(bodies: readonly SaidBody[], to: readonly Target[]): Promise<void>;
  /** On this device alone. */
  hide(seqs: readonly Seq[]): void;
  info(seq: Seq): Promise<MessageInfo>;
}

export function conversationSnapshot(state: State, place: Place, nowMs: number, doing?: ReadonlyMap<AccountId, Doing>, unreadFrom?: UnreadFrom): ConversationSnapshot {
  const conversation = resolve(state, place);
  const person = place.kind === 'person' ? place.id : conversation && otherIn(state, conversation);
  const group = conversation?.kind === 'group';
  const profile = person === undefined ? undefined : state.people.get(person);
  const title = conversation === undefined ? nameOf(profile) : titleOf(state, conversation);
  return {
    key: `${place.kind}/${place.id}`,
    title,
    subtitle: group ? t('people', { count: conversation.members.length }) : profile?.about || (profile?.name ? profile.phone : ''),
    group,
    bot: !group && profile?.bot === true,
    typing: typingText(state, conversation, doing),
    active: conversation?.active ?? true,
    hue: hueSource(state, place),
    lines: linesOf(state, place, nowMs, unreadFrom),
    more: conversation !== undefined && (conversation.more || conversation.onDisk),
    unread: (conversation !== undefined && unread(conversation) > 0) || keptOf(state, place).unread === true,
    unreadCount: conversation === undefined ? 0 : unread(conversation),
    admin: group && isAdmin(state, conversation),
    request: conversation !== undefined && isRequest(state, conversation),
    person: group || person === undefined || person === state.me?.account ? undefined : personInfo(state, person),
  };
}

/** Whether one may say something here. */
export const answerable = ({ active, request }: Pick<ConversationSnapshot, 'active' | 'request'>): boolean => active && !request;

export function personInfo(state: State, account: AccountId): PersonInfo {
  const person = state.people.get(account);
  const { phone = '', about = '', given = '', name: called = '' } = person ?? {};
  return { account, name: nameOf(person), given, called, phone, about, blocked: state.me?.blocked.includes(account) ?? false };
}

/** Who is writing now, in one line; empty when nobody is. */
export function typingText(state: State, conversation: Conversation | undefined, doing: ReadonlyMap<AccountId, Doing> | undefined): string {
  const who = [...(doing ?? [])].filter(([account]) => account !== state.me?.account);
  const [first] = who;
  if (first === undefined) return '';
  if (conversation?.kind !== 'group') return t(first[1]);
  const names = who.map(([account]) => nameOf(state.people.get(account)));
  if (who.length > 1) return t('typing_many', { names: names.slice(0, 3).join(', ') });
  return t(first[1] === 'typing' ? 'typing_one' : 'recording_one', { who: names[0] ?? '' });
}

/** How far an own message is with each of the others; what they themselves said, with nobody. */
export function messageInfo(state: State, conversation: Conversation, seq: Seq, receipts: readonly { readonly account: bigint; readonly deliveredTo: bigint; readonly readTo: bigint }[]): MessageInfo | undefined {
  const message = conversation.messages.find((each) => each.seq === seq);
  if (message === undefined) return undefined;
  const reached = receipts.map(({ account, deliveredTo, readTo }): Reached => {
    const id = account as AccountId;
    return { account: id, name: nameOf(state.people.get(id)), how: readTo >= seq ? 'read' : deliveredTo >= seq ? 'delivered' : 'sent' };
  });
  const own = message.author === state.me?.account;
  return { own, who: own ? t('you') : nameOf(state.people.get(message.author)), text: isSaid(message.body) ? described(message.body, kMediaNames) : t('unreadable'), timeMs: message.timeMs, reached };
}

/** What this app says again for what was said: the same; of what only programs say, the words. */
export function sayable(body: SaidBody): Sayable {
  if (body.kind === 'interactive' || body.kind === 'choice') return { kind: 'text', text: described(body, kMediaNames) };
  return body.kind === 'text' ? { kind: 'text', text: body.text } : body;
}

/** Chats that one may write to, those of late first, then people with whom there is none yet. */
export function targets(state: State, nowMs: number): readonly Target[] {
  const rows = chatList(state, nowMs).filter((row) => !row.request && (row.place.kind === 'person' || state.conversations.get(row.place.id)?.active === true));
  const chats = rows.sort((a, b) => b.timeMs - a.timeMs).map(({ chat, place, title, hue, group }) => ({ key: chat, place, title, hue, group }));
  const there = new Set(chats.map(({ key }) => key));
  const people = contacts(state).map((person): Target => ({ key: `person/${person.id}`, place: { kind: 'person', id: person.id }, title: nameOf(person), hue: person.id, group: false }));
  return [...chats, ...people.filter(({ key }) => !there.has(key))];
}
