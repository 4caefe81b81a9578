// Finding chats, people and messages on this device. Capitals and accents do not count; all words of the question have
// to be there, anywhere.
import type { ConversationId, Seq } from '../client/ids';
import { chatList } from './chat_list';
import type { ChatRow } from './chat_list';
import { described } from './described';
import type { Message, Person, State } from './model';
import { directWith, isHidden, isSaid, nameOf } from './selectors';

export interface Found {
  readonly message: Message;
  readonly text: string; // what was said, in words
}
/** A piece of a text; `hit` is what was asked for. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** How letters are compared. */
export const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export const wordsOf = (query: string): readonly string[] => folded(query).split(/\s+/).filter((word) => word !== '');

export function matches(text: string, words: readonly string[]): boolean {
  const there = folded(text);
  return words.every((word) => there.includes(word));
}

export function findChats(state: State, query: string, nowMs: number): readonly ChatRow[] {
  const words = wordsOf(query);
  return words.length === 0 ? [] : chatList(state, nowMs).filter((row) => matches(row.title, words) || (!row.group && phoneMatches(state, row, query)));
}

/** Those with whom there is no chat yet. */
export function findPeople(state: State, query: string): readonly Person[] {
  if (wordsOf(query).length === 0) return [];
  return [...state.people.values()]
    .filter((person) => person.id !== state.me?.account && person.phone !== '' && matchesPerson(person, query))
    .filter((person) => directWith(state, person.id) === undefined)
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

export const matchesPerson = (person: Person, query: string): boolean => matches(`${nameOf(person)} ${person.name}`, wordsOf(query)) || phoneHas(person, query);

function phoneMatches(state: State, { chat }: ChatRow, query: string): boolean {
  const id = /^person\/(\d+)$/.exec(chat)?.[1];
  const person = id === undefined ? undefined : state.people.get(BigInt(id) as Person['id']);
  return person !== undefined && (phoneHas(person, query) || matches(person.name, wordsOf(query)));
}

function phoneHas(person: Person, query: string): boolean {
  const digits = query.replace(/[\s()+-]/g, '');
  return /^\d{3,}$/.test(digits) && person.phone.includes(digits);
}

/** Where messages are read: pages of one conversation, newest first asked, oldest first given. */
export interface MessagePages {
  readonly state: State;
  messagesOf(conversation: ConversationId, before: Seq | undefined, limit: number): Promise<readonly Message[]>;
}

const kPage = 500;

/** Messages that have all these words: of the chat that is newest first, and there the newest first. Ends at `limit`, or when `signal` says so. */
export async function* findMessages(pages: MessagePages, query: string, limit: number, signal: AbortSignal): AsyncGenerator<Found> {
  const words = wordsOf(query);
  if (words.length === 0) return;
  let count = 0;
  for (const { place } of chatList(pages.state)) {
    if (place.kind !== 'conversation') continue;
    for (let before: Seq | undefined; ; ) {
      const page = await pages.messagesOf(place.id, before, kPage);
      for (const message of [...page].reverse()) {
        if (signal.aborted) return;
        const text = isSaid(message.body) && !isHidden(pages.state, message) ? described(message.body) : '';
        if (text === '' || !matches(text, words)) continue;
        yield { message, text };
        if (++count >= limit) return;
      }
      if (page.length < kPage || signal.aborted) break;
      before = page[0]?.seq;
    }
    if (signal.aborted) return;
  }
}

const kBefore = 24; // letters shown before the first hit
const kLong = 160;

/** A line of the text around the first thing that was asked for, cut where something was. */
export function excerpt(text: string, query: string): readonly Piece[] {
  const line = text.replace(/\s+/g, ' ').trim();
  const hits = hitsIn(line, wordsOf(query));
  const from = Math.max(0, (hits[0]?.[0] ?? 0) - kBefore);
  const pieces: Piece[] = [];
  let at = from;
  for (const [begin, end] of hits) {
    if (begin >= from + kLong) break;
    if (begin > at) pieces.push({ text: line.slice(at, begin), hit: false });
    pieces.push({ text: line.slice(begin, end), hit: true });
    at = end;
  }
  const rest = line.slice(at, Math.max(at, from + kLong));
  if (rest !== '') pieces.push({ text: rest, hit: false });
  const [first] = pieces;
  return from > 0 && first !== undefined ? [{ ...first, text: `…${first.text}` }, ...pieces.slice(1)] : pieces;
}

// Places of the words in the text itself: folding may change its length, so letters are folded one by one.
function hitsIn(text: string, words: readonly string[]): readonly (readonly [number, number])[] {
  const letters: string[] = [];
  const places: number[] = [];
  let at = 0;
  for (const letter of text) {
    for (const unit of folded(letter)) {
      letters.push(unit);
      places.push(at);
    }
    at += letter.length;
  }
  const plain = letters.join('');
  const marked = new Uint8Array(text.length + 1);
  const units = letters.flatMap((letter, i) => Array.from({ length: letter.length }, () => i));
  for (const word of words) {
    for (let found = plain.indexOf(word); found >= 0; found = plain.indexOf(word, found + word.length)) {
      const begin = places[units[found] ?? 0] ?? 0;
      const end = places[units[found + word.length] ?? letters.length] ?? text.length;
      marked.fill(1, begin, Math.max(end, begin + 1));
    }
  }
  const hits: [number, number][] = [];
  for (let i = 0; i < text.length; i++) {
    if (marked[i] === 0) continue;
    const begin = i;
    while (i < text.length && marked[i] === 1) i++;
    hits.push([begin, i]);
  }
  return hits;
}
