// Which chat is open, kept in the address: #/conversation/12 or #/person/7. The back button works.
import { useSyncExternalStore } from 'react';
import { accountId, conversationId } from '../client/ids';
import type { Place } from '../state/selectors';

export function usePlace(): Place | undefined {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
  const match = /^#\/(conversation|person)\/(\d{1,20})$/.exec(hash);
  if (match === null) return undefined;
  const id = BigInt(match[2] ?? '0');
  return match[1] === 'person' ? { kind: 'person', id: accountId(id) } : { kind: 'conversation', id: conversationId(id) };
}

export function go(place: Place | undefined): void {
  window.location.hash = place === undefined ? '' : `#/${place.kind}/${place.id}`;
}
