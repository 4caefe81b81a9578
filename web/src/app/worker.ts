// The service worker of the page: registered here, and asked to change when a new version is ready and the person wants it.
const kLookEveryMs = 60 * 60_000;

let waiting: ServiceWorker | 'elsewhere' | undefined; // elsewhere: another tab has changed already
const listeners = new Set<() => void>();

/** Whether a newer version than this page is ready to be used. */
export const newVersion = (): boolean => waiting !== undefined;
export function subscribeNewVersion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The page starts again with it. What is written is kept; what is being uploaded goes on. */
export function takeNewVersion(): void {
  if (waiting === undefined || waiting === 'elsewhere') {
    window.location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true });
  waiting.postMessage('use_now');
}

/** A press on a notification brings its chat here. */
export function watchNotifications(): void {
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<{ readonly open?: unknown } | undefined>) => {
    const open = data?.open;
    if (typeof open === 'string' && open.startsWith('#/')) window.location.hash = open;
  });
}

export async function startWorker(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return; // plain http: the page needs the server to open
  if (serviceWorker.controller !== null) serviceWorker.addEventListener('controllerchange', () => ready('elsewhere'), { once: true });
  const registration = await serviceWorker.register(scriptUrl('/sw.js') as string, { updateViaCache: 'none' });
  const look = () => {
    if (registration.waiting !== null && serviceWorker.controller !== null) ready(registration.waiting);
  };
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
  look();
  setInterval(() => void registration.update().catch(() => {}), kLookEveryMs);
}

function ready(worker: ServiceWorker | 'elsewhere'): void {
  waiting = worker;
  for (const listener of listeners) listener();
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

// Where the browser wants scripts to be trusted by name, this is the only one the page starts.
function scriptUrl(path: '/sw.js'): unknown {
  const { trustedTypes } = window as { readonly trustedTypes?: TrustedTypes };
  return trustedTypes === undefined ? path : trustedTypes.createPolicy('homing-worker', { createScriptURL: () => path }).createScriptURL(path);
}
