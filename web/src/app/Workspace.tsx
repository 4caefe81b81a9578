// The two panes of somebody who is logged in, and the dialogs above them. Joins features to the messenger.
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { chatsSnapshot, searchHere, searchMessages, starredHits } from '../features/chats/model';
import type { ChatsActions } from '../features/chats/model';
import { ChatsView } from '../features/chats/View';
import { settingsSnapshot } from '../features/settings/model';
import { SettingsView } from '../features/settings/View';
import type { Messenger } from '../state/messenger';
import { resolve } from '../state/selectors';
import { Button } from '../ui/controls';
import { t } from '../ui/text';
import css from './App.module.css';
import { OpenChat } from './OpenChat';
import { go, useRoute } from './route';

interface Props {
  readonly messenger: Messenger;
  readonly onRefused: () => void;
  readonly onLogOut: () => Promise<void>;
}

export function Workspace({ messenger, onRefused, onLogOut }: Props) {
  const { store } = messenger;
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const connection = useSyncExternalStore(messenger.subscribeConnection, () => messenger.connection);
  const route = useRoute();
  const place = route?.place;
  const [settings, setSettings] = useState(false);
  const nowMs = useMinute();
  const online = connection.kind === 'online';
  const refused = connection.kind === 'stopped' && connection.why.kind === 'unauthenticated';

  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  const find = useCallback(async (phone: string) => (await messenger.find([phone]))[0], [messenger]);
  const selected = place && resolve(state, place);
  const selectedKey = selected ? `conversation/${selected.id}` : place && `${place.kind}/${place.id}`;

  const typed = useSyncExternalStore(messenger.typing.subscribe, () => messenger.typing.version);
  const chats = useMemo(() => chatsSnapshot(state, messenger.typing, selectedKey, online, nowMs), [state, typed, selectedKey, online, nowMs]);
  const chatActions = useMemo(
    (): ChatsActions => ({
      open: go,
      starred: async () => starredHits(store.state, await store.starred()),
      findHere: (query) => searchHere(store.state, query, Date.now()),
      findMessages: (query, onFound, signal) => searchMessages(store, query, onFound, signal),
      openSettings: () => setSettings(true),
      find,
      createGroup: (name, members) => messenger.createGroup(name, members),
      pin: (chat, pinned) => void messenger.keep(chat, { pinnedMs: pinned ? Date.now() : 0 }),
      mute: (chat, forMs) => void messenger.keep(chat, { mutedToMs: forMs === 0 ? 0 : Date.now() + forMs }),
      archive: (chat, archived) => void messenger.keep(chat, { archived, ...(archived && { pinnedMs: 0 }) }),
      markUnread: (chat, unread) => void messenger.markUnread(chat, unread).catch(() => {}),
    }),
    [messenger],
  );

  return (
    <div className={css['frame']}>
      <Banner connection={connection.kind} onUseHere={() => messenger.client.connection.start()} />
      <div className={css['panes']} data-open={place !== undefined}>
        <div className={css['list']}>
          <ChatsView
            snapshot={chats}
            actions={chatActions}
          />
        </div>
        <main className={css['main']}>
          {route === undefined || place === undefined ? (
            <p className={css['pick']}>{t('pick_chat')}</p>
          ) : (
            <OpenChat key={`${place.kind}/${place.id}`} messenger={messenger} route={route} nowMs={nowMs} find={find} />
          )}
        </main>
      </div>
      {settings && (
        <SettingsView
          snapshot={settingsSnapshot(state)}
          actions={{
            close: () => setSettings(false),
            save: (name, about, readReceipts) => messenger.setProfile(name, about, readReceipts),
            unblock: (account) => messenger.setBlocked(account, false),
            logOut: onLogOut,
          }}
        />
      )}
    </div>
  );
}

function Banner({ connection, onUseHere }: { readonly connection: Messenger['connection']['kind']; readonly onUseHere: () => void }) {
  if (connection === 'online' || connection === 'idle') return <div role="status" />;
  if (connection === 'stopped') {
    return (
      <div role="status" className={css['banner']}>
        {t('replaced')} <Button onPress={onUseHere}>{t('use_here')}</Button>
      </div>
    );
  }
  return (
    <div role="status" className={css['banner']}>
      {connection === 'waiting' ? t('offline') : t('connecting')}
    </div>
  );
}

// The time, to the minute: enough for "today".
function useMinute(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
