// The preferences of this device: read at start, kept when they change, the same in all tabs.
import { kUnchanged, languageOf, parsed, wear } from '../ui/preferences';
import type { Preferences } from '../ui/preferences';
import { speak, speaking } from '../ui/text';

const kKey = 'homing.preferences';
let current: Preferences = kUnchanged;
const listeners = new Set<() => void>();

export const preferences = (): Preferences => current;

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Before the first draw. Without its language the page speaks English. */
export async function startPreferences(): Promise<void> {
  window.addEventListener('storage', ({ key }) => {
    if (key === kKey || key === null) void take(parsed(localStorage.getItem(kKey)));
  });
  window.addEventListener('languagechange', () => void take(current));
  await take(parsed(localStorage.getItem(kKey)));
}

export async function prefer(change: Partial<Preferences>): Promise<void> {
  const next = { ...current, ...change };
  await take(next);
  if (JSON.stringify(next) === JSON.stringify(kUnchanged)) localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, JSON.stringify(next));
}

async function take(next: Preferences): Promise<void> {
  current = next;
  wear(next, document);
  const language = languageOf(next, navigator.languages);
  await speak(language).catch(() => speaking().language === language || console.warn('homing: no texts for', language));
  const paper = getComputedStyle(document.body).backgroundColor;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) meta.content = paper;
  for (const listener of listeners) listener();
}
