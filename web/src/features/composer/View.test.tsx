// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId } from '../../client/ids';
import { cleaned, fits } from '../../media/outgoing';
import type { ComposerActions } from './model';
import type { Outgoing } from '../../media/outgoing';
import { ComposerView } from './View';

afterEach(cleanup);
const nothing = () => Promise.resolve();
const actions = (more: Partial<ComposerActions> = {}): ComposerActions => ({ send: nothing, sendFile: nothing, whereAmI: () => Promise.reject(new Error('unknown')), sendLocation: nothing, find: () => Promise.resolve(undefined), sendContact: nothing, endReply: vi.fn(), edit: nothing, endEdit: vi.fn(), doing: vi.fn(), draft: vi.fn(), ...more });
const box = () => screen.getByRole('textbox', { name: 'Message' }) as HTMLTextAreaElement;

describe('ComposerView', () => {
  it('sends with Enter, begins a line with Shift+Enter, and is empty afterwards', () => {
    const send = vi.fn(() => Promise.resolve());
    render(<ComposerView actions={actions({ send })} />);
    fireEvent.change(box(), { target: { value: 'hello\n' } });
    fireEvent.keyDown(box(), { key: 'Enter', shiftKey: true });
    expect(send).not.toHaveBeenCalled();
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect(send).toHaveBeenCalledWith('hello');
    expect(box().value).toBe('');
  });

  it('does not send nothing, nor more than fits', () => {
    const send = vi.fn(() => Promise.resolve());
    render(<ComposerView actions={actions({ send })} />);
    for (const value of ['  \n ', 'é'.repeat(40_000)]) {
      fireEvent.change(box(), { target: { value } });
      fireEvent.keyDown(box(), { key: 'Enter' });
      expect(screen.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true);
    }
    expect(send).not.toHaveBeenCalled();
    expect(fits('x'.repeat(65_536))).toBe(true);
    expect(cleaned('\n  indented\n\n')).toBe('  indented');
  });

  it('gives the words back when they could not be kept', async () => {
    render(<ComposerView actions={actions({ send: () => Promise.reject(new Error('disk full')) })} />);
    fireEvent.change(box(), { target: { value: 'precious' } });
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toContain('disk full');
    expect(box().value).toBe('precious');
  });

  it('keeps the draft until the message is kept, and what was written meanwhile after that', async () => {
    let kept = () => {};
    const draft = vi.fn();
    render(<ComposerView actions={actions({ draft, send: () => new Promise((done) => (kept = done)) })} />);
    fireEvent.change(box(), { target: { value: 'precious' } });
    fireEvent.keyDown(box(), { key: 'Enter' });
    fireEvent.change(box(), { target: { value: 'next' } });
    expect(draft.mock.calls).toEqual([['precious'], ['next']]);
    kept();
    await waitFor(() => expect(draft).toHaveBeenCalledTimes(3));
    expect(draft).toHaveBeenLastCalledWith('next');
  });
});

describe('files', () => {
  const choose = (...files: readonly File[]) => fireEvent.change(screen.getByLabelText('Document'), { target: { files } });
  const send = () => fireEvent.submit(screen.getByRole('form', { name: 'Send a file', hidden: true }));

  it('are shown before they go, each with its caption, and go one after the other', async () => {
    const sendFile = vi.fn(() => Promise.resolve());
    render(<ComposerView actions={actions({ sendFile })} />);
    choose(new File(['1'], 'one.txt'), new File(['22'], 'two\u202etxt.exe'));
    fireEvent.change(screen.getByLabelText('Caption'), { target: { value: ' the first ' } });
    send();
    await waitFor(() => expect(sendFile).toHaveBeenCalledTimes(2));
    const said = (sendFile.mock.calls as unknown as [Outgoing][]).map(([{ media }]) => [media.kind, media.name, media.caption, media.size]);
    expect(said).toEqual([['document', 'one.txt', 'the first', 1], ['document', 'twotxt.exe', '', 2]]);
    await waitFor(() => expect(screen.queryByLabelText('Caption')).toBeNull());
  });

  it('that are too large or empty are not sent; without them the others can go', () => {
    const sendFile = vi.fn(() => Promise.resolve());
    render(<ComposerView actions={actions({ sendFile })} />);
    choose(new File(['1'], 'good.txt'), new File([], 'bad.txt'));
    expect(screen.getByRole('alert', { hidden: true }).textContent).toBe('bad.txt is empty.');
    send();
    expect(sendFile).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: 'Remove bad.txt', hidden: true }));
    send();
    expect(screen.queryByRole('alert', { hidden: true })).toBeNull();
  });

  it('can be pasted and dropped', () => {
    render(<ComposerView actions={actions()} />);
    fireEvent.paste(box(), { clipboardData: { files: [new File(['x'], 'pasted.png', { type: 'text/plain' })] } });
    expect(screen.getByText('pasted.png')).toBeTruthy();
    cleanup();
    render(<ComposerView actions={actions()} />);
    const dataTransfer = { types: ['Files'], files: [new File(['x'], 'dropped.txt')] };
    fireEvent.dragEnter(window, { dataTransfer });
    expect(screen.getByText('Let go to send it here')).toBeTruthy();
    fireEvent.drop(window, { dataTransfer });
    expect(screen.getByText('dropped.txt')).toBeTruthy();
  });

  it('that could not be kept stay in the preview, with the reason', async () => {
    render(<ComposerView actions={actions({ sendFile: () => Promise.reject(new Error('no room')) })} />);
    choose(new File(['1'], 'one.txt'));
    send();
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toContain('no room');
    expect(screen.getByText('one.txt')).toBeTruthy();
  });
});

describe('what else', () => {
  it('announces typing, and a reply ends with Escape', () => {
    const act = actions();
    render(<ComposerView actions={act} reply={{ who: 'Ben', text: 'Seven?' }} />);
    expect(document.activeElement).toBe(box());
    fireEvent.change(box(), { target: { value: 'a' } });
    fireEvent.change(box(), { target: { value: '' } });
    expect((act.doing as ReturnType<typeof vi.fn>).mock.calls).toEqual([['typing'], [undefined]]);
    fireEvent.keyDown(box(), { key: 'Escape' });
    expect(act.endReply).toHaveBeenCalled();
  });

  it('says what to do when the device does not tell where it is, or may not record', async () => {
    render(<ComposerView actions={actions({ whereAmI: () => Promise.reject(new Error('Allow it beside the address.')) })} />);
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    fireEvent.click(screen.getByRole('button', { name: 'Location' }));
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toBe('Allow it beside the address.');
    cleanup();
    render(<ComposerView actions={actions()} />);
    fireEvent.click(screen.getByRole('button', { name: 'Record a voice note' }));
    expect((await screen.findByRole('alert')).textContent).toContain('https');
    expect(box()).toBeTruthy();
  });

  it('sends the card of somebody known', async () => {
    const sendContact = vi.fn(() => Promise.resolve());
    const cy = { id: accountId(3n), phone: '+3', name: 'Cy', about: '' };
    render(<ComposerView actions={actions({ sendContact })} people={[cy]} />);
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    fireEvent.click(screen.getByRole('button', { name: 'Contact' }));
    fireEvent.click(screen.getByRole('button', { name: /Cy/, hidden: true }));
    await waitFor(() => expect(sendContact).toHaveBeenCalledWith(cy));
  });
});
