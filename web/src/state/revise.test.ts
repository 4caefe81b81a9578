import { describe, expect, it } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { apply } from './apply';
import { kEmpty } from './model';
import type { Message, MessageBody, State } from './model';
import { revised, wishedIn } from './revise';

const chat = conversationId(5n);
const [ana, ben] = [accountId(1n), accountId(2n)];
const says = (n: number, body: MessageBody, author = ben): Message => ({ conversation: chat, seq: seq(BigInt(n)), author, timeMs: n, body });
const text = (words: string) => ({ kind: 'text', text: words }) as const;
const edit = (n: number, to: number, words: string | undefined) => says(n, { kind: 'edited', to: seq(BigInt(to)), said: words === undefined ? undefined : text(words) });
const fold = (...messages: readonly Message[]): State =>
  messages.reduce<State>((state, message) => apply(state, { kind: 'message', message }), apply(kEmpty, { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } }));
const bodies = (state: State) => state.conversations.get(chat)!.messages.map(({ body }) => (body.kind === 'text' ? body.text : body.kind));

describe('an edit', () => {
  it('changes the message and not who spoke last', () => {
    const state = fold(says(1, text('a')), says(2, text('b')), edit(3, 1, 'A'), edit(4, 2, 'B'));
    expect(bodies(state)).toEqual(['A', 'B', 'edited', 'edited']);
    expect(state.conversations.get(chat)).toMatchObject({ lastSeq: 4n, last: { seq: 2n, edited: 4n, body: text('B') } });
  });

  it('older than the one that was heard changes nothing, nor one whose words are gone, nor one of another message', () => {
    const now = revised(says(1, text('a')), edit(5, 1, 'newest'));
    expect(revised(now, edit(4, 1, 'older'))).toBe(now);
    expect(revised(now, edit(6, 1, undefined))).toBe(now);
    expect(revised(now, edit(6, 2, 'x'))).toBe(now);
    expect(revised(now, { ...edit(6, 1, 'x'), conversation: conversationId(6n) })).toBe(now);
  });

  it('comes with a page of the past too', () => {
    const state = apply(fold(says(1, text('a'))), { kind: 'older', conversation: chat, messages: [says(2, text('b')), edit(3, 1, 'A')], more: false });
    expect(bodies(state)).toEqual(['A', 'b', 'edited']);
  });
});

describe('a deletion for everyone', () => {
  it('leaves nothing of the message, whatever comes after', () => {
    const state = fold(says(1, text('secret')), edit(2, 1, 'more secret'), says(3, { kind: 'deleted', to: seq(1n) }, ana), edit(4, 1, 'again'));
    expect(bodies(state)[0]).toBe('erased');
    expect(JSON.stringify(state.conversations.get(chat)!.messages.map(({ body }) => ('said' in body ? body.said : body.kind)))).not.toContain('secret');
    expect(state.conversations.get(chat)!.messages[0]).toMatchObject({ body: { kind: 'erased', by: ana } });
  });

  it('is wished for until the server has answered, and not when it was refused', () => {
    const put = (clientId: string, failed: boolean) => ({ kind: 'outbox_put', item: { clientId, order: 1, writtenMs: 1, request: { kind: 'delete_message', conversation: chat, seq: seq(1n) }, ...(failed && { failure: { code: 58, text: 'late' } }) } }) as const;
    const wished = apply(fold(says(1, text('a'))), put('aa', false));
    expect([...wishedIn(wished, chat).deletions]).toEqual([1n]);
    expect(wishedIn(wished, 6n).deletions.size).toBe(0);
    expect(wishedIn(apply(wished, put('aa', true)), chat).deletions.size).toBe(0);
  });
});
