// The list of chats: in which order, and what a row says. A row is the same object until something it shows changes, so
// that a list of thousands is cheap to look at again.
import type { AccountId } from '../client/ids';
import type { OutboxItem } from '../client/outbox';
import type { ChatKey, Conversation, Kept, Message, Person, State } from './model';
import { chatKey, directWith, hueSource, isHidden, isRequest, isSaid, keptOf, nameOf, otherIn, pendingIn, tickOf, titleOf, unread } from './selectors';
import type { Place, Tick } from './selectors';

export interface ChatRow {
  readonly place: Place;
  readonly chat: ChatKey;
  readonly title: string;
  readonly hue: bigint;
  readonly group: boolean;
  readonly request: boolean; // from a stranger
  readonly unread: number;
  readonly markedUnread: boolean;
  readonly muted: boolean;
  readonly pinnedMs: number; // 0: not pinned
  readonly archived: boolean;
  readonly draft: string;
  readonly timeMs: number;
  readonly last: Message | undefined;
  readonly lastOwnTick: Tick | undefined;
  readonly pending: OutboxItem | undefined; // written after `last`, not answered yet
}

export type ChatFilter = 'all' | 'unread' | 'groups' | 'archived';

/** Whoever spoke last comes first, after those that are pinned; what waits in the outbox counts as spoken. */
export function chatList(state: State, nowMs = 0): readonly ChatRow[] {
  const waiting = new Set(state.outbox.flatMap(({ request }) => (request.kind === 'send' ? [request.to.kind === 'account' ? `person/${request.to.account}` : request.to.kind === 'conversation' ? `conversation/${request.to.conversation}` : ''] : [])));
  const rows: ChatRow[] = [];
  for (const conversation of state.conversations.values()) {
    if (conversation.kind !== 'status') rows.push(rowOf(state, conversation, waiting, nowMs));
  }
  return [...rows, ...firstWords(state, nowMs)].sort(byPinAndTime);
}

export function filtered(rows: readonly ChatRow[], filter: ChatFilter): readonly ChatRow[] {
  switch (filter) {
    case 'all':
      return rows.filter((row) => !row.archived);
    case 'unread':
      return rows.filter((row) => !row.archived && (row.unread > 0 || row.markedUnread));
    case 'groups':
      return rows.filter((row) => !row.archived && row.group);
    case 'archived':
      return rows.filter((row) => row.archived);
  }
}

// First pinned, first shown; then the newest.
function byPinAndTime(a: ChatRow, b: ChatRow): number {
  if (a.pinnedMs !== b.pinnedMs) return (a.pinnedMs || Infinity) - (b.pinnedMs || Infinity);
  return b.timeMs - a.timeMs || (a.title < b.title ? -1 : 1);
}

interface Known {
  readonly kept: Kept;
  readonly other: Person | undefined;
  readonly me: State['me'];
  readonly hidden: State['hidden'];
  readonly muted: boolean;
  readonly row: ChatRow;
}
const known = new WeakMap<Conversation, Known>();

function rowOf(state: State, conversation: Conversation, waiting: ReadonlySet<string>, nowMs: number): ChatRow {
  const place: Place = { kind: 'conversation', id: conversation.id };
  const { me, hidden } = state;
  const chat = chatKey(state, place);
  const kept = keptOf(state, place);
  const other = conversation.kind === 'direct' ? state.people.get(otherIn(state, conversation) ?? (0n as AccountId)) : undefined;
  const muted = (kept.mutedToMs ?? 0) > nowMs;
  const before = known.get(conversation);
  const waits = waiting.has(chat) || waiting.has(`conversation/${conversation.id}`);
  if (!waits && before?.kept === kept && before.other === other && before.me === me && before.hidden === hidden && before.muted === muted) return before.row;

  const last = lastShown(state, conversation);
  const pending = waits ? pendingIn(state, place).at(-1) : undefined;
  const own = last !== undefined && last.author === me?.account && isSaid(last.body);
  const row: ChatRow = {
    place,
    chat,
    title: titleOf(state, conversation),
    hue: hueSource(state, place),
    group: conversation.kind === 'group',
    request: isRequest(state, conversation),
    unread: unread(conversation),
    ...ofKept(kept, muted),
    timeMs: Math.max(conversation.last?.timeMs ?? 0, pending?.writtenMs ?? 0),
    last,
    lastOwnTick: pending !== undefined ? (pending.failure ? 'failed' : 'pending') : own ? tickOf(conversation, last.seq) : undefined,
    pending,
  };
  if (!waits) known.set(conversation, { kept, other, me, hidden, muted, row });
  return row;
}

// What was deleted here is not shown here either.
function lastShown(state: State, { last, messages }: Conversation): Message | undefined {
  if (last === undefined || !isHidden(state, last)) return last;
  return messages.findLast((message) => !isHidden(state, message));
}

const ofKept = (kept: Kept, muted: boolean) => ({
  markedUnread: kept.unread === true,
  muted,
  pinnedMs: kept.pinnedMs ?? 0,
  archived: kept.archived === true,
  draft: kept.draft ?? '',
});

// People to whom something was written that the server has not answered yet, or that is still a draft.
function firstWords(state: State, nowMs: number): readonly ChatRow[] {
  const newest = new Map<AccountId, OutboxItem | undefined>();
  for (const [chat, { draft = '' }] of state.kept) {
    const account = draft === '' ? undefined : /^person\/(\d+)$/.exec(chat)?.[1];
    if (account !== undefined) newest.set(BigInt(account) as AccountId, undefined);
  }
  for (const item of state.outbox) {
    const { request } = item;
    if (request.kind === 'send' && request.said.kind !== 'reaction' && request.to.kind === 'account') newest.set(request.to.account, item);
  }
  return [...newest].flatMap(([account, pending]): readonly ChatRow[] => {
    if (directWith(state, account) !== undefined) return [];
    const place: Place = { kind: 'person', id: account };
    const kept = keptOf(state, place);
    return [
      {
        place,
        chat: chatKey(state, place),
        title: nameOf(state.people.get(account)),
        hue: account,
        group: false,
        request: false,
        unread: 0,
        ...ofKept(kept, (kept.mutedToMs ?? 0) > nowMs),
        timeMs: pending?.writtenMs ?? kept.draftMs ?? 0,
        last: undefined,
        lastOwnTick: pending === undefined ? undefined : pending.failure ? 'failed' : 'pending',
        pending,
      },
    ];
  });
}
