// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AuthView } from './View';

afterEach(cleanup);
const actions = () => ({ logIn: vi.fn(() => Promise.resolve()), sendCode: vi.fn(() => Promise.resolve()), register: vi.fn(() => Promise.resolve()) });
const fill = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const submit = (name: string) => fireEvent.submit(screen.getByRole('form', { name }));

describe('AuthView', () => {
  it('logs in with a token, spaces around it removed', () => {
    const act = actions();
    render(<AuthView snapshot={{ byCode: false, notice: undefined }} actions={act} />);
    fill('Device token', '  abc_def ');
    submit('Log in');
    expect(act.logIn).toHaveBeenCalledWith('abc_def');
  });

  it('shows why it did not work', async () => {
    const act = { ...actions(), logIn: () => Promise.reject(new Error('The token is wrong.')) };
    render(<AuthView snapshot={{ byCode: false, notice: undefined }} actions={act} />);
    fill('Device token', 'x');
    submit('Log in');
    expect((await screen.findByRole('alert')).textContent).toBe('The token is wrong.');
  });

  it('registers with an invitation where codes are not sent', () => {
    const act = actions();
    render(<AuthView snapshot={{ byCode: false, notice: undefined }} actions={act} />);
    fireEvent.click(screen.getByRole('tab', { name: 'New here' }));
    fill('Phone number', '+15551230001');
    fill('Your name', 'Ana');
    fill('Invitation code', 'inv');
    submit('Register');
    expect(act.register).toHaveBeenCalledWith({ phone: '+15551230001', name: 'Ana', proof: { kind: 'invite', invite: 'inv' } });
  });

  it('asks for a code first where the server sends them', async () => {
    const act = actions();
    render(<AuthView snapshot={{ byCode: true, notice: undefined }} actions={act} />);
    fireEvent.click(screen.getByRole('tab', { name: 'New here' }));
    fill('Phone number', '+15551230001');
    fill('Your name', 'Ana');
    submit('Register');
    await waitFor(() => screen.getByLabelText('Six-digit code'));
    expect(act.sendCode).toHaveBeenCalledWith('+15551230001');
    fill('Six-digit code', '123456');
    submit('Register');
    expect(act.register).toHaveBeenCalledWith({ phone: '+15551230001', name: 'Ana', proof: { kind: 'code', code: '123456' } });
  });
});
