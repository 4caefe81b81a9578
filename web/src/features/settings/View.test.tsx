// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId, deviceId } from '../../client/ids';
import { apply } from '../../state/apply';
import { kEmpty } from '../../state/model';
import type { State } from '../../state/model';
import { kUnchanged } from '../../ui/preferences';
import { settingsSnapshot } from './model';
import { SettingsView } from './View';

const [ana, ben] = [accountId(1n), accountId(2n)];
const knowing = (...blocked: readonly (typeof ben)[]): State =>
  [
    { kind: 'welcomed', me: { account: ana, device: deviceId(1n), phone: '+1', name: 'Ana', about: '', readReceipts: true, blocked } } as const,
    { kind: 'people', people: [{ id: ben, phone: '+2', name: 'Ben', about: 'at sea' }] } as const,
  ].reduce<State>(apply, kEmpty);
const kBrowser = { installable: false, mayNotify: 'default' } as const;
afterEach(cleanup);

describe('blocked people', () => {
  const actions = () => ({ close: vi.fn(), openStorage: vi.fn(), prefer: vi.fn(), install: vi.fn(), askToNotify: vi.fn(() => Promise.resolve(true)), save: vi.fn(() => Promise.resolve()), unblock: vi.fn(() => Promise.resolve()), logOut: vi.fn(() => Promise.resolve()) });

  it('are listed in the settings, each with a way back', () => {
    const act = actions();
    render(<SettingsView snapshot={settingsSnapshot(knowing(ben), kUnchanged, kBrowser)} actions={act} />);
    const list = screen.getByRole('region', { name: 'Blocked people', hidden: true });
    fireEvent.click(within(list).getByRole('button', { name: 'Unblock Ben', hidden: true }));
    expect(act.unblock).toHaveBeenCalledWith(ben);
  });

  it('are nobody at first', () => {
    render(<SettingsView snapshot={settingsSnapshot(knowing(), kUnchanged, kBrowser)} actions={actions()} />);
    const list = screen.getByRole('region', { name: 'Blocked people', hidden: true });
    expect(within(list).queryByRole('button', { hidden: true })).toBeNull();
    expect(within(list).getByText('Nobody.')).toBeTruthy();
  });
});

describe('what is chosen for this device', () => {
  it('is told at once, the system being one of the choices', () => {
    const act = { close: vi.fn(), openStorage: vi.fn(), prefer: vi.fn(), install: vi.fn(), askToNotify: vi.fn(() => Promise.resolve(true)), save: vi.fn(() => Promise.resolve()), unblock: vi.fn(() => Promise.resolve()), logOut: vi.fn(() => Promise.resolve()) };
    render(<SettingsView snapshot={settingsSnapshot(knowing(), { language: 'de', appearance: undefined, textSize: 'normal', notify: 'off' }, { ...kBrowser, installable: true })} actions={act} />);
    const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
    fireEvent.click(screen.getByRole('button', { name: 'Install the app', hidden: true }));
    expect(act.install).toHaveBeenCalledOnce();
    choose('Language', '');
    choose('Appearance', 'contrast');
    choose('Text size', 'largest');
    expect(act.prefer.mock.calls).toEqual([[{ language: undefined }], [{ appearance: 'contrast' }], [{ textSize: 'largest' }]]);
    expect(within(screen.getByLabelText('Language')).getAllByRole('option', { hidden: true }).map((option) => option.textContent)).toEqual(['Like the system', 'English', 'Deutsch', 'Español', 'العربية']);
  });
});

describe('notifications', () => {
  const show = (notify: 'off' | 'words', mayNotify: 'granted' | 'default' | 'unsupported', allowed = true) => {
    const act = { close: vi.fn(), openStorage: vi.fn(), prefer: vi.fn(), install: vi.fn(), askToNotify: vi.fn(() => Promise.resolve(allowed)), save: vi.fn(), unblock: vi.fn(), logOut: vi.fn() };
    render(<SettingsView snapshot={settingsSnapshot(knowing(), { ...kUnchanged, notify }, { ...kBrowser, mayNotify })} actions={act} />);
    return act;
  };
  const press = (name: string) => fireEvent.click(within(screen.getByRole('group', { name: 'Notifications', hidden: true })).getByRole('button', { name, hidden: true }));

  it('are on after the browser was asked, and off at once', async () => {
    const act = show('off', 'default');
    press('Switch on');
    await vi.waitFor(() => expect(act.prefer).toHaveBeenCalledWith({ notify: 'words' }));
    cleanup();
    const again = show('words', 'granted');
    fireEvent.click(screen.getByLabelText('Show what was written'));
    expect(again.prefer).toHaveBeenLastCalledWith({ notify: 'who' });
    press('Switch off');
    expect(again.prefer).toHaveBeenLastCalledWith({ notify: 'off' });
    expect(again.askToNotify).not.toHaveBeenCalled();
  });

  it('say what to do when the browser does not let them', async () => {
    const refused = show('off', 'default', false);
    press('Switch on');
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toContain('Allow them beside the address');
    expect(refused.prefer).not.toHaveBeenCalled();
    cleanup();
    show('words', 'unsupported');
    press('Switch on');
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toContain('https');
  });
});
