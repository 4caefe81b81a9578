// The fold: state and one event give the next state. Pure. Applying an event again changes nothing.
import type { Conversation as WireConversation } from '../gen/frames_pb';
import { accountId, assertNever, conversationId, larger, seq } from '../client/ids';
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import { kindOf, marksOf, memberOf, messageOf, personOf } from './from_wire';
import { messageKey } from './model';
import type { ChatKey, Conversation, Kept, Marks, Me, Member, Message, Person, State } from './model';
import { bare, revised, revisedAll, revises } from './revise';
import { ownSaid, readUpTo } from './seen';

export type StateEvent =
  | { readonly kind: 'welcomed'; readonly me: Me }
  | { readonly kind: 'message'; readonly message: Message; readonly to?: AccountId }
  | { readonly kind: 'marks'; readonly conversation: ConversationId; readonly marks: Marks }
  | { readonly kind: 'own_read'; readonly conversation: ConversationId; readonly seq: Seq }
  | { readonly kind: 'conversation'; readonly conversation: WireConversation; readonly people: 'all' | 'some' } // whose profiles came along
  | { readonly kind: 'older'; readonly conversation: ConversationId; readonly messages: readonly Message[]; readonly more: boolean } // from the server
  | { readonly kind: 'recalled'; readonly conversation: ConversationId; readonly messages: readonly Message[]; readonly onDisk: boolean } // from this device
  | { readonly kind: 'emptied'; readonly conversation: ConversationId } // its messages leave this device; the server has them
  | { readonly kind: 'rested'; readonly conversation: ConversationId } // nobody looks at it: its messages may leave the memory
  | { readonly kind: 'people'; readonly people: readonly Person[] }
  | { readonly kind: 'named'; readonly account: AccountId; readonly given: string } // empty: not any more
  | { readonly kind: 'listed' }
  | { readonly kind: 'played'; readonly conversation: ConversationId; readonly seq: Seq }
  | { readonly kind: 'kept'; readonly chat: ChatKey; readonly kept: Kept } // over what is kept
  | { readonly kind: 'starred'; readonly conversation: ConversationId; readonly seq: Seq; readonly sinceMs: number | undefined }
  | { readonly kind: 'hidden'; readonly conversation: ConversationId; readonly seqs: readonly Seq[] }
  | { readonly kind: 'forgotten' } // the stored past has a hole: start over
  | { readonly kind: 'outbox_put'; readonly item: OutboxItem }
  | { readonly kind: 'outbox_gone'; readonly clientId: string };

export function apply(state: State, event: StateEvent): State {
  switch (event.kind) {
    case 'welcomed':
      return withPeople({ ...state, me: event.me }, [{ id: event.me.account, phone: event.me.phone, name: event.me.name, about: event.me.about }]);
    case 'message':
      return onMessage(state, event.message, event.to);
    case 'marks':
      return withConversation(state, event.conversation, (conversation) => marked(conversation, event.marks));
    case 'own_read':
      return withConversation(state, event.conversation, (conversation) => marked(conversation, { ...conversation.marks, ownReadTo: event.seq }));
    case 'conversation':
      return onConversation(state, event.conversation, event.people);
    case 'older':
      return withConversation(state, event.conversation, (conversation) => ({
        ...event.messages.reduce((known, message) => authored(known, message, state), conversation),
        messages: event.messages.reduce(revisedAll, joined(conversation.messages, event.messages.map(bare))),
        held: event.messages.reduce((most, { seq: at }) => larger(most, at), conversation.held),
        more: event.more,
        last: event.messages.reduce<Message | undefined>(lastAfter, conversation.last),
      }));
    case 'recalled':
      return withConversation(state, event.conversation, (conversation) => ({ ...conversation, messages: joined(event.messages, conversation.messages), onDisk: event.onDisk }));
    case 'rested':
      return withConversation(state, event.conversation, (conversation) => (conversation.messages.length === 0 ? conversation : { ...conversation, messages: [], onDisk: true }));
    case 'emptied':
      return emptied(state, event.conversation);
    case 'people':
      return withPeople(state, event.people);
    case 'named':
      return onNamed(state, event.account, event.given);
    case 'listed':
      return { ...state, listed: true };
    case 'played':
      return { ...state, played: new Set(state.played).add(messageKey(event.conversation, event.seq)) };
    case 'kept':
      return { ...state, kept: new Map(state.kept).set(event.chat, { ...state.kept.get(event.chat), ...event.kept }) };
    case 'starred': {
      const starred = new Map(state.starred);
      const key = messageKey(event.conversation, event.seq);
      if (event.sinceMs === undefined) starred.delete(key);
      else starred.set(key, event.sinceMs);
      return { ...state, starred };
    }
    case 'hidden':
      return { ...state, hidden: new Set([...state.hidden, ...event.seqs.map((at) => messageKey(event.conversation, at))]) };
    case 'forgotten':
      return { ...state, conversations: new Map(), listed: false };
    case 'outbox_put':
      return { ...state, outbox: [...state.outbox.filter((item) => item.clientId !== event.item.clientId), event.item].sort((a, b) => a.order - b.order) };
    case 'outbox_gone':
      return { ...state, outbox: state.outbox.filter((item) => item.clientId !== event.clientId) };
    default:
      return assertNever(event);
  }
}

function onMessage(state: State, message: Message, to: AccountId | undefined): State {
  return withConversation(state, message.conversation, (known) => {
    const first = known.messages[0];
    // Well before what is loaded, or on this device and not in memory: paging upward will bring it.
    if (first !== undefined ? message.seq < first.seq - 1n : message.seq <= known.held) return known;
    const found = inserted(known.messages, bare(message));
    if (found === known.messages) return known;
    const messages = revisedAll(found, message);
    const next: Conversation = {
      ...authored(known, message, state),
      messages,
      held: larger(known.held, message.seq),
      more: known.held === 0n ? message.seq > 1n : known.more && message.seq > 1n,
      last: lastAfter(known.last, message),
      lastSeq: larger(known.lastSeq, message.seq),
      // Nothing but statuses ends by itself; the server is asked all the same.
      ...(known.members.length === 0 && known.last === undefined && message.expiresMs !== undefined && { kind: 'status' as const }),
      ...(to !== undefined && known.members.length === 0 && state.me && { members: direct(state.me.account, to) }),
    };
    return changed(next, message, state);
  });
}

// What an event says about the conversation itself. Old events (already behind lastSeq) say nothing new.
function changed(conversation: Conversation, message: Message, state: State): Conversation {
  if (message.seq < conversation.lastSeq) return conversation;
  const { body } = message;
  switch (body.kind) {
    case 'text':
    case 'media':
    case 'location':
    case 'contacts':
    case 'interactive':
    case 'choice':
    case 'reacted':
    case 'edited':
    case 'deleted':
    case 'erased':
    case 'unreadable':
      return state.people.has(message.author) ? conversation : { ...conversation, stale: true };
    case 'group_created':
      return { ...conversation, kind: 'group', name: body.name, members: body.members, active: true, stale: true };
    case 'renamed':
      return { ...conversation, name: body.name };
    case 'group_changed':
      return { ...conversation, stale: true }; // what it says now, the server knows
    case 'members_changed': {
      const me = state.me?.account;
      const promoted = new Set(body.promoted);
      const demoted = new Set(body.demoted);
      const members = conversation.members
        .filter((member) => !body.removed.includes(member.account))
        .map((member): Member => (promoted.has(member.account) ? { ...member, role: 'admin' } : demoted.has(member.account) ? { ...member, role: 'member' } : member));
      const there = new Set(members.map((member) => member.account));
      const added = body.added.filter((account) => !there.has(account)).map((account): Member => ({ account, role: 'member' }));
      const active = me !== undefined && body.removed.includes(me) ? false : me !== undefined && body.added.includes(me) ? true : conversation.active;
      // What was said before somebody came is nothing that they have not read.
      const fresh = active && !conversation.members.some((member) => member.account === me);
      return { ...readUpTo(conversation, fresh ? seq(message.seq - 1n) : seq(0n)), kind: 'group', members: [...members, ...added], active, stale: active };
    }
    default:
      return assertNever(body);
  }
}

function onConversation(state: State, wire: WireConversation, came: 'all' | 'some'): State {
  const people = withPeople(state, wire.people.map(personOf));
  return withConversation(people, conversationId(wire.id), (known) => {
    const last = wire.last === undefined ? undefined : messageOf(wire.last);
    const lastSeq = larger(known.lastSeq, last?.seq ?? seq(0n));
    // Of a conversation that is not here yet: who spoke last has seen what stood before.
    const spoken = last !== undefined && last.author === state.me?.account;
    const next: Conversation = {
      ...marked(known.held === 0n && spoken ? readUpTo({ ...known, spoken }, last.seq) : known, marksOf(wire.receipts)),
      // Not put among the messages: those between would be missing. Delivery or paging brings it.
      last: last === undefined ? known.last : newer(known.last, last),
      more: known.held === 0n ? last !== undefined : known.more,
      lastSeq,
      stale: came === 'some' && wire.members.some((member) => !people.people.has(accountId(member.account))),
    };
    // An answer that is older than an event seen since must not undo that event.
    if (wire.lastSeq < known.lastSeq) return { ...next, kind: kindOf(wire) };
    return { ...next, kind: kindOf(wire), name: wire.name, members: wire.members.map(memberOf), active: wire.active };
  });
}

function withConversation(state: State, id: ConversationId, change: (known: Conversation) => Conversation): State {
  const known = state.conversations.get(id) ?? unknown(id);
  const next = change(known);
  if (next === known && state.conversations.has(id)) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, next) };
}

function withPeople(state: State, people: readonly Person[]): State {
  if (people.length === 0) return state;
  const next = new Map(state.people);
  for (const person of people) {
    const given = person.given ?? next.get(person.id)?.given;
    next.set(person.id, given === undefined ? person : { ...person, given });
  }
  return { ...state, people: next };
}

function onNamed(state: State, account: AccountId, given: string): State {
  const { given: _before, ...person } = state.people.get(account) ?? { id: account, phone: '', name: '', about: '' };
  return { ...state, people: new Map(state.people).set(account, given === '' ? person : { ...person, given }) };
}

function emptied(state: State, id: ConversationId): State {
  const known = state.conversations.get(id);
  if (known === undefined || known.held === 0n) return state;
  const starred = new Map([...state.starred].filter(([key]) => !key.startsWith(`${id}/`)));
  return withConversation({ ...state, starred }, id, () => ({ ...known, messages: [], held: seq(0n), onDisk: false, more: true }));
}

const marked = (known: Conversation, marks: Marks): Conversation => readUpTo({ ...known, marks: merged(known.marks, marks) }, marks.ownReadTo);

const authored = (known: Conversation, { author, seq: at }: Message, state: State): Conversation =>
  author === state.me?.account ? ownSaid({ ...known, spoken: true }, at) : known;

function unknown(id: ConversationId): Conversation {
  const none = seq(0n);
  const marks: Marks = { deliveredTo: none, readTo: none, ownReadTo: none };
  const seen = { seenTo: none, ownAfter: [], spoken: false };
  return { id, kind: 'direct', name: '', members: [], active: true, lastSeq: none, marks, ...seen, held: none, messages: [], onDisk: false, more: false, last: undefined, stale: true };
}

const direct = (a: AccountId, b: AccountId): readonly Member[] =>
  [...new Set([a, b])].map((account) => ({ account: accountId(account), role: 'member' }));

/** Keeps the order of seqs; the same seq again changes nothing. */
export function inserted(messages: readonly Message[], message: Message): readonly Message[] {
  const last = messages.at(-1);
  if (last === undefined || last.seq < message.seq) return [...messages, message];
  const at = messages.findIndex((other) => other.seq >= message.seq);
  if (messages[at]?.seq === message.seq) return messages;
  return [...messages.slice(0, at), message, ...messages.slice(at)];
}

// Two runs in order; mostly one stands before the other.
function joined(a: readonly Message[], b: readonly Message[]): readonly Message[] {
  const [first, last] = [b[0], a.at(-1)];
  if (first === undefined) return a;
  if (last === undefined || last.seq < first.seq) return [...a, ...b];
  const all: Message[] = [];
  for (let [i, k] = [0, 0]; i < a.length || k < b.length; ) {
    const [left, right] = [a[i], b[k]];
    if (left !== undefined && (right === undefined || left.seq <= right.seq)) {
      if (left.seq === right?.seq) k++;
      all.push(left);
      i++;
    } else if (right !== undefined) {
      all.push(right);
      k++;
    }
  }
  return all;
}

// An edit or a deletion is nothing that somebody said last.
function lastAfter(known: Message | undefined, message: Message): Message {
  if (known === undefined || revises(message) === undefined) return newer(known, message);
  return revised(known, message);
}

const newer = (known: Message | undefined, message: Message): Message => (known === undefined || known.seq < message.seq ? message : known);

function merged(a: Marks, b: Marks): Marks {
  return {
    deliveredTo: larger(a.deliveredTo, b.deliveredTo),
    readTo: larger(a.readTo, b.readTo),
    ownReadTo: larger(a.ownReadTo, b.ownReadTo),
  };
}
