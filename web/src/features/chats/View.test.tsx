// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../../client/ids';
import { apply } from '../../state/apply';
import type { StateEvent } from '../../state/apply';
import { kEmpty } from '../../state/model';
import type { Kept, MessageBody, State } from '../../state/model';
import { chatsSnapshot } from './model';
import { ChatsView } from './View';

const [ana, ben] = [accountId(1n), accountId(2n)];
const kNow = new Date(2025, 4, 20, 12).getTime();
const said = (n: number, chat: number, author: typeof ana, body: MessageBody): StateEvent => ({ kind: 'message', message: { conversation: conversationId(BigInt(chat)), seq: seq(BigInt(n)), author, timeMs: kNow - 60_000 + n * 1000, body } });
const text = (words: string): MessageBody => ({ kind: 'text', text: words });
const group = (chat: number, name: string, at = 1) => said(at, chat, ben, { kind: 'group_created', name, members: [ana, ben].map((account) => ({ account, role: 'member' })) });
const kept = (chat: number, what: Kept): StateEvent => ({ kind: 'kept', chat: `conversation/${chat}`, kept: what });
const fold = (...events: readonly StateEvent[]): State =>
  [
    { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } } as const,
    { kind: 'people', people: [{ id: ben, phone: '+2', name: 'Ben', about: '' }] } as const,
    ...events,
  ].reduce<State>(apply, kEmpty);
const actions = () => ({ open: vi.fn(), starred: vi.fn(() => Promise.resolve([])), contacts: vi.fn(() => []), findHere: vi.fn(() => ({ chats: [], people: [] })), findMessages: vi.fn(() => Promise.resolve()), openSettings: vi.fn(), openStatuses: vi.fn(), find: vi.fn(), createGroup: vi.fn(), pin: vi.fn(), mute: vi.fn(), archive: vi.fn(), markUnread: vi.fn() });
function draw(state: State, act = actions()) {
  render(<ChatsView snapshot={chatsSnapshot(state, { of: () => undefined }, undefined, true, kNow)} actions={act} />);
  return act;
}
const rows = () => within(screen.getByRole('list', { name: 'Chat list' })).getAllByRole('listitem');
const names = () => rows().map((row) => ['Lake', 'Oars', 'Tea', 'Wind'].find((name) => row.textContent?.includes(name)));
const open = (name: RegExp) => within(screen.getByRole('list', { name: 'Chat list' })).getByRole('button', { name });
afterEach(cleanup);

describe('the chat list', () => {
  it('has the pinned ones first, then the newest; archived ones only where they are asked for', () => {
    draw(fold(group(5, 'Lake', 1), group(6, 'Oars', 2), group(7, 'Tea', 3), group(8, 'Wind', 4), kept(6, { pinnedMs: 9 }), kept(5, { pinnedMs: 3 }), kept(8, { archived: true })));
    expect(names()).toEqual(['Lake', 'Oars', 'Tea']);
    fireEvent.click(screen.getByRole('button', { name: 'Archived' }));
    expect(names()).toEqual(['Wind']);
  });

  it('says what kind of thing came last, who wrote in a group, and what one began to write', () => {
    const spot = { latitude: 1, longitude: 2, name: 'Jetty', address: '' };
    draw(fold(group(5, 'Lake'), said(2, 5, ben, { kind: 'location', spot }), group(6, 'Oars'), said(2, 6, ana, text('*mine*')), group(7, 'Tea'), kept(7, { draft: 'bring\nsugar' })));
    const line = (name: string) => rows().find((row) => row.textContent?.includes(name))?.textContent;
    expect(line('Lake')).toContain('Ben: Jetty');
    expect(within(open(/Oars/)).getByRole('img', { name: 'sent' })).toBeTruthy();
    expect(line('Tea')).toContain('Draft:bring sugar');
  });

  it('filters unread ones and groups, and says when there are none', () => {
    draw(fold(group(5, 'Lake'), { kind: 'own_read', conversation: conversationId(5n), seq: seq(1n) }, group(6, 'Oars'), said(1, 9, ben, text('hi'))));
    fireEvent.click(screen.getByRole('button', { name: 'Unread' }));
    expect(rows()).toHaveLength(2);
    fireEvent.click(screen.getByRole('button', { name: 'Groups' }));
    expect(names().sort()).toEqual(['Lake', 'Oars']);
    cleanup();
    draw(fold());
    fireEvent.click(screen.getByRole('button', { name: 'Unread' }));
    expect(screen.getByText('Everything is read.')).toBeTruthy();
  });

  it('is walked with arrows, opened with Enter, and each chat has its menu by the menu key', () => {
    const act = draw(fold(group(5, 'Lake', 1), group(6, 'Oars', 2), group(7, 'Tea', 3)));
    open(/Tea/).focus();
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(open(/Oars/));
    fireEvent.keyDown(document.activeElement!, { key: 'End' });
    expect(document.activeElement).toBe(open(/Lake/));
    fireEvent.click(document.activeElement!);
    expect(act.open).toHaveBeenCalledWith({ kind: 'conversation', id: 5n });

    fireEvent.contextMenu(document.activeElement!);
    const menu = screen.getByRole('menu', { name: 'Options for Lake' });
    expect(within(menu).getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Mark as read', 'Pin', 'Mute…', 'Archive']);
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
    fireEvent.click(document.activeElement!);
    expect(act.pin).toHaveBeenCalledWith({ kind: 'conversation', id: 5n }, true);
    expect(screen.queryByRole('menu')).toBeNull();
    expect(document.activeElement).toBe(open(/Lake/));

    fireEvent.contextMenu(open(/Oars/));
    fireEvent.click(screen.getByRole('menuitem', { name: 'Mute…' }));
    fireEvent.click(screen.getByRole('menuitem', { name: 'For 8 hours' }));
    expect(act.mute).toHaveBeenCalledWith({ kind: 'conversation', id: 6n }, 8 * 3_600_000);
  });

  it('draws a window of 5,000 chats, and walking through it goes on behind the window', () => {
    draw(fold(...Array.from({ length: 5000 }, (_, i) => group(i + 10, `Lake ${i}`, i + 1))));
    expect(rows().length).toBeLessThan(60);
    expect(rows()[0]!.getAttribute('aria-setsize')).toBe('5000');
    open(/Lake 4999\b/).focus();
    fireEvent.keyDown(document.activeElement!, { key: 'End' });
    expect(document.activeElement?.textContent).toContain('Lake 0');
  });
});
