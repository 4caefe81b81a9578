// @vitest-environment jsdom
import { create } from '@bufbuild/protobuf';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ErrorCode } from '../../client/errors';
import { accountId, conversationId, deviceId, seq } from '../../client/ids';
import { ConversationSchema } from '../../gen/frames_pb';
import { apply } from '../../state/apply';
import type { StateEvent } from '../../state/apply';
import { kEmpty } from '../../state/model';
import type { MessageBody, State } from '../../state/model';
import { linesOf } from './lines';
import { kForwardChatsMax } from './Forward';
import { conversationSnapshot, sayable } from './model';
import { watched } from './testing';
import { ConversationView } from './View';

const [ana, ben, cy] = [accountId(1n), accountId(2n), accountId(3n)];
const team = conversationId(50n);
const kNow = new Date(2025, 4, 20, 12).getTime();
const kDayMs = 86_400_000;
const place = { kind: 'conversation', id: team } as const;

const says = (n: number, author: typeof ana, body: MessageBody, timeMs = kNow): StateEvent => ({ kind: 'message', message: { conversation: team, seq: seq(BigInt(n)), author, timeMs, body } });
const text = (words: string): MessageBody => ({ kind: 'text', text: words });
const people = [ana, ben, cy].map((id, i) => ({ id, phone: `+${id}`, name: ['Ana', 'Ben', 'Cy'][i]!, about: '' }));
const begin: readonly StateEvent[] = [
  { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } },
  { kind: 'people', people },
  says(1, ben, { kind: 'group_created', name: 'team', members: [ben, ana, cy].map((account) => ({ account, role: 'member' })) }, kNow - kDayMs),
];
const fold = (...events: readonly StateEvent[]): State => [...begin, ...events].reduce(apply, kEmpty);

function draw(state: State, act = watched()) {
  render(<ConversationView snapshot={conversationSnapshot(state, place, kNow)} actions={act} composer={<p>composer</p>} />);
  return act;
}
afterEach(cleanup);

describe('lines', () => {
  it('separate days, name senders once per run, and tell group events', () => {
    const state = fold(
      says(2, ben, text('a')),
      says(3, ben, text('b')),
      says(4, cy, text('c')),
      says(5, ben, { kind: 'members_changed', added: [], removed: [cy], promoted: [] }),
      says(6, cy, { kind: 'members_changed', added: [], removed: [cy], promoted: [] }),
    );
    const lines = linesOf(state, place, kNow).map((line) => (line.kind === 'bubble' ? `${line.sender ?? ''}>${line.text}` : line.text));
    expect(lines).toEqual(['Yesterday', 'Ben created the group “team”', 'Today', 'Ben>a', '>b', 'Cy>c', 'Ben removed Cy', 'Cy left the group']);
  });
});

describe('ConversationView', () => {
  it('shows how far own messages are, and no tick on others’', () => {
    draw(
      fold(says(2, ana, text('read')), says(3, ana, text('delivered')), says(4, ana, text('sent')), says(5, ben, text('theirs')), {
        kind: 'marks',
        conversation: team,
        marks: { deliveredTo: seq(3n), readTo: seq(2n), ownReadTo: seq(0n) },
      }),
    );
    const log = screen.getByRole('log', { name: 'Messages with team' });
    const ticks = within(log).getAllByRole('img').map((tick) => tick.getAttribute('aria-label'));
    expect(ticks).toEqual(['read', 'delivered', 'sent']);
  });

  it('offers to send again or discard what was refused', () => {
    const request = { kind: 'send', to: { kind: 'conversation', conversation: team }, said: { kind: 'text', text: 'oops' } } as const;
    const act = draw(fold({ kind: 'outbox_put', item: { clientId: 'aa', order: 1, writtenMs: kNow, request, failure: { code: ErrorCode.not_a_member, text: 'You are not a member.' } } }));
    expect(screen.getByRole('alert').textContent).toContain('You are not a member.');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    fireEvent.click(screen.getByRole('button', { name: 'Discard' }));
    expect(act.retry).toHaveBeenCalledWith('aa');
    expect(act.discard).toHaveBeenCalledWith('aa');
  });

  it('says when something unread was seen, and only while looked at', () => {
    const focused = vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const act = draw(fold(says(2, ben, text('hello'))));
    expect(act.seen).not.toHaveBeenCalled();
    focused.mockReturnValue(true);
    fireEvent.focus(window);
    expect(act.seen).toHaveBeenCalled();
    focused.mockRestore();
  });

  it('has no composer for who was removed', () => {
    draw(fold(says(2, ben, { kind: 'members_changed', added: [], removed: [ana], promoted: [] })));
    expect(screen.queryByText('composer')).toBeNull();
    expect(screen.getByText('You are not a member of this group any more.')).toBeTruthy();
  });
});

describe('the line above what is unread', () => {
  const line = (state: State, after: number, to: number) => linesOf(state, place, kNow, { after: seq(BigInt(after)), to: seq(BigInt(to)) }).find(({ kind }) => kind === 'unread');
  const state = fold(
    says(2, ben, text('a')),
    says(3, cy, { kind: 'reacted', to: seq(2n), emoji: '👍' }),
    says(4, ben, { kind: 'renamed', name: 'crew' }),
    says(5, ana, text('mine')),
    says(6, cy, text('b')),
    says(7, ben, text('came later')),
  );

  it('counts what others said, until the chat was opened', () => {
    expect(line(state, 1, 6)).toMatchObject({ text: '2 unread messages' });
    expect(line(state, 2, 6)).toMatchObject({ text: '1 unread message' });
  });

  it('is not there when others said nothing, or when its beginning is not here', () => {
    expect(line(state, 2, 5)).toBeUndefined();
    expect(line(fold(says(2, cy, text('x')), { kind: 'hidden', conversation: team, seqs: [seq(2n)] }), 1, 2)).toBeUndefined();
    const late = [says(8, ben, text('x'))].reduce(apply, kEmpty);
    expect(line(late, 2, 8)).toBeUndefined();
  });
});

describe('a stranger', () => {
  const chat = conversationId(60n);
  const direct = { kind: 'conversation', id: chat } as const;
  const wrote: StateEvent = { kind: 'message', message: { conversation: chat, seq: seq(1n), author: ben, timeMs: kNow, body: text('hi') }, to: ana };
  const known = (...events: readonly StateEvent[]): State =>
    apply(fold(wrote, ...events), { kind: 'conversation', people: 'all', conversation: create(ConversationSchema, { id: 60n, members: [{ account: 1n }, { account: 2n }], lastSeq: 1n, active: true }) });
  const show = (state: State, act = watched()) => {
    render(<ConversationView snapshot={conversationSnapshot(state, direct, kNow)} actions={act} composer={<p>composer</p>} />);
    return act;
  };

  it('waits until they are accepted; before that there is nothing to answer with', () => {
    const act = show(known());
    expect(screen.queryByText('composer')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Reply' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Accept' }));
    expect(act.accept).toHaveBeenCalled();
    cleanup();
    for (const accepted of [{ kind: 'kept', chat: 'person/2', kept: { accepted: true } }, { kind: 'named', account: ben, given: 'Benny' }, { kind: 'own_read', conversation: chat, seq: seq(1n) }] as const) {
      show(known(accepted));
      expect(screen.getByText('composer')).toBeTruthy();
      cleanup();
    }
  });

  it('can be blocked at once, and a refusal is shown', async () => {
    const act = show(known(), watched({ block: vi.fn(() => Promise.reject(new Error('The server is busy.'))) }));
    fireEvent.click(screen.getByRole('button', { name: 'Block' }));
    expect(act.block).toHaveBeenCalledWith(ben, true);
    expect((await screen.findByRole('alert')).textContent).toBe('The server is busy.');
  });
});

describe('forwarding', () => {
  const chats = Array.from({ length: kForwardChatsMax + 1 }, (_, i) => ({ key: `person/${i}`, place: { kind: 'person', id: accountId(BigInt(i)) } as const, title: `Friend ${i}`, hue: BigInt(i), group: false }));
  const choose = (n: number) => fireEvent.click(screen.getByRole('checkbox', { name: `Friend ${n}`, hidden: true }));
  const start = (act = watched({ targets: () => chats })) => {
    draw(fold(says(2, ben, text('the plan')), says(3, ana, { kind: 'choice', option: { id: 'a', title: 'Seven', description: '' } })), act);
    fireEvent.click(screen.getByRole('button', { name: /^What to do with “the plan”/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Forward' }));
    return act;
  };
  const send = () => screen.getAllByRole('button', { name: 'Forward', hidden: true }).at(-1)!;

  it('says it again where one chose, in a few chats at once and no more', async () => {
    const act = start();
    expect(send()).toHaveProperty('disabled', true);
    for (let n = 0; n < kForwardChatsMax; n++) choose(n);
    expect(screen.getByText('At most 5 chats at once.')).toBeTruthy();
    expect(screen.getByRole('checkbox', { name: `Friend ${kForwardChatsMax}`, hidden: true })).toHaveProperty('disabled', true);
    choose(0);
    expect(screen.getByRole('checkbox', { name: `Friend ${kForwardChatsMax}`, hidden: true })).toHaveProperty('disabled', false);
    fireEvent.click(send());
    await vi.waitFor(() => expect(act.forward).toHaveBeenCalledWith([text('the plan')], chats.slice(1, kForwardChatsMax)));
    await vi.waitFor(() => expect(screen.queryAllByRole('checkbox', { hidden: true })).toEqual([]));
  });

  it('stays open and says why when it could not be kept', async () => {
    start(watched({ targets: () => chats, forward: vi.fn(() => Promise.reject(new Error('disk full'))) }));
    choose(1);
    fireEvent.click(send());
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toBe('disk full');
  });

  it('says in words what only programs say', () => {
    expect(sayable({ kind: 'choice', option: { id: 'a', title: 'Seven', description: '' } })).toEqual({ kind: 'text', text: 'Seven' });
    expect(sayable({ kind: 'text', text: 'x', colour: 5 })).toEqual({ kind: 'text', text: 'x' });
  });
});
