// Questions that views ask the state. Pure.
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import type { Conversation, Message, MessageBody, Person, SaidBody, State } from './model';

/** What a person may open: a conversation, or somebody with whom nothing was said yet. */
export type Place = { readonly kind: 'conversation'; readonly id: ConversationId } | { readonly kind: 'person'; readonly id: AccountId };

export type Tick = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

export function unread(conversation: Conversation): number {
  const count = conversation.othersSeq - conversation.marks.ownReadTo;
  return count > 0n ? Number(count) : 0;
}

export function tickOf(conversation: Conversation, at: Seq): Exclude<Tick, 'pending' | 'failed'> {
  if (at <= conversation.marks.readTo) return 'read';
  return at <= conversation.marks.deliveredTo ? 'delivered' : 'sent';
}

/** Whether newer messages exist than those that are loaded: a new device may get only the beginning of what waits. */
export function endsEarly(conversation: Conversation): boolean {
  const last = conversation.messages.at(-1);
  return last !== undefined && last.seq < conversation.lastSeq;
}

export function otherIn(state: State, conversation: Conversation): AccountId | undefined {
  const me = state.me?.account;
  const others = conversation.members.filter((member) => member.account !== me);
  return others[0]?.account ?? conversation.members[0]?.account;
}

/** What a chat's colour is made from: a person looks the same everywhere. */
export function hueSource(state: State, place: Place): bigint {
  const conversation = resolve(state, place);
  return (conversation?.kind === 'direct' ? otherIn(state, conversation) : undefined) ?? place.id;
}

/** The direct conversation with this person, once something was said in it. */
export function directWith(state: State, account: AccountId): Conversation | undefined {
  for (const conversation of state.conversations.values()) {
    if (conversation.kind === 'direct' && otherIn(state, conversation) === account) return conversation;
  }
  return undefined;
}

export function nameOf(person: Person | undefined): string {
  return person?.name || person?.phone || '…';
}

export function titleOf(state: State, conversation: Conversation): string {
  if (conversation.kind === 'group') return conversation.name;
  const other = otherIn(state, conversation);
  return other === undefined ? '…' : nameOf(state.people.get(other));
}

export function resolve(state: State, place: Place): Conversation | undefined {
  return place.kind === 'conversation' ? state.conversations.get(place.id) : directWith(state, place.id);
}

/** Items of the outbox that will become messages here, in order. Reactions are none. */
export function pendingIn(state: State, place: Place): readonly OutboxItem[] {
  return waitingIn(state, place).filter(({ request }) => request.kind === 'send' && request.said.kind !== 'reaction');
}

/** What people think of each message: the newest of a person counts, what waits in the outbox included. */
export function reactionsIn(state: State, place: Place): ReadonlyMap<Seq, ReadonlyMap<AccountId, string>> {
  const all = new Map<Seq, Map<AccountId, string>>();
  const put = (to: Seq, who: AccountId, emoji: string) => {
    const those = all.get(to) ?? new Map<AccountId, string>();
    all.set(to, those);
    those.delete(who);
    if (emoji !== '') those.set(who, emoji);
  };
  for (const { body, author } of resolve(state, place)?.messages ?? []) if (body.kind === 'reacted') put(body.to, author, body.emoji);
  for (const { request, failure } of waitingIn(state, place)) {
    if (failure !== undefined || request.kind !== 'send' || request.said.kind !== 'reaction') continue;
    if (request.reactedTo !== undefined && state.me !== undefined) put(request.reactedTo, state.me.account, request.said.emoji);
  }
  return all;
}

function waitingIn(state: State, place: Place): readonly OutboxItem[] {
  const conversation = resolve(state, place);
  const account = place.kind === 'person' ? place.id : conversation?.kind === 'direct' ? otherIn(state, conversation) : undefined;
  return state.outbox.filter(({ request }) => {
    if (request.kind !== 'send') return false;
    return request.to.kind === 'account' ? request.to.account === account : request.to.conversation === conversation?.id;
  });
}

/** Whether this is a message, and not news about the conversation. */
export function isSaid(body: MessageBody): body is SaidBody {
  switch (body.kind) {
    case 'text':
    case 'media':
    case 'location':
    case 'contacts':
    case 'interactive':
    case 'choice':
      return true;
    case 'group_created':
    case 'renamed':
    case 'members_changed':
    case 'reacted':
    case 'unreadable':
      return false;
  }
}

export interface ChatRow {
  readonly place: Place;
  readonly title: string;
  readonly group: boolean;
  readonly unread: number;
  readonly timeMs: number;
  readonly last: Message | undefined;
  readonly lastOwnTick: Tick | undefined;
  readonly pending: OutboxItem | undefined; // written after `last`, not answered yet
}

/** The chat list: whoever spoke last comes first; what waits in the outbox counts as spoken. */
export function chatList(state: State): readonly ChatRow[] {
  const chats = [...state.conversations.values()].filter((conversation) => conversation.kind !== 'status');
  const rows = chats.map((conversation): ChatRow => {
    const place: Place = { kind: 'conversation', id: conversation.id };
    const { last } = conversation;
    const pending = pendingIn(state, place).at(-1);
    const own = last !== undefined && last.author === state.me?.account && isSaid(last.body);
    return {
      place,
      title: titleOf(state, conversation),
      group: conversation.kind === 'group',
      unread: unread(conversation),
      timeMs: Math.max(last?.timeMs ?? 0, pending?.writtenMs ?? 0),
      last,
      lastOwnTick: pending !== undefined ? (pending.failure ? 'failed' : 'pending') : own ? tickOf(conversation, last.seq) : undefined,
      pending,
    };
  });
  return [...rows, ...firstWords(state)].sort((a, b) => b.timeMs - a.timeMs || (a.title < b.title ? -1 : 1));
}

// People to whom something was written that the server has not answered yet.
function firstWords(state: State): readonly ChatRow[] {
  const newest = new Map<AccountId, OutboxItem>();
  for (const item of state.outbox) {
    const { request } = item;
    if (request.kind === 'send' && request.said.kind !== 'reaction' && request.to.kind === 'account' && directWith(state, request.to.account) === undefined) newest.set(request.to.account, item);
  }
  return [...newest].map(([account, pending]) => ({
    place: { kind: 'person', id: account },
    title: nameOf(state.people.get(account)),
    group: false,
    unread: 0,
    timeMs: pending.writtenMs,
    last: undefined,
    lastOwnTick: pending.failure ? 'failed' : 'pending',
    pending,
  }));
}

export function isAdmin(state: State, conversation: Conversation): boolean {
  return conversation.members.some((member) => member.account === state.me?.account && member.role === 'admin');
}
