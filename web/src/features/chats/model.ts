// The list of chats, and how a new one begins.
import type { AccountId, ConversationId, Seq } from '../../client/ids';
import { chatList } from '../../state/chat_list';
import type { ChatRow } from '../../state/chat_list';
import { brief, described } from '../../state/described';
import { unformed } from '../../state/format';
import { excerpt, findChats, findMessages, findPeople } from '../../state/search';
import type { MessagePages, Piece } from '../../state/search';
import type { Message, Person, SaidBody, State } from '../../state/model';
import { hueSource, isHidden, isSaid, nameOf, titleOf } from '../../state/selectors';
import type { Place } from '../../state/selectors';
import { hasFresh } from '../../state/statuses';
import type { TypingBoard } from '../../state/typing';
import type { IconName } from '../../ui/icons';
import { kMediaNames, t } from '../../ui/text';

/** The line below a chat's name. */
export interface Preview {
  readonly icon: IconName | undefined; // of what kind it is
  readonly words: string;
  readonly look: 'plain' | 'draft' | 'typing';
}
export interface ChatsSnapshot {
  readonly rows: readonly ChatRow[];
  readonly previewOf: (row: ChatRow) => Preview; // only those in sight are asked for
  readonly selected: string | undefined; // the key of its place
  readonly online: boolean;
  readonly nowMs: number;
  readonly freshStatuses: boolean; // somebody shows something new
}
export interface ChatsActions {
  starred(): Promise<readonly MessageHit[]>;
  open(place: Place, at?: Seq): void; // there, at this message
  /** Chats and people, at once. */
  findHere(query: string): { readonly chats: readonly ChatRow[]; readonly people: readonly PersonHit[] };
  /** Tells all that were found so far, now and then; resolves at the end. */
  findMessages(query: string, onFound: (hits: readonly MessageHit[]) => void, signal: AbortSignal): Promise<void>;
  openSettings(): void;
  openStatuses(): void;
  /** Those whom I know. */
  contacts(): readonly Person[];
  find(phone: string): Promise<Person | undefined>;
  createGroup(name: string, members: readonly AccountId[]): Promise<ConversationId>;
  pin(place: Place, pinned: boolean): void;
  /** 0: not any more; infinite: for good. */
  mute(place: Place, forMs: number): void;
  archive(place: Place, archived: boolean): void;
  markUnread(place: Place, unread: boolean): void;
}

export interface PersonHit {
  readonly place: Extract<Place, { kind: 'person' }>;
  readonly name: string;
  readonly phone: string;
  readonly hue: bigint;
}
export interface MessageHit {
  readonly conversation: ConversationId;
  readonly seq: Seq;
  readonly title: string;
  readonly hue: bigint;
  readonly group: boolean;
  readonly who: string; // in groups, and of own ones
  readonly timeMs: number;
  readonly pieces: readonly Piece[];
}

const kHitsMax = 100;
const kHitsAtOnce = 20; // shown together, so that one sees the first while others are looked for

export const searchHere = (state: State, query: string, nowMs: number): ReturnType<ChatsActions['findHere']> => ({
  chats: findChats(state, query, nowMs),
  people: findPeople(state, query).map((person) => ({ place: { kind: 'person', id: person.id }, name: nameOf(person), phone: person.phone, hue: person.id })),
});

export async function searchMessages(pages: MessagePages, query: string, onFound: (hits: readonly MessageHit[]) => void, signal: AbortSignal): Promise<void> {
  const hits: MessageHit[] = [];
  for await (const { message, text } of findMessages(pages, query, kHitsMax, signal)) {
    const hit = hitOf(pages.state, message, text, query);
    if (hit === undefined) continue;
    hits.push(hit);
    if (hits.length % kHitsAtOnce === 1) onFound([...hits]);
  }
  if (!signal.aborted) onFound(hits);
}

export const starredHits = (state: State, messages: readonly Message[]): readonly MessageHit[] =>
  messages.flatMap((message) => (isSaid(message.body) && !isHidden(state, message) ? (hitOf(state, message, described(message.body, kMediaNames), '') ?? []) : []));

function hitOf(state: State, { conversation: id, seq, author, timeMs }: Message, text: string, query: string): MessageHit | undefined {
  const conversation = state.conversations.get(id);
  if (conversation === undefined) return undefined;
  const group = conversation.kind === 'group';
  const who = author === state.me?.account ? t('you') : group ? nameOf(state.people.get(author)) : '';
  return { conversation: id, seq, title: titleOf(state, conversation), hue: hueSource(state, { kind: 'conversation', id }), group, who, timeMs, pieces: excerpt(text, query) };
}

export const placeKey = (place: Place): string => `${place.kind}/${place.id}`;

export function chatsSnapshot(state: State, typing: Pick<TypingBoard, 'of'>, selected: string | undefined, online: boolean, nowMs: number): ChatsSnapshot {
  return { online, nowMs, selected, freshStatuses: hasFresh(state, nowMs), rows: chatList(state, nowMs), previewOf: (row) => typingIn(state, typing, row) ?? preview(state, row, selected) };
}

function typingIn(state: State, typing: Pick<TypingBoard, 'of'>, { place, group }: ChatRow): Preview | undefined {
  const [first] = place.kind === 'conversation' ? [...(typing.of(place.id) ?? [])].filter(([account]) => account !== state.me?.account) : [];
  if (first === undefined) return undefined;
  const [account, doing] = first;
  const words = group ? t(`${doing}_one`, { who: nameOf(state.people.get(account)) }) : t(doing);
  return { icon: undefined, words, look: 'typing' };
}

function preview(state: State, row: ChatRow, selected: string | undefined): Preview {
  if (row.draft !== '' && placeKey(row.place) !== selected) return { icon: undefined, words: oneLine(row.draft), look: 'draft' };
  if (row.pending?.request.kind === 'send' && row.pending.request.said.kind !== 'reaction') return said(row.pending.request.said, '');
  const { last } = row;
  if (last === undefined) return { icon: undefined, words: '', look: 'plain' };
  const mine = last.author === state.me?.account;
  const who = mine ? t('you') : nameOf(state.people.get(last.author));
  if (isSaid(last.body)) return said(last.body, row.group && !mine ? who : '');
  return { icon: undefined, words: news(last.body, who), look: 'plain' };
}

function said(body: SaidBody, who: string): Preview {
  const icon = iconOf(body);
  // The icon stands for the sign that the words begin with.
  const words = oneLine(unformed(brief(body, kMediaNames).slice(0, 400))).replace(icon === undefined ? '' : /^\p{Extended_Pictographic}\uFE0F? /u, '');
  return { icon, words: who === '' ? words : t('said_in_group', { who, text: words }), look: 'plain' };
}

function iconOf(body: SaidBody): IconName | undefined {
  switch (body.kind) {
    case 'media':
      return ({ image: 'photo', video: 'film', audio: 'music', voice: 'mic', document: 'file', sticker: 'sticker' } as const)[body.media.kind];
    case 'location':
      return 'pin';
    case 'contacts':
      return 'person';
    case 'interactive':
      return 'list';
    case 'choice':
      return 'chosen';
    case 'text':
      return undefined;
  }
}

function news(body: Exclude<Message['body'], SaidBody>, who: string): string {
  switch (body.kind) {
    case 'group_created':
      return t('sys_created', { who, name: body.name });
    case 'renamed':
      return t('sys_renamed', { who, name: body.name });
    case 'members_changed':
      return t('members');
    case 'group_changed':
      return t(`sys_${body.change}`, { who });
    case 'reacted':
      return body.emoji === '' ? '' : t('reacted', { who, emoji: body.emoji });
    case 'edited':
      return t('edited_news', { who });
    case 'deleted':
    case 'erased':
      return t('erased');
    case 'unreadable':
      return t('unreadable');
  }
}

const oneLine = (text: string): string => text.slice(0, 400).replace(/\s*\n+\s*/g, ' ');
