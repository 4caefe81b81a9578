import { describe, expect, it } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { apply } from './apply';
import type { StateEvent } from './apply';
import { chatList } from './chat_list';
import { kEmpty, kStatusLifeMs } from './model';
import type { MessageBody, State } from './model';
import { unreadTotal } from './news';
import { hasFresh, statuses, viewersOf } from './statuses';

const [ana, ben, cy] = [accountId(1n), accountId(2n), accountId(3n)];
const kNow = 1_000_000_000;
const shows = (n: number, author: typeof ana, agoMs: number, body: MessageBody = { kind: 'text', text: `s${n}` }): StateEvent => ({
  kind: 'message',
  message: { conversation: conversationId(100n + author), seq: seq(BigInt(n)), author, timeMs: kNow - agoMs, expiresMs: kNow - agoMs + kStatusLifeMs, body },
});
const fold = (...events: readonly StateEvent[]): State =>
  [
    { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } } as const,
    { kind: 'people', people: [ben, cy].map((id) => ({ id, phone: `+${id}`, name: id === ben ? 'Ben' : 'Cy', about: '' })) } as const,
    ...events,
  ].reduce<State>(apply, kEmpty);
const names = (feeds: readonly { readonly name: string; readonly items: readonly { readonly seq: bigint }[] }[]) => feeds.map(({ name, items }) => `${name} ${items.map((item) => item.seq).join()}`);

describe('statuses', () => {
  it('are no chats, neither in the list nor in the number of unread, from the first word on', () => {
    const state = fold(shows(1, ben, 1000));
    expect(chatList(state, kNow)).toEqual([]);
    expect(unreadTotal(state)).toBe(0);
  });

  it('come by person: new ones, seen ones, hidden ones, the newest first, and mine apart', () => {
    const read: StateEvent = { kind: 'own_read', conversation: conversationId(103n), seq: seq(2n) };
    const state = fold(shows(1, ben, 9000), shows(2, ben, 5000), shows(1, cy, 7000), shows(2, cy, 3000), shows(1, ana, 1000));
    expect(names(statuses(state, kNow).fresh)).toEqual(['Cy 1,2', 'Ben 1,2']);
    expect(hasFresh(state, kNow)).toBe(true);
    const seen = apply(state, read);
    expect([names(statuses(seen, kNow).fresh), names(statuses(seen, kNow).seen)]).toEqual([['Ben 1,2'], ['Cy 1,2']]);
    const hidden = apply(seen, { kind: 'kept', chat: 'person/2', kept: { quiet: true } });
    expect([statuses(hidden, kNow).fresh, names(statuses(hidden, kNow).quiet), hasFresh(hidden, kNow)]).toEqual([[], ['Ben 1,2'], false]);
    expect(statuses(hidden, kNow).mine?.items).toHaveLength(1);
  });

  it('end after a day, each by itself', () => {
    const state = fold(shows(1, ben, kStatusLifeMs - 1), shows(2, ben, 10));
    expect(names(statuses(state, kNow).fresh)).toEqual(['Ben 1,2']);
    expect(names(statuses(state, kNow + 1).fresh)).toEqual(['Ben 2']);
    expect(hasFresh(state, kNow + kStatusLifeMs)).toBe(false);
    expect(statuses(state, kNow + kStatusLifeMs)).toMatchObject({ fresh: [], seen: [] });
  });

  it('were seen by those who have read as far', () => {
    const { mine } = statuses(fold(shows(1, ana, 9), shows(2, ana, 8)), kNow);
    const members = [{ account: 1n, readTo: 9n }, { account: 2n, readTo: 1n }, { account: 3n, readTo: 2n }] as never;
    expect(viewersOf(fold(), { members }, mine!.items[0]!).map(({ name }) => name)).toEqual(['Ben', 'Cy']);
    expect(viewersOf(fold(), { members }, mine!.items[1]!).map(({ name }) => name)).toEqual(['Cy']);
  });
});
