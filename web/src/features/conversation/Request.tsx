// In place of the composer while a stranger waits: one takes them in or keeps them away. Until then they hear nothing.
import { Button, Problem, Row } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { ConversationActions, PersonInfo } from './model';
import css from './View.module.css';

export function RequestBar({ person, actions }: { readonly person: PersonInfo; readonly actions: ConversationActions }) {
  const action = useAction();
  const { account, name, blocked } = person;
  return (
    <section className={css['request']} aria-label={t('message_request')}>
      <p>{t(blocked ? 'request_blocked' : 'request_from', { who: name })}</p>
      <Problem text={action.problem} />
      <Row>
        <Button look={blocked ? 'plain' : 'danger'} disabled={action.busy} onPress={() => action.run(() => actions.block(account, !blocked))}>
          {t(blocked ? 'unblock' : 'block')}
        </Button>
        {!blocked && (
          <Button look="primary" disabled={action.busy} onPress={() => action.run(() => actions.accept())}>
            {t('accept')}
          </Button>
        )}
      </Row>
    </section>
  );
}
