// The fold: state and one event give the next state. Pure. Applying an event again changes nothing.
import type { Conversation as WireConversation } from '../gen/frames_pb';
import { accountId, assertNever, conversationId, larger, seq } from '../client/ids';
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import { kindOf, marksOf, memberOf, messageOf, personOf } from './from_wire';
import { playedKey } from './model';
import type { Conversation, Marks, Me, Member, Message, Person, State } from './model';

export type StateEvent =
  | { readonly kind: 'welcomed'; readonly me: Me }
  | { readonly kind: 'message'; readonly message: Message; readonly to?: AccountId }
  | { readonly kind: 'marks'; readonly conversation: ConversationId; readonly marks: Marks }
  | { readonly kind: 'own_read'; readonly conversation: ConversationId; readonly seq: Seq }
  | { readonly kind: 'conversation'; readonly conversation: WireConversation; readonly people: 'all' | 'some' } // whose profiles came along
  | { readonly kind: 'older'; readonly conversation: ConversationId; readonly messages: readonly Message[]; readonly more: boolean }
  | { readonly kind: 'people'; readonly people: readonly Person[] }
  | { readonly kind: 'listed' }
  | { readonly kind: 'played'; readonly conversation: ConversationId; readonly seq: Seq }
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
      return withConversation(state, event.conversation, (conversation) => ({ ...conversation, marks: merged(conversation.marks, event.marks) }));
    case 'own_read':
      return withConversation(state, event.conversation, (conversation) => ({
        ...conversation,
        marks: { ...conversation.marks, ownReadTo: larger(conversation.marks.ownReadTo, event.seq) },
      }));
    case 'conversation':
      return onConversation(state, event.conversation, event.people);
    case 'older':
      return withConversation(state, event.conversation, (conversation) => ({
        ...conversation,
        messages: event.messages.reduce(inserted, conversation.messages),
        more: event.more,
        last: event.messages.reduce<Message | undefined>(newer, conversation.last),
      }));
    case 'people':
      return withPeople(state, event.people);
    case 'listed':
      return { ...state, listed: true };
    case 'played':
      return { ...state, played: new Set(state.played).add(playedKey(event.conversation, event.seq)) };
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
    // Well before what is loaded: paging upward will bring it.
    if (first !== undefined && message.seq < first.seq - 1n) return known;
    if (known.messages.some((other) => other.seq === message.seq)) return known;
    const own = message.author === state.me?.account;
    const next: Conversation = {
      ...known,
      messages: inserted(known.messages, message),
      more: known.messages.length === 0 ? message.seq > 1n : known.more && message.seq > 1n,
      last: newer(known.last, message),
      lastSeq: larger(known.lastSeq, message.seq),
      othersSeq: own ? known.othersSeq : larger(known.othersSeq, message.seq),
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
    case 'unreadable':
      return state.people.has(message.author) ? conversation : { ...conversation, stale: true };
    case 'group_created':
      return { ...conversation, kind: 'group', name: body.name, members: body.members, active: true, stale: true };
    case 'renamed':
      return { ...conversation, name: body.name };
    case 'members_changed': {
      const me = state.me?.account;
      const promoted = new Set(body.promoted);
      const members = conversation.members
        .filter((member) => !body.removed.includes(member.account))
        .map((member): Member => (promoted.has(member.account) ? { ...member, role: 'admin' } : member));
      const there = new Set(members.map((member) => member.account));
      const added = body.added.filter((account) => !there.has(account)).map((account): Member => ({ account, role: 'member' }));
      const active = me !== undefined && body.removed.includes(me) ? false : me !== undefined && body.added.includes(me) ? true : conversation.active;
      return { ...conversation, kind: 'group', members: [...members, ...added], active, stale: active };
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
    const others = last !== undefined && last.author !== state.me?.account ? last.seq : seq(0n);
    const next: Conversation = {
      ...known,
      marks: merged(known.marks, marksOf(wire.receipts)),
      // Not put among the messages: those between would be missing. Delivery or paging brings it.
      last: last === undefined ? known.last : newer(known.last, last),
      more: known.messages.length === 0 ? last !== undefined : known.more,
      lastSeq,
      othersSeq: larger(known.othersSeq, others),
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
  for (const person of people) next.set(person.id, person);
  return { ...state, people: next };
}

function unknown(id: ConversationId): Conversation {
  const marks: Marks = { deliveredTo: seq(0n), readTo: seq(0n), ownReadTo: seq(0n) };
  return { id, kind: 'direct', name: '', members: [], active: true, lastSeq: seq(0n), othersSeq: seq(0n), marks, messages: [], more: false, last: undefined, stale: true };
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

const newer = (known: Message | undefined, message: Message): Message => (known === undefined || known.seq < message.seq ? message : known);

function merged(a: Marks, b: Marks): Marks {
  return {
    deliveredTo: larger(a.deliveredTo, b.deliveredTo),
    readTo: larger(a.readTo, b.readTo),
    ownReadTo: larger(a.ownReadTo, b.ownReadTo),
  };
}
