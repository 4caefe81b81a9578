// The service worker: keeps the built app of one version, so that the page opens without the server and is never half old
// and half new. The build puts kVersion and kShell before this text (tools/shell.mjs).
//
// Only files named in kShell are ever kept or answered from here. Messages, media and everything else of /v1 pass by
// untouched: what a person has is in IndexedDB, not in a cache.
/* global kVersion, kShell */
const kOurs = 'homing-shell-';
const kCache = kOurs + kVersion;
const shell = new Set(kShell);

self.addEventListener('install', (event) => event.waitUntil(fill()));

self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

// The person chose to use the new version.
self.addEventListener('message', (event) => {
  if (event.data === 'use_now') event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || !shell.has(url.pathname)) return;
  event.respondWith(kept(url.pathname).then((answer) => answer ?? fetch(request)));
});

// Names under /assets/ carry a hash: what an older version has under the same name is the same file.
async function fill() {
  const cache = await caches.open(kCache);
  for (const path of kShell) {
    const known = path.startsWith('/assets/') ? await caches.match(path) : undefined;
    const answer = known ?? (await fetch(path, { cache: 'no-cache', credentials: 'omit' }));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }
}

async function takeOver() {
  for (const name of await caches.keys()) if (name.startsWith(kOurs) && name !== kCache) await caches.delete(name);
  await self.clients.claim();
}

async function kept(path) {
  const cache = await caches.open(kCache);
  return cache.match(path);
}

// A press on a notification: to the chat, in the window that is open, or in a new one.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openAt(String(event.notification.data ?? '')));
});

async function openAt(hash) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const there = windows.find((client) => client.focused) ?? windows[0];
  if (there === undefined) {
    await self.clients.openWindow(`/${hash}`);
    return;
  }
  await there.focus();
  if (hash !== '') there.postMessage({ open: hash });
}
