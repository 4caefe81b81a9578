// Statuses, joined to the messenger. A piece of its own that is loaded when somebody opens them.
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { replyText } from '../features/status/model';
import type { StatusActions } from '../features/status/model';
import { StatusView } from '../features/status/View';
import { described } from '../state/described';
import type { Messenger } from '../state/messenger';
import { isSaid } from '../state/selectors';
import { statuses, viewersOf } from '../state/statuses';
import { kMediaNames } from '../ui/text';

interface Props {
  readonly messenger: Messenger;
  readonly nowMs: number;
  readonly onClose: () => void;
}

export function Statuses({ messenger, nowMs, onClose }: Props) {
  const { store, client, library } = messenger;
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  useEffect(() => {
    void messenger.openStatuses(Date.now()).catch(() => {});
    return () => void messenger.closeStatuses().catch(() => {});
  }, [messenger]);
  const now = Math.max(nowMs, Date.now());
  const shown = useMemo(() => statuses(state, now), [state, nowMs]);
  const actions = useMemo(
    (): StatusActions => ({
      close: onClose,
      write: (text, colour) => messenger.post({ kind: 'text', text, colour }),
      sendFile: ({ bytes, media }) => messenger.post({ kind: 'media', media }, bytes),
      viewed: (item) => void messenger.viewed(item).catch(() => {}),
      viewers: async (item) => viewersOf(store.state, await client.memberReceipts(item.conversation), item),
      reply: async ({ author, body }, text) => {
        const answered = isSaid(body) ? described(body, kMediaNames) : '';
        await messenger.send({ kind: 'person', id: author }, { kind: 'text', text: replyText(answered, text) });
      },
      quiet: (author, quiet) => void messenger.keep({ kind: 'person', id: author }, { quiet }).catch(() => {}),
      retry: (clientId) => void client.outbox.retry(clientId),
      discard: (clientId) => void client.outbox.discard(clientId),
      lease: (file, onProgress) => library.lease(file, onProgress),
    }),
    [messenger, onClose],
  );
  const me = state.me?.account;
  return me === undefined ? null : <StatusView snapshot={{ statuses: shown, me, nowMs: now }} actions={actions} />;
}
