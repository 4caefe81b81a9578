// Statuses: what people show for a day to those with whom they talk. Each person's are one conversation in which they
// alone post; how far others have read it says who has seen what. Pure.
import type { MemberReceipts } from '../gen/frames_pb';
import type { AccountId } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import { isHidden, isSaid, nameOf } from './selectors';
import type { Conversation, Message, State } from './model';

export interface Feed {
  readonly conversation: Conversation;
  readonly author: AccountId;
  readonly name: string;
  readonly items: readonly Message[]; // that have not ended, in order; those in memory
  readonly seen: boolean; // all of them
  readonly quiet: boolean; // not shown with the others
  readonly newestMs: number;
}
export interface Statuses {
  readonly mine: Feed | undefined;
  readonly fresh: readonly Feed[]; // the newest first
  readonly seen: readonly Feed[];
  readonly quiet: readonly Feed[];
  readonly waiting: readonly OutboxItem[]; // mine that the server does not have yet
}

/** Whether there may be something to see. */
export const isLive = ({ kind, last }: Conversation, nowMs: number): boolean => kind === 'status' && last !== undefined && (last.expiresMs ?? 0) > nowMs;

export function statuses(state: State, nowMs: number): Statuses {
  const feeds = [...state.conversations.values()].flatMap((conversation) => (isLive(conversation, nowMs) ? (feedOf(state, conversation, nowMs) ?? []) : []));
  const others = feeds.filter(({ author }) => author !== state.me?.account).sort((a, b) => b.newestMs - a.newestMs);
  const loud = others.filter(({ quiet }) => !quiet);
  return {
    mine: feeds.find(({ author }) => author === state.me?.account),
    fresh: loud.filter(({ seen }) => !seen),
    seen: loud.filter(({ seen }) => seen),
    quiet: others.filter(({ quiet }) => quiet),
    waiting: state.outbox.filter(({ request }) => request.kind === 'send' && request.to.kind === 'status'),
  };
}

/** Whether somebody shows something that I have not seen. */
export function hasFresh(state: State, nowMs: number): boolean {
  for (const conversation of state.conversations.values()) {
    const { last, marks } = conversation;
    if (last === undefined || !isLive(conversation, nowMs) || last.author === state.me?.account) continue;
    if (last.seq > marks.ownReadTo && state.kept.get(`person/${last.author}`)?.quiet !== true) return true;
  }
  return false;
}

/** Who has seen this one of mine. */
export function viewersOf(state: State, { members }: Pick<MemberReceipts, 'members'>, { seq, author }: Message): readonly { readonly account: AccountId; readonly name: string }[] {
  return members
    .filter(({ account, readTo }) => account !== author && readTo >= seq)
    .map(({ account }) => ({ account: account as AccountId, name: nameOf(state.people.get(account as AccountId)) }));
}

function feedOf(state: State, conversation: Conversation, nowMs: number): Feed | undefined {
  const { last, messages, marks } = conversation;
  if (last === undefined) return undefined;
  const { author } = last;
  const items = messages.filter((message) => isSaid(message.body) && (message.expiresMs ?? 0) > nowMs && !isHidden(state, message));
  return {
    conversation,
    author,
    name: nameOf(state.people.get(author)),
    items,
    seen: last.seq <= marks.ownReadTo,
    quiet: state.kept.get(`person/${author}`)?.quiet === true,
    newestMs: last.timeMs,
  };
}
