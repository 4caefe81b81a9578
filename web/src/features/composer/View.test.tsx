// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cleaned, fits } from './model';
import type { ComposerActions } from './model';
import { ComposerView } from './View';

afterEach(cleanup);
const nothing = () => Promise.resolve();
const actions = (more: Partial<ComposerActions> = {}): ComposerActions => ({ send: nothing, sendFile: nothing, whereAmI: () => Promise.reject(new Error('unknown')), sendLocation: nothing, find: () => Promise.resolve(undefined), sendContact: nothing, endReply: vi.fn(), doing: vi.fn(), ...more });
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
});
