import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { seeded } from '../client/testing';
import { ErrorCode } from '../client/errors';
import { ConversationSchema } from '../gen/frames_pb';
import { apply } from './apply';
import type { StateEvent } from './apply';
import { kEmpty } from './model';
import type { Message, MessageBody, State } from './model';
import { chatList } from './chat_list';
import { endsEarly, pendingIn, reactionsIn, tickOf, unread } from './selectors';

const [ana, ben, cy] = [accountId(1n), accountId(2n), accountId(3n)];
const chat = conversationId(50n);

const me = { account: ana, device: deviceId(9n), phone: '+15551230001', name: 'Ana', about: '', readReceipts: true, blocked: [] };
const begin = [ana, ben, cy].reduce<State>(
  (state, id) => apply(state, { kind: 'people', people: [{ id, phone: `+${id}`, name: `P${id}`, about: '' }] }),
  apply(kEmpty, { kind: 'welcomed', me }),
);
const message = (at: number, author = ben, body: MessageBody = { kind: 'text', text: `m${at}` }, conversation = chat): StateEvent => ({
  kind: 'message',
  message: { conversation, seq: seq(BigInt(at)), author, timeMs: 1000 * at, body } satisfies Message,
});
const fold = (events: readonly StateEvent[], from = begin) => events.reduce(apply, from);
const at = (state: State, id = chat) => state.conversations.get(id)!;
const marks = (deliveredTo: number, readTo: number, ownReadTo: number): StateEvent => ({
  kind: 'marks',
  conversation: chat,
  marks: { deliveredTo: seq(BigInt(deliveredTo)), readTo: seq(BigInt(readTo)), ownReadTo: seq(BigInt(ownReadTo)) },
});
const seqs = (state: State) => at(state).messages.map((each) => Number(each.seq));

describe('apply', () => {
  it('orders messages by seq, and the same one again changes nothing', () => {
    const state = fold([message(1), message(3), message(2)]);
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(apply(state, message(2))).toBe(state);
  });

  it('leaves what is older than the loaded part to paging', () => {
    const state = fold([message(7), message(3)]);
    expect(seqs(state)).toEqual([7]);
    expect(at(state).more).toBe(true);
    const paged = apply(state, { kind: 'older', conversation: chat, messages: [3, 4].map((n) => (message(n) as { message: Message }).message), more: false });
    expect(seqs(paged)).toEqual([3, 4, 7]);
    expect(at(paged).more).toBe(false);
  });

  it('never moves marks backwards', () => {
    const state = fold([message(1), marks(5, 3, 2), marks(4, 4, 1)]);
    expect(at(state).marks).toEqual({ deliveredTo: 5n, readTo: 4n, ownReadTo: 2n });
  });

  it('keeps the larger marks when a server that crashed knows less', () => {
    const before = fold([message(1), message(5, ana), marks(5, 4, 3)]);
    const answer = create(ConversationSchema, { id: chat, lastSeq: 5n, active: true, receipts: { conversation: chat, deliveredTo: 2n, readTo: 1n, ownReadTo: 0n } });
    const after = fold([{ kind: 'conversation', conversation: answer, people: 'all' }, marks(1, 0, 1), { kind: 'own_read', conversation: chat, seq: seq(2n) }], before);
    expect(at(after).marks).toEqual({ deliveredTo: 5n, readTo: 4n, ownReadTo: 3n });
  });

  it('follows a group through its events', () => {
    const group = (body: MessageBody, n: number) => message(n, ben, body);
    let state = fold([group({ kind: 'group_created', name: 'team', members: [{ account: ben, role: 'admin' }, { account: ana, role: 'member' }] }, 1)]);
    expect(at(state)).toMatchObject({ kind: 'group', name: 'team', active: true });
    state = fold([group({ kind: 'renamed', name: 'club' }, 2), group({ kind: 'members_changed', added: [cy], removed: [], promoted: [ana] }, 3)], state);
    expect(at(state).name).toBe('club');
    expect(at(state).members).toEqual([
      { account: ben, role: 'admin' },
      { account: ana, role: 'admin' },
      { account: cy, role: 'member' },
    ]);
    state = fold([group({ kind: 'members_changed', added: [], removed: [ana], promoted: [] }, 4)], state);
    expect(at(state).active).toBe(false);
    state = fold([group({ kind: 'members_changed', added: [ana], removed: [], promoted: [] }, 5)], state);
    expect(at(state).active).toBe(true);
  });

  it('does not let an old answer undo a newer event', () => {
    const state = fold([message(1, ben, { kind: 'group_created', name: 'new name', members: [] })]);
    const old = create(ConversationSchema, { id: chat, kind: 1, name: 'old name', lastSeq: 0n, active: true });
    expect(at(apply(state, { kind: 'conversation', conversation: old, people: 'all' })).name).toBe('new name');
    const fresh = create(ConversationSchema, { id: chat, kind: 1, name: 'newest', lastSeq: 2n, active: true });
    expect(at(apply(state, { kind: 'conversation', conversation: fresh, people: 'all' })).name).toBe('newest');
  });

  it('shows the newest message of a listed conversation without pretending to have those before it', () => {
    const listed = create(ConversationSchema, {
      id: chat,
      lastSeq: 3n,
      active: true,
      last: { conversation: chat, seq: 3n, event: { header: { author: ben, kind: { case: 'posted', value: {} } }, body: { case: 'plain', value: { kind: { case: 'text', value: { text: 'm3' } } } } } },
    });
    let state = apply(begin, { kind: 'conversation', conversation: listed, people: 'all' });
    expect(at(state)).toMatchObject({ messages: [], more: true, last: { seq: 3n } });
    expect(unread(at(state))).toBe(3);
    state = fold([message(1), message(2), message(3)], state); // they were on their way all the time
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(at(state).more).toBe(false);
  });

  it('asks for what it does not know: a new conversation, a stranger', () => {
    expect(at(fold([message(1)])).stale).toBe(true);
    const known = apply(fold([message(1)]), { kind: 'conversation', conversation: create(ConversationSchema, { id: chat, lastSeq: 1n, active: true }), people: 'all' });
    expect(at(known).stale).toBe(false);
    expect(at(apply(known, message(2, accountId(77n)))).stale).toBe(true);
    expect(at(apply(known, message(2, ben))).stale).toBe(false);
  });
});

describe('selectors', () => {
  it('unread is the last sequence minus the read mark without own events, in whatever order all this is heard (1,000 seeds)', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const chance = seeded(seed);
      const any = (below: number) => Math.floor(chance.unit() * below);
      const authors = Array.from({ length: 1 + any(30) }, () => (chance.unit() < 0.4 ? ana : ben));
      const read = any(authors.length + 1);
      const expected = authors.filter((author, i) => author !== ana && i + 1 > read).length;
      const events: StateEvent[] = authors.map((author, i) => message(i + 1, author));
      for (let to = any(read + 1); to <= read; to += 1 + any(4)) events.push(chance.unit() < 0.5 ? marks(0, 0, to) : { kind: 'own_read', conversation: chat, seq: seq(BigInt(to)) });
      events.push(marks(0, 0, read));
      const again = events.filter(() => chance.unit() < 0.3);
      // The first is heard first: what stands before what is loaded comes by paging, and is not here.
      const [first, ...rest] = [...events, ...again];
      const shuffled = rest.map((event) => ({ event, by: chance.unit() })).sort((a, b) => a.by - b.by);
      const state = shuffled.reduce((sum, { event }) => apply(sum, event), apply(begin, first!));
      const late = [...events].map((event) => event).sort(() => 0).reduce(apply, state); // whatever was left to paging
      expect(unread(at(late)), `seed ${seed}`).toBe(expected);
      expect(unread(at(events.reduce(apply, begin))), `seed ${seed}, in order`).toBe(expected);
      expect(unread(at(apply(late, { kind: 'own_read', conversation: chat, seq: at(late).lastSeq })))).toBe(0);
    }
  });

  it('what one writes to nobody’s answer is remembered as one number, not as a list', () => {
    const state = fold(Array.from({ length: 500 }, (_, i) => message(i + 1, ana)));
    expect([unread(at(state)), at(state).ownAfter, at(state).seenTo]).toEqual([0, [], 500n]);
  });

  it('a message has the tick of the lowest mark that covers it', () => {
    const conversation = at(fold([message(5, ana), marks(4, 2, 0)]));
    expect([1, 2, 3, 4, 5].map((n) => tickOf(conversation, seq(BigInt(n))))).toEqual(['read', 'read', 'delivered', 'delivered', 'sent']);
  });

  it('the chat list has the newest first, what waits in the outbox included', () => {
    const other = conversationId(60n);
    const item = { clientId: 'aa', order: 1, writtenMs: 9_000_000, request: { kind: 'send', to: { kind: 'conversation', conversation: chat }, said: { kind: 'text', text: 'later' } } } as const;
    let state = fold([message(1), message(2, ben, { kind: 'text', text: 'x' }, other)]);
    expect(chatList(state).map((row) => row.place.id)).toEqual([other, chat]);
    state = apply(state, { kind: 'outbox_put', item });
    expect(chatList(state).map((row) => row.place.id)).toEqual([chat, other]);
    expect(chatList(state)[0]).toMatchObject({ lastOwnTick: 'pending' });
    state = apply(state, { kind: 'outbox_put', item: { ...item, failure: { code: ErrorCode.not_a_member, text: 'no' } } });
    expect(chatList(state)[0]).toMatchObject({ lastOwnTick: 'failed' });
    state = apply(state, { kind: 'outbox_gone', clientId: 'aa' });
    expect(chatList(state).map((row) => row.place.id)).toEqual([other, chat]);
  });

  it('the end is missing when newer messages are known than loaded', () => {
    const state = fold([message(1), message(2)]);
    expect(endsEarly(at(state))).toBe(false);
    const listed = create(ConversationSchema, { id: chat, lastSeq: 9n, active: true, last: { conversation: chat, seq: 9n, event: { header: { author: ben, kind: { case: 'posted', value: {} } } } } });
    expect(endsEarly(at(apply(state, { kind: 'conversation', conversation: listed, people: 'all' })))).toBe(true);
    expect(endsEarly(at(apply(begin, { kind: 'conversation', conversation: listed, people: 'all' })))).toBe(false); // nothing is loaded yet
  });

  it('the newest reaction of a person counts; an empty one takes it back; one that waits is seen at once', () => {
    const reacts = (n: number, who: typeof ana, emoji: string) => message(n, who, { kind: 'reacted', to: seq(1n), emoji });
    const here = { kind: 'conversation', id: chat } as const;
    const seen = (state: State) => [...(reactionsIn(state, here).get(seq(1n)) ?? [])];
    let state = fold([message(1), reacts(2, ben, '👍'), reacts(3, cy, '😂'), reacts(4, ben, '❤️')]);
    expect(seen(state)).toEqual([[cy, '😂'], [ben, '❤️']]);
    state = apply(state, reacts(5, cy, ''));
    expect(seen(state)).toEqual([[ben, '❤️']]);
    const request = { kind: 'send', to: { kind: 'conversation', conversation: chat }, said: { kind: 'reaction', emoji: '🙏' }, reactedTo: seq(1n) } as const;
    state = apply(state, { kind: 'outbox_put', item: { clientId: 'cc', order: 1, writtenMs: 1, request } });
    expect(seen(state)).toEqual([[ben, '❤️'], [ana, '🙏']]);
    expect(pendingIn(state, here)).toEqual([]);
  });

  it('first words to somebody appear before the server has answered', () => {
    const item = { clientId: 'bb', order: 2, writtenMs: 5, request: { kind: 'send', to: { kind: 'account', account: cy }, said: { kind: 'text', text: 'hi' } } } as const;
    const state = apply(begin, { kind: 'outbox_put', item });
    expect(chatList(state)).toMatchObject([{ place: { kind: 'person', id: cy }, title: 'P3', lastOwnTick: 'pending' }]);
    expect(pendingIn(state, { kind: 'person', id: cy })).toEqual([item]);
  });
});
