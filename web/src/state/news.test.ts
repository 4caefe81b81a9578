import { describe, expect, it } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { apply } from './apply';
import type { StateEvent } from './apply';
import { kEmpty } from './model';
import type { Kept, State } from './model';
import { newsBetween, unreadTotal } from './news';

const [ana, ben] = [accountId(1n), accountId(2n)];
const chat = conversationId(5n);
const after = (state: State, ...events: readonly StateEvent[]) => events.reduce(apply, state);
const says = (author: typeof ana, at: bigint, text = `m${at}`): StateEvent => ({ kind: 'message', message: { conversation: chat, seq: seq(at), author, timeMs: 1, body: { kind: 'text', text } } });
const listed = after(
  kEmpty,
  { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } },
  { kind: 'people', people: [{ id: ben, phone: '+2', name: 'Ben', about: '' }] },
  { kind: 'listed' },
);
const heard = (before: State, now: State) => newsBetween(before, now, 100).map(({ message, unread }) => [message.body.kind === 'text' ? message.body.text : message.body.kind, unread]);

describe('news', () => {
  it('are what others said, the newest of each chat, with how much is unread', () => {
    const one = after(listed, says(ben, 1n));
    expect(heard(listed, one)).toEqual([['m1', 1]]);
    expect(heard(one, after(one, says(ben, 2n), says(ben, 3n)))).toEqual([['m3', 3]]);
  });

  it('are not what this person said, has read, or heard before', () => {
    const one = after(listed, says(ben, 1n));
    expect(heard(one, after(one, says(ana, 2n)))).toEqual([]);
    expect(heard(one, after(one, says(ben, 2n), { kind: 'own_read', conversation: chat, seq: seq(2n) }))).toEqual([]);
    expect(heard(one, after(one, says(ben, 1n)))).toEqual([]);
    expect(heard(one, after(one, { kind: 'message', message: { conversation: chat, seq: seq(2n), author: ben, timeMs: 1, body: { kind: 'reacted', to: seq(1n), emoji: '👍' } } }))).toEqual([]);
  });

  it('are none while a device gets its past', () => {
    const fresh = { ...listed, listed: false };
    expect(heard(fresh, after(fresh, says(ben, 1n)))).toEqual([]);
  });

  it('count over all chats as the badges do', () => {
    const other: StateEvent = { kind: 'message', message: { conversation: conversationId(6n), seq: seq(1n), author: ben, timeMs: 1, body: { kind: 'text', text: 'x' } } };
    expect(unreadTotal(after(listed, says(ben, 1n), says(ben, 2n), other))).toBe(3);
  });

  it('leave out a chat that is mute, and count it; one that is archived is neither told nor counted', () => {
    const kept = (what: Kept): StateEvent => ({ kind: 'kept', chat: `conversation/${chat}`, kept: what });
    const mute = (toMs: number) => after(listed, kept({ mutedToMs: toMs }));
    expect(heard(mute(Infinity), after(mute(Infinity), says(ben, 1n)))).toEqual([]);
    expect(heard(mute(99), after(mute(99), says(ben, 1n)))).toEqual([['m1', 1]]);
    expect(unreadTotal(after(mute(Infinity), says(ben, 1n)))).toBe(1);
    const archived = after(listed, kept({ archived: true }));
    expect(heard(archived, after(archived, says(ben, 1n)))).toEqual([]);
    expect(unreadTotal(after(archived, says(ben, 1n)))).toBe(0);
  });
});
