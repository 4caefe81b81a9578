// Questions that views ask the state. Pure.
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import { messageKey } from './model';
import type { ChatKey, Conversation, Kept, Message, MessageBody, Person, SaidBody, State } from './model';

/** What a person may open: a conversation, or somebody with whom nothing was said yet. */
export type Place = { readonly kind: 'conversation'; readonly id: ConversationId } | { readonly kind: 'person'; readonly id: AccountId };

export type Tick = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

/** The last sequence minus the read mark, own events excluded. Whoever shows a number of unread shows this one. */
export function unread({ lastSeq, seenTo, ownAfter }: Pick<Conversation, 'lastSeq' | 'seenTo' | 'ownAfter'>): number {
  return Math.max(0, Number(lastSeq - seenTo) - ownAfter.length);
}

export function tickOf(conversation: Conversation, at: Seq): Exclude<Tick, 'pending' | 'failed'> {
  if (at <= conversation.marks.readTo) return 'read';
  return at <= conversation.marks.deliveredTo ? 'delivered' : 'sent';
}

/** Whether newer messages exist than those that are loaded: a new device may get only the beginning of what waits. */
export function endsEarly(conversation: Conversation): boolean {
  return conversation.held !== 0n && conversation.held < conversation.lastSeq;
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

/** What this chat's own settings are kept under. */
export function chatKey(state: State, place: Place): ChatKey {
  if (place.kind === 'person') return `person/${place.id}`;
  const conversation = state.conversations.get(place.id);
  const other = conversation?.kind === 'direct' ? otherIn(state, conversation) : undefined;
  return other === undefined ? `conversation/${place.id}` : `person/${other}`;
}
const kNothing: Kept = {};
export const keptOf = (state: State, place: Place): Kept => state.kept.get(chatKey(state, place)) ?? kNothing;

/** Somebody whom I do not know wrote to me: until I answer, accept or name them, they are not told that I have read. */
export function isRequest(state: State, conversation: Conversation): boolean {
  if (conversation.kind !== 'direct' || conversation.spoken || conversation.marks.ownReadTo > 0n || conversation.last === undefined) return false;
  const other = otherIn(state, conversation);
  if (other === undefined || other === state.me?.account || state.people.get(other)?.given !== undefined) return false;
  return state.kept.get(`person/${other}`)?.accepted !== true;
}

/** Whom I know: I gave them a name, or we talk to each other. In the order of their names. */
export function contacts(state: State): readonly Person[] {
  const known = new Set<AccountId>();
  for (const person of state.people.values()) if (person.given !== undefined) known.add(person.id);
  for (const conversation of state.conversations.values()) {
    const other = conversation.kind === 'direct' && !isRequest(state, conversation) ? otherIn(state, conversation) : undefined;
    if (other !== undefined) known.add(other);
  }
  return [...known]
    .flatMap((id) => state.people.get(id) ?? [])
    .filter((person) => person.id !== state.me?.account && person.phone !== '')
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

export const isHidden = (state: State, { conversation, seq }: Message): boolean => state.hidden.size > 0 && state.hidden.has(messageKey(conversation, seq));

/** The direct conversation with this person, once something was said in it. */
export function directWith(state: State, account: AccountId): Conversation | undefined {
  for (const conversation of state.conversations.values()) {
    if (conversation.kind === 'direct' && otherIn(state, conversation) === account) return conversation;
  }
  return undefined;
}

export function nameOf(person: Person | undefined): string {
  return person?.given || person?.name || person?.phone || '…';
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
    const { to } = request;
    return to.kind === 'account' ? to.account === account : to.kind === 'conversation' && to.conversation === conversation?.id;
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
    case 'group_changed':
    case 'reacted':
    case 'edited':
    case 'deleted':
    case 'erased':
    case 'unreadable':
      return false;
  }
}

export function isAdmin(state: State, conversation: Conversation): boolean {
  return conversation.members.some((member) => member.account === state.me?.account && member.role === 'admin');
}
