// All messages with a star, the newest star first.
import { useEffect, useState } from 'react';
import { Dialog } from '../../ui/controls';
import { t } from '../../ui/text';
import type { ChatsActions, MessageHit } from './model';
import { MessageRow } from './Results';

export function Starred({ nowMs, actions, onClose }: { readonly nowMs: number; readonly actions: ChatsActions; readonly onClose: () => void }) {
  const [hits, setHits] = useState<readonly MessageHit[]>();
  useEffect(() => void actions.starred().then(setHits, () => setHits([])), [actions]);
  return (
    <Dialog title={t('starred_messages')} onClose={onClose}>
      {hits?.length === 0 && <p>{t('none_starred')}</p>}
      <ul aria-label={t('starred_messages')}>
        {hits?.map((hit) => (
          <MessageRow
            key={`${hit.conversation}/${hit.seq}`}
            hit={hit}
            nowMs={nowMs}
            onOpen={() => {
              onClose();
              actions.open({ kind: 'conversation', id: hit.conversation }, hit.seq);
            }}
          />
        ))}
      </ul>
    </Dialog>
  );
}
