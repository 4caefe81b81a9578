import { describe, expect, it } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { apply } from './apply';
import type { StateEvent } from './apply';
import { kEmpty } from './model';
import type { Message, State } from './model';
import { excerpt, findChats, findMessages, findPeople, matches, wordsOf } from './search';
import type { MessagePages } from './search';

const [ana, ben, cy] = [accountId(1n), accountId(2n), accountId(3n)];
const message = (chat: bigint, at: number, text: string): Message => ({ conversation: conversationId(chat), seq: seq(BigInt(at)), author: ben, timeMs: at, body: { kind: 'text', text } });
const begin: readonly StateEvent[] = [
  { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+49111', name: 'Ana', about: '', readReceipts: true, blocked: [] } },
  { kind: 'people', people: [{ id: ben, phone: '+15551230002', name: 'Ben Okafor', about: '' }, { id: cy, phone: '+15551230003', name: 'Zoë Müller', about: '' }] },
];
const fold = (...events: readonly StateEvent[]): State => [...begin, ...events].reduce(apply, kEmpty);
const asked = (text: string, query: string) => excerpt(text, query).map(({ text: piece, hit }) => (hit ? `[${piece}]` : piece)).join('');

describe('search', () => {
  it('ignores capitals and accents, and wants all words', () => {
    expect(matches('Zoë MÜLLER', wordsOf('muller zoe'))).toBe(true);
    expect(matches('Zoe', wordsOf('zoë x'))).toBe(false);
    expect(matches('İstanbul ﬁsh', wordsOf('istanbul fish'))).toBe(true);
  });

  it('shows where it was found, in the letters that were written', () => {
    expect(asked('Meet me at the Café Über, please', 'uber cafe')).toBe('Meet me at the [Café] [Über], please');
    expect(asked(`${'x '.repeat(100)}needle`, 'needle')).toMatch(/^…(x )+\[needle\]$/);
    expect(asked('two\n\nlines', 'lines')).toBe('two [lines]');
    expect(asked('👩‍🚀 flies', 'flies')).toBe('👩‍🚀 [flies]');
    expect(asked('ﬁsh', 'f')).toBe('[ﬁ]sh');
    expect(asked('', 'a')).toBe('');
  });

  it('finds chats by name or phone, and people with whom there is none', () => {
    const members = [ana, ben].map((account) => ({ account, role: 'member' as const }));
    const state = [
      { kind: 'message', message: { ...message(5n, 1, 'hi'), author: ana }, to: ben } as const,
      { kind: 'message', message: { ...message(6n, 1, ''), body: { kind: 'group_created', name: 'Rowing', members } } } as const,
    ].reduce<State>(apply, fold());
    expect(findChats(state, 'oka', 0).map((row) => row.title)).toEqual(['Ben Okafor']);
    expect(findChats(state, '555 123-0002', 0).map((row) => row.title)).toEqual(['Ben Okafor']);
    expect(findChats(state, 'row', 0).map((row) => row.title)).toEqual(['Rowing']);
    expect(findPeople(state, 'o').map((person) => person.id)).toEqual([cy]);
    expect(findPeople(state, '  ')).toEqual([]);
  });

  it('goes through all messages, those of the newest chat first, without what was deleted here', async () => {
    const all = new Map([
      [5n, Array.from({ length: 1200 }, (_, i) => message(5n, i + 1, i % 400 === 0 ? `needle ${i}` : 'hay'))],
      [6n, [message(6n, 9000, 'a Needle too')]],
    ]);
    const state = fold(...[...all.values()].flatMap((messages) => messages.slice(-1).map((last): StateEvent => ({ kind: 'message', message: last }))), { kind: 'hidden', conversation: conversationId(5n), seqs: [seq(401n)] });
    const pages: MessagePages = {
      state,
      messagesOf: (id, before, limit) => Promise.resolve((all.get(id) ?? []).filter(({ seq: at }) => before === undefined || at < before).slice(-limit)),
    };
    const found = async (limit: number, signal = new AbortController().signal) => {
      const texts: string[] = [];
      for await (const each of findMessages(pages, 'needle', limit, signal)) texts.push(each.text);
      return texts;
    };
    expect(await found(10)).toEqual(['a Needle too', 'needle 800', 'needle 0']);
    expect(await found(2)).toEqual(['a Needle too', 'needle 800']);
    expect(await found(10, AbortSignal.abort())).toEqual([]);
  });
});
