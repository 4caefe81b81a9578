// What a person who looks elsewhere should hear of: what others said between two states, one for each chat. Pure.
import { larger } from '../client/ids';
import type { ConversationId } from '../client/ids';
import { isSaid, keptOf, titleOf, unread } from './selectors';
import type { Conversation, Kept, Message, State } from './model';

export interface News {
  readonly conversation: ConversationId;
  readonly title: string;
  readonly group: boolean;
  readonly message: Message; // the newest
  readonly unread: number;
}

/** Nothing is news while a device gets its past, nor in a chat that is mute or put away. */
export function newsBetween(before: State, after: State, nowMs: number): readonly News[] {
  if (!before.listed || before.conversations === after.conversations) return [];
  const all: News[] = [];
  for (const conversation of after.conversations.values()) {
    const known = before.conversations.get(conversation.id);
    const { last } = conversation;
    if (known === conversation || last === undefined || conversation.kind === 'status') continue;
    const heardBefore = known !== undefined && last.seq <= larger(known.lastSeq, known.last?.seq ?? known.lastSeq);
    if (heardBefore || last.author === after.me?.account || !isSaid(last.body)) continue;
    const { mutedToMs = 0, archived = false } = keptIn(after, conversation);
    if (mutedToMs > nowMs || archived) continue;
    const count = unread(conversation);
    if (count === 0) continue;
    all.push({ conversation: conversation.id, title: titleOf(after, conversation), group: conversation.kind === 'group', message: last, unread: count });
  }
  return all;
}

/** Over all chats that are not archived, as their badges say; the mute ones too. */
export function unreadTotal(state: State): number {
  let total = 0;
  for (const conversation of state.conversations.values()) {
    const count = conversation.kind === 'status' ? 0 : unread(conversation);
    if (count > 0 && keptIn(state, conversation).archived !== true) total += count;
  }
  return total;
}

const keptIn = (state: State, { id }: Conversation): Kept => keptOf(state, { kind: 'conversation', id });
