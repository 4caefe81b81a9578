// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId, deviceId } from '../../client/ids';
import { apply } from '../../state/apply';
import { kEmpty } from '../../state/model';
import type { State } from '../../state/model';
import { personInfo } from './model';
import { PersonView } from './PersonView';

const [ana, ben] = [accountId(1n), accountId(2n)];
const knowing = (...blocked: readonly (typeof ben)[]): State =>
  [
    { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked } } as const,
    { kind: 'people', people: [{ id: ben, phone: '+2', name: 'Ben', about: 'at sea' }] } as const,
  ].reduce<State>(apply, kEmpty);
afterEach(cleanup);

describe('a person', () => {
  it('can be blocked', () => {
    const block = vi.fn(() => Promise.resolve());
    render(<PersonView snapshot={personInfo(knowing(), ben)} actions={{ close: vi.fn(), openGallery: vi.fn(), block, name: vi.fn() }} />);
    fireEvent.click(screen.getByRole('button', { name: 'Block', hidden: true }));
    expect(block).toHaveBeenCalledWith(true);
  });

  it('who is blocked can be unblocked, and a refusal is shown', async () => {
    const block = vi.fn(() => Promise.reject(new Error('The server is busy.')));
    render(<PersonView snapshot={personInfo(knowing(ben), ben)} actions={{ close: vi.fn(), openGallery: vi.fn(), block, name: vi.fn() }} />);
    fireEvent.click(screen.getByRole('button', { name: 'Unblock', hidden: true }));
    expect(block).toHaveBeenCalledWith(false);
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toBe('The server is busy.');
  });

  it('can be given a name, which goes before theirs, and loses it again', async () => {
    const name = vi.fn(() => Promise.resolve());
    render(<PersonView snapshot={personInfo(apply(knowing(), { kind: 'named', account: ben, given: 'Benny from the lake' }), ben)} actions={{ close: vi.fn(), openGallery: vi.fn(), block: vi.fn(), name }} />);
    expect(screen.getByRole('heading', { name: 'About Benny from the lake', hidden: true })).toBeTruthy();
    expect(screen.getByText('Calls themselves “Ben”')).toBeTruthy();
    fireEvent.change(screen.getByRole('textbox', { name: 'Name that you give', hidden: true }), { target: { value: '' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save', hidden: true }));
    expect(name).toHaveBeenCalledWith('');
    expect(await screen.findByText('Saved.')).toBeTruthy();
  });
});
