// The frame around the features: logged out, blocked by another tab, or the two panes.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { AuthView } from '../features/auth/View';
import { Button } from '../ui/controls';
import { speaking, subscribeSpeaking, t } from '../ui/text';
import css from './App.module.css';
import { go } from './route';
import { openSession } from './session';
import type { Session } from './session';
import { Workspace } from './Workspace';
import { credentials, rest } from './world';

type Stage =
  | { readonly kind: 'opening' }
  | { readonly kind: 'logged_out'; readonly notice?: string }
  | { readonly kind: 'elsewhere' } // without Web Locks only the newest tab is used
  | { readonly kind: 'open'; readonly session: Session };

export function App() {
  const [stage, setStage] = useState<Stage>({ kind: 'opening' });
  useSyncExternalStore(subscribeSpeaking, speaking); // all below is drawn anew in another language
  const [byCode, setByCode] = useState<boolean>();

  const open = useCallback(async () => {
    const token = credentials.token();
    if (token === undefined) {
      setStage({ kind: 'logged_out' });
      return;
    }
    const session = await openSession(token);
    setStage({ kind: 'open', session });
    void session.ended.then((why) => {
      session.close();
      if (why === 'logged_out') {
        go(undefined);
        setStage({ kind: 'logged_out' });
      } else setStage({ kind: 'elsewhere' });
    });
  }, []);

  useEffect(() => void open(), [open]);
  useEffect(() => {
    if (stage.kind === 'logged_out') void rest.serverFacts().then((facts) => setByCode(facts.registrationByCode), () => {});
  }, [stage.kind]);

  if (stage.kind === 'opening') return null;
  if (stage.kind === 'logged_out') {
    const enter = async (token: string) => {
      if (await rest.tokenRefused(token)) throw new Error(t('token_gone'));
      credentials.keep(token);
      await open();
    };
    return (
      <AuthView
        snapshot={{ byCode, notice: stage.notice }}
        actions={{
          logIn: enter,
          sendCode: (phone) => rest.sendCode(phone),
          register: async (form) => enter((await rest.register({ ...form, deviceName: 'web' })).token),
        }}
      />
    );
  }
  if (stage.kind === 'elsewhere') {
    return (
      <main className={css['elsewhere']}>
        <p>{t('other_tab')}</p>
        <Button look="primary" onPress={() => void open()}>
          {t('use_here')}
        </Button>
      </main>
    );
  }
  const { session } = stage;
  const leave = async (notice?: string) => {
    credentials.forget();
    await session.erase();
    go(undefined);
    setStage({ kind: 'logged_out', ...(notice !== undefined && { notice }) });
  };
  return <Workspace key={session.key} messenger={session.messenger} onRefused={() => void leave(t('token_gone'))} onLogOut={() => leave()} />;
}
