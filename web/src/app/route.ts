// Which chat is open, kept in the address: #/conversation/12 or #/person/7. The back button works. #/conversation/12/345
// is a message in it, until one is there.
import { useSyncExternalStore } from 'react';
import { accountId, conversationId, seq } from '../client/ids';
import type { Seq } from '../client/ids';
import type { Place } from '../state/selectors';

export interface Route {
  readonly place: Place;
  readonly at: Seq | undefined;
}

export function useRoute(): Route | undefined {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
  const match = /^#\/(conversation|person)\/(\d{1,20})(?:\/(\d{1,20}))?$/.exec(hash);
  if (match === null) return undefined;
  const id = BigInt(match[2] ?? '0');
  const at = match[3] === undefined ? undefined : seq(BigInt(match[3]));
  return { place: match[1] === 'person' ? { kind: 'person', id: accountId(id) } : { kind: 'conversation', id: conversationId(id) }, at };
}

export function go(place: Place | undefined, at?: Seq): void {
  window.location.hash = place === undefined ? '' : `#/${place.kind}/${place.id}${at === undefined ? '' : `/${at}`}`;
}

/** The message was reached: the same way can be gone once more. */
export function arrived({ place }: Route): void {
  window.history.replaceState(window.history.state, '', `#/${place.kind}/${place.id}`);
}
