// What this device holds, and giving some of it up: the server has it still.
import { useEffect, useState } from 'react';
import type { ConversationId } from '../../client/ids';
import { Avatar, Button, Dialog, Problem, Stack } from '../../ui/controls';
import { fileSize } from '../../ui/file_text';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import css from './View.module.css';

export interface Holding {
  readonly conversation: ConversationId;
  readonly title: string;
  readonly hue: bigint;
  readonly group: boolean;
  readonly messages: number;
}
export interface StorageFacts {
  readonly usedBytes: number;
  readonly freeBytes: number; // 0: the browser does not say
  readonly holdings: readonly Holding[]; // the largest first
}
export interface StorageActions {
  close(): void;
  measure(): Promise<StorageFacts>;
  clear(conversation: ConversationId): Promise<void>;
}

export function StorageView({ actions }: { readonly actions: StorageActions }) {
  const [facts, setFacts] = useState<StorageFacts>();
  const action = useAction();
  const measure = async () => setFacts(await actions.measure());
  useEffect(() => action.run(measure), [actions]);
  const clear = async (conversation: ConversationId) => {
    await actions.clear(conversation);
    await measure();
  };
  return (
    <Dialog title={t('storage')} onClose={actions.close}>
      <Stack>
        {facts !== undefined && facts.freeBytes > 0 && (
          <div>
            <meter className={css['meter']} min={0} max={facts.freeBytes} value={facts.usedBytes} aria-label={t('storage')} />
            <p>{t('storage_used', { used: fileSize(facts.usedBytes), free: fileSize(facts.freeBytes) })}</p>
          </div>
        )}
        <p>{t('storage_hint')}</p>
        <Problem text={action.problem} />
        {facts?.holdings.length === 0 && <p role="status">{t('storage_none')}</p>}
        <ul className={css['rows']} aria-label={t('storage')}>
          {facts?.holdings.map(({ conversation, title, hue, group, messages }) => (
            <li key={String(conversation)}>
              <span className={css['who']}>
                <Avatar name={title} hue={hue} group={group} size="small" />
                <span>
                  <bdi>{title}</bdi>
                  <small>{t('storage_messages', { count: messages })}</small>
                </span>
              </span>
              <Button label={t('storage_clear_of', { name: title })} disabled={action.busy} onPress={() => action.run(() => clear(conversation))}>
                {t('storage_clear')}
              </Button>
            </li>
          ))}
        </ul>
      </Stack>
    </Dialog>
  );
}
