// What of a conversation the person has seen, in a form that is the same for the same events in any order: everything
// up to `seenTo` was read or is own, and `ownAfter` are the own events behind that.
import { larger } from '../client/ids';
import type { Seq } from '../client/ids';
import type { Conversation } from './model';

type Seen = Pick<Conversation, 'seenTo' | 'ownAfter'>;

export const readUpTo = <T extends Seen>(known: T, to: Seq): T => (to <= known.seenTo ? known : closed(known, to, known.ownAfter));

export function ownSaid<T extends Seen>(known: T, at: Seq): T {
  if (at <= known.seenTo || known.ownAfter.includes(at)) return known;
  return closed(known, known.seenTo, [...known.ownAfter, at].sort((a, b) => (a < b ? -1 : 1)));
}

function closed<T extends Seen>(known: T, to: Seq, own: readonly Seq[]): T {
  let seenTo = to;
  for (const at of own) if (at === seenTo + 1n) seenTo = larger(seenTo, at);
  return { ...known, seenTo, ownAfter: own.filter((at) => at > seenTo) };
}
