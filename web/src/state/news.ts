// What a person who looks elsewhere should hear of: what others said between two states, one for each chat. Pure.
import { larger } from '../client/ids';
import type { ConversationId } from '../client/ids';
import { isSaid, titleOf, unread } from './selectors';
import type { Message, State } from './model';

export interface News {
  readonly conversation: ConversationId;
  readonly title: string;
  readonly group: boolean;
  readonly message: Message; // the newest
  readonly unread: number;
}

/** Nothing is news while a device gets its past. */
export function newsBetween(before: State, after: State): readonly News[] {
  if (!before.listed || before.conversations === after.conversations) return [];
  const all: News[] = [];
  for (const conversation of after.conversations.values()) {
    const known = before.conversations.get(conversation.id);
    const { last } = conversation;
    if (known === conversation || last === undefined || conversation.kind === 'status') continue;
    const heardBefore = known !== undefined && last.seq <= larger(known.lastSeq, known.last?.seq ?? known.lastSeq);
    if (heardBefore || last.author === after.me?.account || !isSaid(last.body)) continue;
    const count = unread(conversation);
    if (count === 0) continue;
    all.push({ conversation: conversation.id, title: titleOf(after, conversation), group: conversation.kind === 'group', message: last, unread: count });
  }
  return all;
}

/** Over all chats, as their badges say. */
export function unreadTotal(state: State): number {
  let total = 0;
  for (const conversation of state.conversations.values()) if (conversation.kind !== 'status') total += unread(conversation);
  return total;
}
