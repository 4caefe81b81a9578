import { Button, Dialog, Problem, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { PersonActions, PersonInfo } from './model';

export function PersonView({ snapshot, actions }: { readonly snapshot: PersonInfo; readonly actions: PersonActions }) {
  const action = useAction();
  return (
    <Dialog title={t('person_info', { name: snapshot.name })} onClose={actions.close}>
      <Stack>
        <p>
          <bdi>{snapshot.phone}</bdi>
        </p>
        {snapshot.about && <p>{snapshot.about}</p>}
        <p>{t('block_hint')}</p>
        <Problem text={action.problem} />
        <Button look={snapshot.blocked ? 'plain' : 'danger'} disabled={action.busy} onPress={() => action.run(() => actions.block(!snapshot.blocked))}>
          {t(snapshot.blocked ? 'unblock' : 'block')}
        </Button>
      </Stack>
    </Dialog>
  );
}
