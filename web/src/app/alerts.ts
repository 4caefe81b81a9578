// What tells a person who looks elsewhere that something came: a number in the title and on the icon, a dot on the tab's
// icon, and notifications where they were switched on. All tabs count; only the one that leads notifies.
import { brief } from '../state/described';
import type { Messenger } from '../state/messenger';
import { newsBetween, unreadTotal } from '../state/news';
import type { News } from '../state/news';
import { isSaid, nameOf } from '../state/selectors';
import type { State } from '../state/model';
import { kMediaNames, subscribeSpeaking, t } from '../ui/text';
import { preferences } from './preferences';

const kGatherMs = 500; // what comes together is told together
const kChatsMax = 3; // more chats than that are told as one
const kAnybodyLooks = 'homing-looks';

export const permission = (): NotificationPermission | 'unsupported' => (typeof Notification === 'undefined' || !window.isSecureContext ? 'unsupported' : Notification.permission);

/** Returns what ends it. */
export function startAlerts(messenger: Messenger): () => void {
  const { store, client } = messenger;
  const gathered = new Map<bigint, News>();
  let before = store.state;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = async () => {
    timer = undefined;
    const news = [...gathered.values()].filter(({ conversation, message }) => isUnread(store.state, conversation, message.seq));
    gathered.clear();
    if (news.length > 0 && !(await somebodyLooks())) await notify(store.state, news);
  };
  const changed = () => {
    const after = store.state;
    count(unreadTotal(after));
    if (client.leads && preferences().notify !== 'off' && permission() === 'granted') {
      for (const item of newsBetween(before, after, Date.now())) gathered.set(item.conversation, item);
      if (gathered.size > 0) timer ??= setTimeout(() => void tell().catch(() => {}), kGatherMs);
      void withdraw(before, after).catch(() => {});
    }
    before = after;
  };
  changed();
  const ends = [store.subscribe(changed), subscribeSpeaking(changed), watchLooks()];
  return () => {
    for (const end of ends) end();
    clearTimeout(timer);
    count(0);
  };
}

const isUnread = (state: State, id: News['conversation'], at: bigint): boolean => (state.conversations.get(id)?.marks.ownReadTo ?? 0n) < at;
const tagOf = (conversation: bigint): string => `chat-${conversation}`;
const registered = async () => (await navigator.serviceWorker?.getRegistration()) ?? undefined;

async function notify(state: State, news: readonly News[]): Promise<void> {
  const common = { icon: '/icon-192.png', badge: '/icon-192.png' };
  if (news.length > kChatsMax) {
    const total = news.reduce((sum, { unread }) => sum + unread, 0);
    await show(t('app'), { ...common, tag: 'chats', body: t('new_messages', { count: total }), data: '' });
    return;
  }
  for (const { conversation, title, group, message, unread } of news) {
    const words = preferences().notify === 'words' && isSaid(message.body) ? brief(message.body, kMediaNames) : t('new_messages', { count: unread });
    const body = group ? t('said_in_group', { who: nameOf(state.people.get(message.author)), text: words }) : words;
    await show(title, { ...common, tag: tagOf(conversation), body, data: `#/conversation/${conversation}` });
  }
}

// By the service worker where there is one: phones know no other way.
async function show(title: string, options: NotificationOptions): Promise<void> {
  const worker = await registered();
  if (worker !== undefined) {
    await worker.showNotification(title, { ...options, renotify: true } as NotificationOptions);
    return;
  }
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    if (options.data !== '') window.location.hash = String(options.data);
    shown.close();
  };
}

// What was read, here or on another device, needs no notification any more.
async function withdraw(before: State, after: State): Promise<void> {
  const read = [...after.conversations.values()].filter(({ id, marks }) => marks.ownReadTo > (before.conversations.get(id)?.marks.ownReadTo ?? marks.ownReadTo));
  if (read.length === 0) return;
  const worker = await registered();
  for (const { id } of read) for (const shown of (await worker?.getNotifications({ tag: tagOf(id) })) ?? []) shown.close();
}

function count(unread: number): void {
  const shown = unread > 999 ? '999+' : String(unread);
  document.title = unread > 0 ? `(${shown}) ${t('app')}` : t('app');
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const href = unread > 0 ? '/icon-unread.svg' : '/icon.svg';
  if (icon !== null && icon.getAttribute('href') !== href) icon.href = href;
  const device = navigator as { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
  void (unread > 0 ? device.setAppBadge?.(unread) : device.clearAppBadge?.())?.catch(() => {});
}

// A tab that somebody looks at holds a lock that many may hold, so that the leader knows of the others.
function watchLooks(): () => void {
  let release: (() => void) | undefined;
  const look = () => {
    const looks = document.visibilityState === 'visible' && document.hasFocus();
    if (looks && release === undefined) {
      const left = new Promise<void>((resolve) => (release = resolve));
      void navigator.locks?.request(kAnybodyLooks, { mode: 'shared' }, () => left);
    } else if (!looks) {
      release?.();
      release = undefined;
    }
  };
  look();
  const events = [[window, 'focus'], [window, 'blur'], [document, 'visibilitychange']] as const;
  for (const [target, name] of events) target.addEventListener(name, look);
  return () => {
    for (const [target, name] of events) target.removeEventListener(name, look);
    release?.();
  };
}

async function somebodyLooks(): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === kAnybodyLooks);
}
