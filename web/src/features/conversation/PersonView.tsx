// Somebody with whom I talk: who they say they are, what I call them, and whether they may write to me.
import { useState } from 'react';
import { Avatar, Button, Dialog, Field, Form, Problem, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { PersonActions, PersonInfo } from './model';
import css from './View.module.css';

export const kNameLengthMax = 100;

export function PersonView({ snapshot, actions }: { readonly snapshot: PersonInfo; readonly actions: PersonActions }) {
  const [given, setGiven] = useState(snapshot.given);
  const [saved, setSaved] = useState(false);
  const action = useAction();
  const save = async () => {
    await actions.name(given);
    setSaved(true);
  };
  return (
    <Dialog title={t('person_info', { name: snapshot.name })} onClose={actions.close}>
      <Stack>
        <div className={css['card']}>
          <Avatar name={snapshot.name} hue={snapshot.account} size="large" />
          <div>
            <p>
              <bdi>{snapshot.phone}</bdi>
            </p>
            {snapshot.given !== '' && snapshot.called !== '' && <p>{t('calls_self', { name: snapshot.called })}</p>}
            {snapshot.about && (
              <p>
                <bdi>{snapshot.about}</bdi>
              </p>
            )}
          </div>
        </div>
        <Form label={t('name_given')} onSubmit={() => action.run(save)}>
          <Field
            label={t('name_given')}
            hint={t('name_given_hint')}
            value={given}
            maxLength={kNameLengthMax}
            autoComplete="off"
            onText={(text) => {
              setGiven(text);
              setSaved(false);
            }}
          />
          <Button type="submit" look="primary" disabled={action.busy || given.trim() === snapshot.given}>
            {t('save')}
          </Button>
          <p role="status">{saved ? t('saved') : ''}</p>
        </Form>
        <Button onPress={actions.openGallery}>{t('gallery')}</Button>
        <p>{t('block_hint')}</p>
        <Problem text={action.problem} />
        <Button look={snapshot.blocked ? 'plain' : 'danger'} disabled={action.busy} onPress={() => action.run(() => actions.block(!snapshot.blocked))}>
          {t(snapshot.blocked ? 'unblock' : 'block')}
        </Button>
      </Stack>
    </Dialog>
  );
}
