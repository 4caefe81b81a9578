// A logged-in device in this tab: takes the tab lock, opens the store, starts the messenger, and ends them together.
import { webSocketDial } from '../client/web_socket';
import type { WebSocketClass } from '../client/web_socket';
import { Messenger } from '../state/messenger';
import { Store } from '../state/store';
import { acquireTab } from '../state/tab_lock';
import type { TabLock } from '../state/tab_lock';
import { clock, deviceKey, origin, random, reach, rest } from './world';

export interface Session {
  readonly messenger: Messenger;
  readonly lock: TabLock;
  close(): void;
  /** Also removes what this device stored. */
  erase(): Promise<void>;
}

/** Undefined when another tab has this device. */
export async function openSession(token: string, take: 'if_free' | 'take_over'): Promise<Session | undefined> {
  const key = deviceKey(token);
  const lock = await acquireTab(key, take);
  if (lock === undefined) return undefined;
  const store = await Store.open(`homing-${key}`);
  const messenger = new Messenger({
    store,
    dial: webSocketDial(WebSocket as unknown as WebSocketClass, origin, token),
    clock,
    random,
    reach: reach(token),
    agent: 'homing-web/0.1',
    tokenRefused: () => rest.tokenRefused(token),
  });
  await messenger.start();
  const wake = () => {
    if (document.visibilityState === 'visible') messenger.client.connection.nudge();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  const close = () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    messenger.close();
    lock.release();
  };
  return {
    messenger,
    lock,
    close,
    erase: async () => {
      close();
      await store.erase();
    },
  };
}
