import { useState } from 'react';
import { Button, Field, Form, Problem } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { AuthActions, AuthSnapshot } from './model';
import css from './View.module.css';

export function AuthView({ snapshot, actions }: { readonly snapshot: AuthSnapshot; readonly actions: AuthActions }) {
  const [tab, setTab] = useState<'token' | 'register'>('token');
  return (
    <main className={css['page']}>
      <section className={css['card']}>
        <img src="/icon.svg" alt="" width="56" height="56" />
        <h1>{t('app')}</h1>
        <p className={css['tagline']}>{t('tagline')}</p>
        <Problem text={snapshot.notice} />
        <div role="tablist" className={css['tabs']}>
          {(['token', 'register'] as const).map((name) => (
            <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => setTab(name)}>
              {t(name === 'token' ? 'log_in_token' : 'register_new')}
            </button>
          ))}
        </div>
        {tab === 'token' ? <LogIn actions={actions} /> : <Register byCode={snapshot.byCode === true} actions={actions} />}
      </section>
    </main>
  );
}

function LogIn({ actions }: { readonly actions: AuthActions }) {
  const [token, setToken] = useState('');
  const action = useAction();
  return (
    <Form label={t('log_in')} onSubmit={() => action.run(() => actions.logIn(token.trim()))}>
      <Field label={t('token')} value={token} onText={setToken} required autoComplete="off" spellCheck={false} />
      <Problem text={action.problem} />
      <Button type="submit" look="primary" disabled={action.busy || token.trim() === ''}>
        {t('log_in')}
      </Button>
    </Form>
  );
}

function Register({ byCode, actions }: { readonly byCode: boolean; readonly actions: AuthActions }) {
  const [phone, setPhone] = useState('');
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const [codeSent, setCodeSent] = useState(false);
  const action = useAction();
  const submit = async () => {
    if (byCode && !codeSent) {
      await actions.sendCode(phone);
      setCodeSent(true);
    } else {
      await actions.register({ phone, name, proof: byCode ? { kind: 'code', code: secret } : { kind: 'invite', invite: secret } });
    }
  };
  return (
    <Form label={t('register')} onSubmit={() => action.run(submit)}>
      <Field label={t('phone')} hint={t('phone_hint')} value={phone} onText={setPhone} type="tel" autoComplete="tel" required />
      <Field label={t('name')} value={name} onText={setName} autoComplete="name" required maxLength={100} />
      {(!byCode || codeSent) && (
        <Field label={t(byCode ? 'code' : 'invite')} value={secret} onText={setSecret} required autoComplete={byCode ? 'one-time-code' : 'off'} inputMode={byCode ? 'numeric' : 'text'} />
      )}
      <Problem text={action.problem} />
      <Button type="submit" look="primary" disabled={action.busy}>
        {t(byCode && !codeSent ? 'send_code' : 'register')}
      </Button>
    </Form>
  );
}
