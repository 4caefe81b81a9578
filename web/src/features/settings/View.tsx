import { useState } from 'react';
import { Button, Dialog, Field, Form, Problem, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import { DeviceSettings } from './Device';
import type { SettingsActions, SettingsSnapshot } from './model';
import css from './View.module.css';

export function SettingsView({ snapshot, actions }: { readonly snapshot: SettingsSnapshot; readonly actions: SettingsActions }) {
  const [name, setName] = useState(snapshot.name);
  const [about, setAbout] = useState(snapshot.about);
  const [readReceipts, setReadReceipts] = useState(snapshot.readReceipts);
  const [saved, setSaved] = useState(false);
  const action = useAction();
  const save = async () => {
    setSaved(false);
    await actions.save(name, about, readReceipts);
    setSaved(true);
  };
  return (
    <Dialog title={t('settings')} onClose={actions.close}>
      <Stack>
        <p>
          <bdi>{snapshot.phone}</bdi>
        </p>
        <Form label={t('profile')} onSubmit={() => action.run(save)}>
          <Field label={t('name')} value={name} onText={setName} maxLength={100} autoComplete="name" />
          <Field label={t('about')} value={about} onText={setAbout} maxLength={140} />
          <label className={css['switch']}>
            <input type="checkbox" checked={readReceipts} onChange={(event) => setReadReceipts(event.target.checked)} />
            <span>
              {t('read_receipts')}
              <small>{t('read_receipts_hint')}</small>
            </span>
          </label>
          <Problem text={action.problem} />
          <Button type="submit" look="primary" disabled={action.busy}>
            {t('save')}
          </Button>
          <p role="status">{saved ? t('saved') : ''}</p>
        </Form>
        <DeviceSettings preferences={snapshot.preferences} browser={snapshot.browser} actions={actions} />
        <Button onPress={actions.openStorage}>{t('storage')}</Button>
        <section aria-label={t('blocked_people')}>
          <h3>{t('blocked_people')}</h3>
          {snapshot.blocked.length === 0 && <p>{t('nobody_blocked')}</p>}
          <ul className={css['blocked']}>
            {snapshot.blocked.map(({ account, name: whose }) => (
              <li key={String(account)}>
                <span>{whose}</span>
                <Button disabled={action.busy} label={t('unblock_name', { name: whose })} onPress={() => action.run(() => actions.unblock(account))}>
                  {t('unblock')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
        <Button look="danger" onPress={() => action.run(() => actions.logOut())}>
          {t('log_out')}
        </Button>
      </Stack>
    </Dialog>
  );
}
