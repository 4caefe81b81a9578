// The two panes of somebody who is logged in, and the dialogs above them. Joins features to the messenger.
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { chatsSnapshot, searchHere, searchMessages, starredHits } from '../features/chats/model';
import type { ChatsActions } from '../features/chats/model';
import { ChatsView } from '../features/chats/View';
import { settingsSnapshot } from '../features/settings/model';
import { SettingsView } from '../features/settings/View';
import type { Messenger } from '../state/messenger';
import { contacts, resolve } from '../state/selectors';
import { Button } from '../ui/controls';
import { speaking, t } from '../ui/text';
import { permission, startAlerts } from './alerts';
import css from './App.module.css';
import { OpenChat } from './OpenChat';
import { installer, subscribeInstaller } from './install';
import { prefer, preferences, subscribePreferences } from './preferences';
import { go, useRoute } from './route';
import { newVersion, subscribeNewVersion, takeNewVersion } from './worker';

const Statuses = lazy(async () => ({ default: (await import('./Statuses')).Statuses }));
const DeviceStorage = lazy(async () => ({ default: (await import('./Holdings')).DeviceStorage }));

interface Props {
  readonly messenger: Messenger;
  readonly onRefused: () => void;
  readonly onLogOut: () => Promise<void>;
}

export function Workspace({ messenger, onRefused, onLogOut }: Props) {
  const { store } = messenger;
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const connection = useSyncExternalStore(messenger.subscribeConnection, () => messenger.connection);
  const preferred = useSyncExternalStore(subscribePreferences, preferences);
  const install = useSyncExternalStore(subscribeInstaller, installer);
  const { language } = speaking();
  const route = useRoute();
  const place = route?.place;
  const [settings, setSettings] = useState(false);
  const [statuses, setStatuses] = useState(false);
  const [storage, setStorage] = useState(false);
  const closeStorage = useCallback(() => setStorage(false), []);
  const closeStatuses = useCallback(() => setStatuses(false), []);
  const nowMs = useMinute();
  const online = connection.kind === 'online';
  const refused = connection.kind === 'stopped' && connection.why.kind === 'unauthenticated';

  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  useEffect(() => startAlerts(messenger), [messenger]);

  const find = useCallback(async (phone: string) => (await messenger.find([phone]))[0], [messenger]);
  const selected = place && resolve(state, place);
  const selectedKey = selected ? `conversation/${selected.id}` : place && `${place.kind}/${place.id}`;

  const typed = useSyncExternalStore(messenger.typing.subscribe, () => messenger.typing.version);
  const chats = useMemo(() => chatsSnapshot(state, messenger.typing, selectedKey, online, nowMs), [state, typed, selectedKey, online, nowMs, language]);
  const chatActions = useMemo(
    (): ChatsActions => ({
      open: go,
      starred: async () => starredHits(store.state, await store.starred()),
      findHere: (query) => searchHere(store.state, query, Date.now()),
      findMessages: (query, onFound, signal) => searchMessages(store, query, onFound, signal),
      openSettings: () => setSettings(true),
      openStatuses: () => setStatuses(true),
      contacts: () => contacts(store.state),
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
      <Update />
      <Banner connection={connection} onUseHere={() => messenger.client.resume()} />
      <main className={css['panes']} data-open={place !== undefined}>
        <h1 className="unseen">{t('app')}</h1>
        <div className={css['list']}>
          <ChatsView snapshot={chats} actions={chatActions} />
        </div>
        <div className={css['main']}>
          {route === undefined || place === undefined ? (
            <p className={css['pick']}>{t('pick_chat')}</p>
          ) : (
            <OpenChat key={`${place.kind}/${place.id}`} messenger={messenger} route={route} nowMs={nowMs} find={find} />
          )}
        </div>
      </main>
      {statuses && (
        <Suspense>
          <Statuses messenger={messenger} nowMs={nowMs} onClose={closeStatuses} />
        </Suspense>
      )}
      {storage && (
        <Suspense>
          <DeviceStorage messenger={messenger} onClose={closeStorage} />
        </Suspense>
      )}
      {settings && (
        <SettingsView
          snapshot={settingsSnapshot(state, preferred, { installable: install !== undefined, mayNotify: permission() })}
          actions={{
            close: () => setSettings(false),
            save: (name, about, readReceipts) => messenger.setProfile(name, about, readReceipts),
            install: () => install?.(),
            askToNotify: async () => (await Notification.requestPermission()) === 'granted',
            prefer: (change) => void prefer(change),
            openStorage: () => {
              setSettings(false);
              setStorage(true);
            },
            unblock: (account) => messenger.setBlocked(account, false),
            logOut: onLogOut,
          }}
        />
      )}
    </div>
  );
}

function Update() {
  const ready = useSyncExternalStore(subscribeNewVersion, newVersion);
  return (
    <div role="status" className={ready ? css['update'] : undefined}>
      {ready && (
        <>
          {t('update_ready')} <Button onPress={takeNewVersion}>{t('update_now')}</Button>
        </>
      )}
    </div>
  );
}

function Banner({ connection, onUseHere }: { readonly connection: Messenger['connection']; readonly onUseHere: () => void }) {
  if (connection.kind === 'online' || connection.kind === 'idle') return <div role="status" />;
  if (connection.kind === 'stopped') {
    return (
      <div role="status" className={css['banner']}>
        {t('replaced')} <Button onPress={onUseHere}>{t('use_here')}</Button>
      </div>
    );
  }
  // It stays while attempts come and go.
  const lost = connection.kind === 'waiting' || (connection.kind === 'connecting' && connection.after !== undefined);
  return (
    <div role="status" className={css['banner']}>
      {lost ? t('offline') : t('connecting')}
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
