// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountId, conversationId, deviceId, seq } from '../../client/ids';
import { apply } from '../../state/apply';
import type { StateEvent } from '../../state/apply';
import { kEmpty, kStatusLifeMs } from '../../state/model';
import type { State } from '../../state/model';
import { statuses } from '../../state/statuses';
import { cssColour, inkOn, kColours, kShownMs, replyText } from './model';
import type { StatusActions } from './model';
import { StatusView } from './View';

const [ana, ben, cy] = [accountId(1n), accountId(2n), accountId(3n)];
const kNow = new Date(2025, 4, 20, 12).getTime();
const shows = (n: number, author: typeof ana, text: string, colour = 0): StateEvent => ({
  kind: 'message',
  message: { conversation: conversationId(100n + author), seq: seq(BigInt(n)), author, timeMs: kNow - 1000, expiresMs: kNow + kStatusLifeMs, body: { kind: 'text', text, colour } },
});
const fold = (...events: readonly StateEvent[]): State =>
  [
    { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked: [] } } as const,
    { kind: 'people', people: [ben, cy].map((id) => ({ id, phone: `+${id}`, name: id === ben ? 'Ben' : 'Cy', about: '' })) } as const,
    ...events,
  ].reduce<State>(apply, kEmpty);
const actions = (more: Partial<StatusActions> = {}): StatusActions => ({
  close: vi.fn(), write: vi.fn(() => Promise.resolve()), sendFile: vi.fn(() => Promise.resolve()), viewed: vi.fn(), viewers: vi.fn(() => Promise.resolve([])), reply: vi.fn(() => Promise.resolve()),
  quiet: vi.fn(), retry: vi.fn(), discard: vi.fn(), lease: vi.fn(() => Promise.reject(new Error('none'))), ...more,
});
function draw(state: State, does = actions()) {
  render(<StatusView snapshot={{ statuses: statuses(state, kNow), me: ana, nowMs: kNow }} actions={does} />);
  return does;
}
const button = (name: string | RegExp) => screen.getByRole('button', { name, hidden: true });
// A dialog that jsdom does not open has no name by role.
const maybeViewer = () => screen.queryByLabelText(/^Status of/, { selector: 'dialog' });
const viewer = () => maybeViewer()!;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('statuses', () => {
  it('are shown one after the other, by themselves, and told as seen', () => {
    const does = draw(fold(shows(1, ben, 'first'), shows(2, ben, 'second'), shows(1, cy, 'from Cy')));
    fireEvent.click(button('Status of Ben'));
    expect(within(viewer()).getByText('first')).toBeTruthy();
    act(() => void vi.advanceTimersByTime(kShownMs + 500));
    expect(within(viewer()).getByText('second')).toBeTruthy();
    act(() => void vi.advanceTimersByTime(kShownMs + 500));
    expect(maybeViewer()?.textContent ?? 'from Cy').toContain('from Cy');
    expect(vi.mocked(does.viewed).mock.calls.slice(0, 2).map(([item]) => item.seq)).toEqual([1n, 2n]);
  });

  it('wait while paused, and go by the keyboard', () => {
    draw(fold(shows(1, ben, 'first'), shows(2, ben, 'second')));
    fireEvent.click(button('Status of Ben'));
    fireEvent.keyDown(viewer(), { key: ' ' });
    act(() => void vi.advanceTimersByTime(10 * kShownMs));
    expect(within(viewer()).getByText('first')).toBeTruthy();
    fireEvent.keyDown(viewer(), { key: 'ArrowRight' });
    expect(within(viewer()).getByRole('img', { name: '2 of 2', hidden: true })).toBeTruthy();
    fireEvent.keyDown(viewer(), { key: 'ArrowLeft' });
    expect(within(viewer()).getByText('first')).toBeTruthy();
    fireEvent(viewer(), new Event('cancel', { cancelable: true }));
    expect(maybeViewer()).toBeNull();
  });

  it('can be answered; the answer says what it answers', async () => {
    vi.useRealTimers();
    const does = draw(fold(shows(1, ben, 'at the lake')));
    fireEvent.click(button('Status of Ben'));
    fireEvent.change(screen.getByRole('textbox', { name: 'Reply to Ben', hidden: true }), { target: { value: ' nice ' } });
    fireEvent.click(within(viewer()).getByRole('button', { name: 'Send', hidden: true }));
    expect(await screen.findByText('Your reply is in the chat with Ben.')).toBeTruthy();
    expect(vi.mocked(does.reply).mock.calls[0]?.[1]).toBe('nice');
    expect(replyText('at\nthe  lake', 'nice')).toBe('> at the lake\nnice');
    expect([...replyText('x'.repeat(500), 'y')]).toHaveLength(2 + 120 + 2);
  });

  it('of mine say who has seen them', async () => {
    vi.useRealTimers();
    draw(fold(shows(1, ana, 'mine')), actions({ viewers: () => Promise.resolve([{ account: ben, name: 'Ben' }]) }));
    fireEvent.click(button(/My status/));
    fireEvent.click(await screen.findByRole('button', { name: 'Seen by 1 person', hidden: true }));
    expect(within(screen.getAllByRole('dialog', { hidden: true }).at(-1)!).getByText('Ben')).toBeTruthy();
  });

  it('are written on a colour, never longer than allowed and never empty', async () => {
    vi.useRealTimers();
    const does = draw(fold());
    fireEvent.click(button('Write a status'));
    const text = screen.getByRole('textbox', { name: 'What is on your mind?', hidden: true });
    expect(text.getAttribute('maxlength')).toBe('700');
    expect(button('Show it for a day')).toHaveProperty('disabled', true);
    fireEvent.change(text, { target: { value: 'Hello' } });
    fireEvent.click(button('Another colour'));
    fireEvent.click(button('Show it for a day'));
    await vi.waitFor(() => expect(does.write).toHaveBeenCalledWith('Hello', kColours[1]));
  });

  it('are hidden by person, and shown again', () => {
    const does = draw(fold(shows(1, ben, 'x'), { kind: 'kept', chat: 'person/3', kept: { quiet: true } }, shows(1, cy, 'y')));
    fireEvent.click(button('Hide the statuses of Ben'));
    fireEvent.click(button('Show the statuses of Cy again'));
    expect(vi.mocked(does.quiet).mock.calls).toEqual([[ben, true], [cy, false]]);
  });
});

describe('colours', () => {
  it('from anybody are colours, and what stands on them can be read', () => {
    expect([cssColour(0), cssColour(0xffffff), cssColour(0xff000001)]).toEqual(['#4a5fb5', '#ffffff', '#000001']);
    expect([inkOn(0xffffff), inkOn(0xffff00), inkOn(1), ...kColours.map(inkOn)]).toEqual(['#000', '#000', '#fff', ...kColours.map(() => '#fff')]);
  });
});
