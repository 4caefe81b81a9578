// A logged-in device in this tab: opens the store, starts the messenger, and ends them together. With several tabs one
// leads and the others live from it (state/tabs.ts); when it ends, another one leads.
import { webSocketDial } from '../client/web_socket';
import type { WebSocketClass } from '../client/web_socket';
import { Messenger } from '../state/messenger';
import { Store } from '../state/store';
import { takeSeat } from '../state/tab_lock';
import { Tabs } from '../state/tabs';
import { clock, credentials, deviceKey, origin, random, reach, rest } from './world';

export interface Session {
  readonly key: string; // of the device
  readonly messenger: Messenger;
  /** Resolves when this tab has to stop: a newer one took over, or the device was logged out in another one. */
  readonly ended: Promise<'taken_over' | 'logged_out'>;
  close(): void;
  /** Also removes what this device stored, and ends it in all tabs. */
  erase(): Promise<void>;
}

export async function openSession(token: string): Promise<Session> {
  const key = deviceKey(token);
  const seat = await takeSeat(key);
  let tellOver = () => {};
  const over = new Promise<void>((resolve) => (tellOver = resolve));
  const tabs = new Tabs(new BroadcastChannel(`homing-${key}`), () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, tellOver);
  const store = await Store.open(`homing-${key}`, tabs);
  const messenger = new Messenger({
    store,
    tabs,
    dial: webSocketDial(WebSocket as unknown as WebSocketClass, origin, token),
    clock,
    random,
    reach: reach(token),
    agent: 'homing-web/0.1',
    tokenRefused: () => rest.tokenRefused(token),
  });
  let closed = false;
  const lead = async () => {
    if (!closed && credentials.token() === token) await messenger.start();
  };
  if (seat.leads) await lead();
  else void seat.led.then(lead);
  const wake = () => {
    if (document.visibilityState === 'visible') messenger.client.nudge();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  const close = () => {
    closed = true;
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    messenger.close();
    seat.release();
  };
  return {
    key,
    messenger,
    ended: Promise.race([seat.lost.then(() => 'taken_over' as const), over.then(() => 'logged_out' as const)]),
    close,
    erase: async () => {
      tabs.tellOver();
      close();
      await store.erase();
    },
  };
}
