import 'fake-indexeddb/auto';
import { create } from '@bufbuild/protobuf';
import Dexie from 'dexie';
import { describe, expect, it } from 'vitest';
import { accountId, conversationId, cursor, deviceId, seq } from '../client/ids';
import type { InboxItem } from '../client/sync';
import { DeliverySchema, ReceiptsSchema, SentSchema } from '../gen/frames_pb';
import { pendingIn, unread } from './selectors';
import { Store } from './store';

let count = 0;
const name = () => `test-${count++}`;
const chat = conversationId(5n);
const me = { account: accountId(1n), device: deviceId(9n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] };
const delivery = (at: bigint, text = `m${at}`): InboxItem => ({
  kind: 'delivery',
  delivery: create(DeliverySchema, {
    position: at,
    envelope: {
      conversation: chat,
      seq: at,
      timeMs: at,
      event: { header: { author: 2n, kind: { case: 'posted', value: {} } }, body: { case: 'plain', value: { kind: { case: 'text', value: { text } } } } },
    },
  }),
});
const item = (clientId: string, order: number) => ({ clientId, order, writtenMs: 1, request: { kind: 'send', to: { kind: 'account', account: accountId(2n) }, said: { kind: 'text', text: clientId } } }) as const;

describe('Store', () => {
  it('has the cursor and its effects after a reload, together', async () => {
    const database = name();
    const store = await Store.open(database);
    await store.dispatch({ kind: 'welcomed', me });
    await store.apply([delivery(1n), delivery(2n), { kind: 'receipts', receipts: create(ReceiptsSchema, { position: 3n, conversation: chat, ownReadTo: 1n }) }], cursor(3n));
    store.close();

    const again = await Store.open(database);
    expect(await again.cursor()).toBe(3n);
    expect(await again.recall(chat)).toBe(true);
    expect(again.state).toEqual(store.state);
    expect(again.state.conversations.get(chat)?.marks.ownReadTo).toBe(1n);
  });

  it('moves neither when one of a batch cannot be applied', async () => {
    const database = name();
    const store = await Store.open(database);
    const broken: InboxItem = { kind: 'delivery', delivery: create(DeliverySchema, { position: 2n }) };
    await expect(store.apply([delivery(1n), broken], cursor(2n))).rejects.toThrow();
    expect(await store.cursor()).toBe(0n);
    expect(store.state.conversations.size).toBe(0);
    store.close();
    expect((await Store.open(database)).state.conversations.size).toBe(0);
  });

  it('never moves the cursor backwards', async () => {
    const store = await Store.open(name());
    await store.skipTo(cursor(9n));
    await store.skipTo(cursor(4n));
    expect(await store.cursor()).toBe(9n);
  });

  it('keeps the outbox over a reload, in order, and turns an answered item into a message in one step', async () => {
    const database = name();
    const first = await Store.open(database);
    await first.dispatch({ kind: 'welcomed', me });
    await first.put(item('bb', 2));
    await first.put(item('aa', 1));
    first.close();

    const store = await Store.open(database);
    expect((await store.load()).items.map((each) => each.clientId)).toEqual(['aa', 'bb']);
    const seen: number[] = [];
    store.subscribe(() => seen.push(pendingIn(store.state, { kind: 'person', id: accountId(2n) }).length + (store.state.conversations.get(chat)?.messages.length ?? 0)));
    await store.answered(item('aa', 1), create(SentSchema, { conversation: chat, seq: 1n, timeMs: 5n }));
    expect(seen).toEqual([2]); // one pending, one message: never both, never neither
    store.close();
    const again = await Store.open(database);
    expect(again.state.outbox.map((each) => each.clientId)).toEqual(['bb']);
    expect(await again.messagesOf(chat, undefined, 1)).toMatchObject([{ seq: 1n }]);
    expect(again.state.conversations.get(chat)?.last).toMatchObject({ seq: 1n, author: 1n, body: { text: 'aa' } });
  });

  it('keeps a file until its message is sent, and how far its upload is', async () => {
    const database = name();
    const first = await Store.open(database);
    await first.dispatch({ kind: 'welcomed', me });
    await first.put(item('aa', 1), new Blob(['the file']));
    await first.keepUpload('aa', '/v1/uploads/7');
    await first.put({ ...item('aa', 1), failure: { code: 1, text: 'no' } }); // says nothing of the file
    first.close();

    const store = await Store.open(database);
    expect(await store.file('aa')).toMatchObject({ upload: '/v1/uploads/7', bytes: { size: 8 } });
    await store.answered(item('aa', 1), create(SentSchema, { conversation: chat, seq: 1n, timeMs: 5n }));
    expect(await store.file('aa')).toBeUndefined();
    await store.put(item('bb', 2), new Blob(['x']));
    await store.discard(item('bb', 2));
    expect(await store.file('bb')).toBeUndefined();
  });

  it('remembers what was played', async () => {
    const database = name();
    const first = await Store.open(database);
    await first.dispatch({ kind: 'played', conversation: chat, seq: seq(4n) });
    first.close();
    expect([...(await Store.open(database)).state.played]).toEqual([`${chat}/4`]);
  });

  it('keeps what one decided about a chat, a person and a message, and forgets it as told', async () => {
    const database = name();
    const first = await Store.open(database);
    const of = (n: number) => ({ conversation: chat, seq: seq(BigInt(n)) });
    await first.dispatch({ kind: 'kept', chat: 'person/2', kept: { draft: 'half a', pinnedMs: 5 } }, { kind: 'kept', chat: 'person/2', kept: { draft: 'half a word' } });
    await first.dispatch({ kind: 'starred', ...of(1), sinceMs: 7 }, { kind: 'starred', ...of(2), sinceMs: 8 }, { kind: 'hidden', conversation: chat, seqs: [seq(3n)] });
    await first.dispatch({ kind: 'starred', ...of(1), sinceMs: undefined }, { kind: 'named', account: accountId(2n), given: 'Benny' });
    await first.dispatch({ kind: 'people', people: [{ id: accountId(2n), phone: '+2', name: 'Ben', about: '' }] });
    await first.dispatch({ kind: 'forgotten' });
    first.close();

    const { state } = await Store.open(database);
    expect(state.kept.get('person/2')).toEqual({ draft: 'half a word', pinnedMs: 5 });
    expect([...state.starred, ...state.hidden]).toEqual([[`${chat}/2`, 8], `${chat}/3`]);
    expect(state.people.get(accountId(2n))).toMatchObject({ name: 'Ben', given: 'Benny' });
  });

  it('counts what an app before kept as read or unread, and finds its messages', async () => {
    const database = name();
    const old = new Dexie(database);
    old.version(2).stores({ meta: 'key', people: 'key', conversations: 'key', messages: '[conversationKey+seqKey]', outbox: 'clientId', marks: 'key', files: 'clientId', played: 'key' });
    const row = (id: bigint, ownReadTo: bigint) => ({ key: id.toString(16).padStart(16, '0'), id, kind: 'direct', lastSeq: 9n, othersSeq: 8n, marks: { deliveredTo: 0n, readTo: 0n, ownReadTo } });
    await old.table('conversations').bulkPut([row(5n, 8n), row(6n, 5n)]);
    await old.table('messages').put({ conversationKey: '0000000000000005', seqKey: '0000000000000009', message: { conversation: 5n, seq: 9n } });
    old.close();
    const { conversations } = (await Store.open(database)).state;
    expect([...conversations.values()].map((each) => [unread(each), each.held, each.onDisk])).toEqual([[0, 9n, true], [4, 0n, false]]);
  });

  it('takes over what an older app kept: words wait on, messages are fetched again', async () => {
    const database = name();
    const old = new Dexie(database);
    old.version(1).stores({ meta: 'key', people: 'key', conversations: 'key', messages: '[conversationKey+seqKey]', outbox: 'clientId', marks: 'key' });
    await old.table('meta').put({ key: 'only', cursor: 9n, listed: true, me });
    await old.table('outbox').put({ clientId: 'aa', order: 1, writtenMs: 1, request: { kind: 'send', to: { kind: 'account', account: 2n }, text: 'kept' } });
    await old.table('conversations').put({ key: '0000000000000032', id: 50n });
    old.close();

    const store = await Store.open(database);
    expect(store.state.outbox[0]?.request).toMatchObject({ said: { kind: 'text', text: 'kept' } });
    expect([await store.cursor(), store.state.listed, store.state.conversations.size]).toEqual([9n, false, 0]);
  });

  it('keeps the larger read mark', async () => {
    const store = await Store.open(name());
    await store.putMark({ conversation: chat, seq: seq(7n) });
    await store.dropMark({ conversation: chat, seq: seq(5n) });
    expect((await store.load()).marks).toMatchObject([{ seq: 7n }]);
    await store.dropMark({ conversation: chat, seq: seq(7n) });
    expect((await store.load()).marks).toEqual([]);
  });

  it('has messages in memory only while somebody looks: the newest first, older ones on demand', async () => {
    const database = name();
    const first = await Store.open(database);
    await first.apply(Array.from({ length: 120 }, (_, i) => delivery(BigInt(i + 1))), cursor(120n));
    first.close();
    const store = await Store.open(database);
    const loaded = () => store.state.conversations.get(chat)!.messages.map((each) => Number(each.seq));
    expect(loaded()).toEqual([]);
    expect(await store.recall(chat)).toBe(true);
    expect([loaded()[0], loaded().length]).toEqual([71, 50]);
    expect(await store.recall(chat)).toBe(true);
    expect(loaded()).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(store.state.conversations.get(chat)).toMatchObject({ onDisk: false, more: false });
    expect(await store.recall(chat)).toBe(false);

    await store.dispatch({ kind: 'rested', conversation: chat });
    await store.apply([delivery(121n)], cursor(121n));
    await store.apply([delivery(50n)], cursor(121n)); // once more: it is on the disk
    expect(loaded()).toEqual([121]);
    expect(await store.recall(chat, seq(40n))).toBe(true);
    expect(loaded()).toEqual(Array.from({ length: 82 }, (_, i) => i + 40));
    expect(store.state.conversations.get(chat)).toMatchObject({ onDisk: true, held: 121n });
  });

  it('has in each tab what somebody looks at there, and no hole from what another tab did', async () => {
    const database = name();
    const first = await Store.open(database);
    await first.apply(Array.from({ length: 120 }, (_, i) => delivery(BigInt(i + 61))), cursor(120n));
    first.close();
    const told: string[] = [];
    const leader = await Store.open(database, {
      stored: (events) => {
        told.push(...events.map(({ kind }) => kind));
        other.heard(events);
      },
      dispatch: () => Promise.reject(new Error('it leads')),
    });
    const other = await Store.open(database, { stored: () => {}, dispatch: (events) => leader.dispatch(...events) });
    await leader.lead();
    const loaded = ({ state }: Store) => state.conversations.get(chat)!.messages.map((each) => Number(each.seq));
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => i + from);

    for (let page = 0; page < 3; page++) await leader.recall(chat);
    const older = range(11, 60).map((at) => ({ conversation: chat, seq: seq(BigInt(at)), author: accountId(2n), timeMs: at, body: { kind: 'text', text: `m${at}` } }) as const);
    await leader.dispatch({ kind: 'older', conversation: chat, messages: older, more: true });
    await other.dispatch(); // what was told is in
    expect([loaded(leader), loaded(other), told]).toEqual([range(11, 180), [], ['older']]);

    expect(await other.recall(chat)).toBe(true);
    await leader.dispatch({ kind: 'rested', conversation: chat });
    await leader.apply([delivery(181n)], cursor(121n));
    await other.dispatch();
    expect([loaded(leader), loaded(other), told]).toEqual([[181], range(131, 181), ['older', 'message']]);

    await other.catchUp();
    expect(loaded(other)).toEqual(range(131, 181));
    expect(other.state.conversations.get(chat)).toMatchObject({ onDisk: true, held: 181n });
    await other.dispatch({ kind: 'rested', conversation: chat });
    expect([loaded(leader), loaded(other)]).toEqual([[181], []]);
    await other.dispatch({ kind: 'kept', chat: `conversation/${chat}`, kept: { draft: 'tea' } });
    await other.dispatch();
    expect([leader, other].map(({ state }) => state.kept.get(`conversation/${chat}`)?.draft)).toEqual(['tea', 'tea']);
  });

  it('forgets conversations when the past has a hole, but not the outbox', async () => {
    const database = name();
    const store = await Store.open(database);
    await store.apply([delivery(1n)], cursor(1n));
    await store.put(item('aa', 1));
    await store.dispatch({ kind: 'forgotten' });
    store.close();
    const again = await Store.open(database);
    expect(again.state.conversations.size).toBe(0);
    expect(again.state.outbox).toHaveLength(1);
  });
});
