// The messages of one conversation cut into lines: days, news about the group, and bubbles with all that belongs to one.
import type { AccountId, Seq } from '../../client/ids';
import type { OutboxItem } from '../../client/outbox';
import { waitsForFile } from '../../client/outbox';
import { brief, described } from '../../state/described';
import { isHidden, isSaid, nameOf, pendingIn, reactionsIn, resolve, tickOf } from '../../state/selectors';
import type { Place, Tick } from '../../state/selectors';
import { messageKey } from '../../state/model';
import { kDeleteWindowMs, kEditWindowMs, revises, wishedIn } from '../../state/revise';
import type { Wished } from '../../state/revise';
import type { Conversation, Message, SaidBody, State } from '../../state/model';
import { kMediaNames, speaking, t } from '../../ui/text';
import { dayKey, dayName } from '../../ui/time';
import type { UnreadFrom } from './model';
import type { Seen } from '../../media/Viewer';

export interface Quote {
  readonly seq: Seq;
  readonly who: string;
  readonly hue: bigint;
  readonly text: string;
  readonly thumbnail: Uint8Array | undefined;
}
export interface ReactionMark {
  readonly emoji: string;
  readonly count: number;
  readonly names: string;
  readonly own: boolean;
}
export interface Bubble {
  readonly kind: 'bubble';
  readonly key: string;
  readonly seq: Seq | undefined; // none while it waits to be sent
  readonly own: boolean;
  readonly body: SaidBody | { readonly kind: 'unreadable' } | { readonly kind: 'erased' };
  readonly text: string; // the body in words
  readonly timeMs: number;
  readonly author: string;
  readonly sender: string | undefined; // shown above the first of a run, in groups
  readonly hue: bigint;
  readonly bot: boolean;
  readonly first: boolean; // of a run by one author
  readonly tick: Tick | undefined;
  readonly failed: { readonly clientId: string; readonly text: string } | undefined;
  readonly uploading: string | undefined; // the client id of an upload that has to end first
  readonly quote: Quote | undefined;
  readonly reactions: readonly ReactionMark[];
  readonly chosen: string | undefined; // the id of what was answered to an offer
  readonly played: boolean;
  readonly starred: boolean;
  readonly edited: boolean;
}
export type Line = { readonly kind: 'day' | 'system' | 'unread'; readonly key: string; readonly text: string } | Bubble;

/** Whether the two look the same. What a message says never changes, so its body is the same object. */
export function sameBubble(a: Bubble, b: Bubble): boolean {
  if (a === b) return true;
  const { quote: q, reactions: r, failed: f, ...rest } = a;
  const same = (Object.keys(rest) as (keyof typeof rest)[]).every((key) => a[key] === b[key]);
  return same && f?.text === b.failed?.text && sameQuote(q, b.quote) && r.length === b.reactions.length && r.every((mark, i) => sameMark(mark, b.reactions[i]));
}
const sameQuote = (a: Quote | undefined, b: Quote | undefined): boolean => a === b || (a?.seq === b?.seq && a?.who === b?.who && a?.text === b?.text);
const sameMark = (a: ReactionMark, b: ReactionMark | undefined): boolean => a.emoji === b?.emoji && a.names === b.names && a.own === b.own;

/** Photos and films, in order. */
export function seenIn(lines: readonly Line[]): readonly Seen[] {
  return lines.flatMap((line) => {
    if (line.kind !== 'bubble') return [];
    const media = line.body.kind === 'media' ? line.body.media : line.body.kind === 'interactive' ? line.body.interactive.media : undefined;
    return media !== undefined && media.id !== '' && (media.kind === 'image' || media.kind === 'video') ? [{ line, media }] : [];
  });
}

const kUnreadable = { kind: 'unreadable' } as const;
const kErased = { kind: 'erased' } as const;

interface Made {
  readonly of: readonly unknown[];
  readonly lines: readonly Line[];
}
const made = new WeakMap<Conversation, Made>();

/** The same lines until something that they show changes: other chats change more often than this one. */
export function linesOf(state: State, place: Place, nowMs: number, unreadFrom?: UnreadFrom): readonly Line[] {
  const conversation = resolve(state, place);
  if (conversation === undefined) return cut(state, place, nowMs, unreadFrom);
  const of = [state.outbox, state.people, state.me, state.played, state.starred, state.hidden, dayKey(nowMs), unreadFrom, speaking()];
  const before = made.get(conversation);
  if (before !== undefined && of.every((value, i) => value === before.of[i])) return before.lines;
  const lines = cut(state, place, nowMs, unreadFrom);
  made.set(conversation, { of, lines });
  return lines;
}

function cut(state: State, place: Place, nowMs: number, unreadFrom: UnreadFrom | undefined): readonly Line[] {
  const conversation = resolve(state, place);
  const look = new Look(state, place, conversation);
  const lines: Line[] = [];
  let day = '';
  let author: AccountId | undefined;
  // Only where it belongs: what stands before it has to be there.
  const first = conversation?.messages[0]?.seq ?? 0n;
  const counted = unreadFrom !== undefined && (first <= unreadFrom.after + 1n || conversation?.more === false);
  const unread = counted ? (conversation?.messages ?? []).filter((message) => isUnread(state, message, unreadFrom)) : [];
  const openDay = (timeMs: number) => {
    if (dayKey(timeMs) === day) return;
    day = dayKey(timeMs);
    author = undefined;
    lines.push({ kind: 'day', key: `day-${day}`, text: dayName(timeMs, nowMs) });
  };
  for (const message of conversation?.messages ?? []) {
    if (message.body.kind === 'reacted' || revises(message) !== undefined || isHidden(state, message)) continue;
    openDay(message.timeMs);
    if (message === unread[0]) {
      lines.push({ kind: 'unread', key: 'unread', text: t('unread_line', { count: unread.length }) });
      author = undefined;
    }
    const text = systemText(state, message);
    if (text !== undefined) {
      lines.push({ kind: 'system', key: String(message.seq), text });
      author = undefined;
      continue;
    }
    lines.push(look.bubble(message, message.author !== author));
    author = message.author;
  }
  for (const item of pendingIn(state, place)) {
    openDay(item.writtenMs);
    const pending = look.pending(item, author !== state.me?.account);
    if (pending !== undefined) lines.push(pending);
    author = state.me?.account;
  }
  return lines;
}

// What others said to me, and I had not seen: neither reactions nor news of the group are messages to read.
const isUnread = (state: State, message: Message, { after, to }: UnreadFrom): boolean =>
  message.seq > after && message.seq <= to && message.author !== state.me?.account && (isSaid(message.body) || message.body.kind === 'unreadable') && !isHidden(state, message);

// What bubbles need to know of the conversation around them, looked up once.
class Look {
  readonly #bySeq: ReadonlyMap<Seq, Message>;
  readonly #reactions: ReadonlyMap<Seq, ReadonlyMap<AccountId, string>>;
  readonly #chosen = new Map<Seq, string>();
  readonly #wished: Wished;

  constructor(
    private readonly state: State,
    place: Place,
    private readonly conversation: Conversation | undefined,
  ) {
    const messages = conversation?.messages ?? [];
    this.#bySeq = new Map(messages.map((message) => [message.seq, message]));
    this.#reactions = reactionsIn(state, place);
    this.#wished = wishedIn(state, conversation?.id);
    for (const { author, body, replyTo } of messages) {
      if (author === state.me?.account && body.kind === 'choice' && replyTo !== undefined) this.#chosen.set(replyTo, body.option.id);
    }
    for (const { request } of pendingIn(state, place)) {
      if (request.kind === 'send' && request.said.kind === 'choice' && request.replyTo !== undefined) this.#chosen.set(request.replyTo, request.said.option.id);
    }
  }

  bubble(message: Message, first: boolean): Bubble {
    const { author, seq, body, replyTo, timeMs } = message;
    const { state, conversation } = this;
    const own = author === state.me?.account;
    const person = state.people.get(author);
    const wish = body.kind === 'erased' || this.#wished.deletions.has(seq) ? kErased : this.#wished.edits.get(seq);
    const said: Bubble['body'] = wish ?? (isSaid(body) ? body : kUnreadable);
    const erased = said.kind === 'erased';
    return {
      kind: 'bubble',
      key: String(seq),
      seq,
      own,
      body: said,
      text: said.kind === 'erased' ? erasedText(state, message) : said.kind === 'unreadable' ? t('unreadable') : described(said, kMediaNames),
      timeMs,
      author: this.#name(author),
      sender: first && !own && conversation?.kind === 'group' ? nameOf(person) : undefined,
      hue: author,
      bot: person?.bot === true,
      first,
      tick: own && conversation ? (wish !== undefined && body.kind !== 'erased' ? 'pending' : tickOf(conversation, seq)) : undefined,
      failed: undefined,
      uploading: undefined,
      quote: erased || replyTo === undefined ? undefined : this.quote(replyTo),
      reactions: erased ? [] : this.#marks(seq),
      chosen: this.#chosen.get(seq),
      played: own || state.played.has(messageKey(message.conversation, seq)),
      starred: !erased && state.starred.has(messageKey(message.conversation, seq)),
      edited: !erased && message.edited !== undefined,
    };
  }

  pending(item: OutboxItem, first: boolean): Bubble | undefined {
    const { request, failure, clientId } = item;
    const me = this.state.me?.account;
    if (request.kind !== 'send' || request.said.kind === 'reaction') return undefined;
    return {
      kind: 'bubble',
      key: clientId,
      seq: undefined,
      own: true,
      body: request.said,
      text: described(request.said, kMediaNames),
      timeMs: item.writtenMs,
      author: t('you'),
      sender: undefined,
      hue: me ?? 0n,
      bot: false,
      first,
      tick: failure ? 'failed' : 'pending',
      failed: failure && { clientId, text: failure.text },
      uploading: failure === undefined && waitsForFile(item) ? clientId : undefined,
      quote: request.replyTo === undefined ? undefined : this.quote(request.replyTo),
      reactions: [],
      chosen: undefined,
      played: true,
      starred: false,
      edited: false,
    };
  }

  quote(seq: Seq): Quote {
    const message = this.#bySeq.get(seq);
    if (message === undefined || !isSaid(message.body)) return { seq, who: '', hue: 0n, text: t('quoted_gone'), thumbnail: undefined };
    const { body, author } = message;
    const thumbnail = body.kind === 'media' && body.media.thumbnail.length > 0 ? body.media.thumbnail : undefined;
    return { seq, who: this.#name(author), hue: author, text: brief(body, kMediaNames), thumbnail };
  }

  #marks(seq: Seq): readonly ReactionMark[] {
    const byEmoji = new Map<string, AccountId[]>();
    for (const [who, emoji] of this.#reactions.get(seq) ?? []) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), who]);
    return [...byEmoji].map(([emoji, who]) => ({
      emoji,
      count: who.length,
      names: who.map((account) => this.#name(account)).join(', '),
      own: this.state.me !== undefined && who.includes(this.state.me.account),
    }));
  }

  #name(account: AccountId): string {
    return account === this.state.me?.account ? t('you') : nameOf(this.state.people.get(account));
  }
}

function erasedText(state: State, { body, author }: Message): string {
  const by = body.kind === 'erased' ? body.by : state.me?.account;
  return t(by === state.me?.account && author === by ? 'erased_own' : 'erased');
}

/** What a reply that is being written answers; undefined when that is not a message. */
export function quoteOf(state: State, place: Place, seq: Seq): Quote {
  return new Look(state, place, resolve(state, place)).quote(seq);
}

function systemText(state: State, message: Message): string | undefined {
  const name = (account: AccountId) => (account === state.me?.account ? t('you') : nameOf(state.people.get(account)));
  const who = name(message.author);
  const { body } = message;
  switch (body.kind) {
    case 'text':
    case 'media':
    case 'location':
    case 'contacts':
    case 'interactive':
    case 'choice':
    case 'reacted':
    case 'edited':
    case 'deleted':
    case 'erased':
    case 'unreadable':
      return undefined;
    case 'group_created':
      return t('sys_created', { who, name: body.name });
    case 'renamed':
      return t('sys_renamed', { who, name: body.name });
    case 'group_changed':
      return t(`sys_${body.change}`, { who });
    case 'members_changed': {
      const left = body.removed.length === 1 && body.removed[0] === message.author;
      const joined = body.added.length === 1 && body.added[0] === message.author;
      const names = (accounts: readonly AccountId[]) => accounts.map(name).join(', ');
      const parts = [
        ...(body.added.length > 0 ? [joined ? t('sys_joined', { who }) : t('sys_added', { who, names: names(body.added) })] : []),
        ...(body.removed.length > 0 ? [left ? t('sys_left', { who }) : t('sys_removed', { who, names: names(body.removed) })] : []),
        ...(body.promoted.length > 0 ? [t('sys_promoted', { who, names: names(body.promoted) })] : []),
        ...(body.demoted !== undefined ? [t('sys_demoted', { who, names: names(body.demoted) })] : []),
      ];
      return parts.join('. ');
    }
  }
}

/** Whether its author may still give it other words; the server's clock decides in the end. */
export const editable = ({ own, body, timeMs, seq }: Bubble, nowMs: number): boolean =>
  own && seq !== undefined && (body.kind === 'text' || body.kind === 'media') && nowMs - timeMs < kEditWindowMs;
/** Whether it can be deleted for everyone: an own one for a while, any one by an admin of the group. */
export const erasable = ({ own, body, timeMs, seq }: Bubble, admin: boolean, nowMs: number): boolean =>
  seq !== undefined && body.kind !== 'erased' && (admin || (own && nowMs - timeMs < kDeleteWindowMs));
/** What is edited of it. */
export const wordsOf = ({ body }: Bubble): string => (body.kind === 'text' ? body.text : body.kind === 'media' ? body.media.caption : '');
