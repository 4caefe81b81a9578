// What was found: chats, people with whom there is none yet, and messages, as they come.
import { useEffect, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { excerpt } from '../../state/search';
import type { Piece } from '../../state/search';
import { Avatar } from '../../ui/controls';
import { t } from '../../ui/text';
import { shortTime } from '../../ui/time';
import type { ChatsActions, MessageHit } from './model';
import css from './Results.module.css';

const kAfterMs = 150; // of the last key
const kChatsMax = 30;

interface Props {
  readonly query: string;
  readonly nowMs: number;
  readonly actions: ChatsActions;
}

export function Results({ query, nowMs, actions }: Props) {
  const [messages, setMessages] = useState<readonly MessageHit[]>([]);
  const [looking, setLooking] = useState(true);
  const { chats, people } = actions.findHere(query);
  useEffect(() => {
    const stop = new AbortController();
    setLooking(true);
    const timer = setTimeout(() => {
      setMessages([]);
      actions
        .findMessages(query, (hits) => setMessages(hits), stop.signal)
        .catch(() => {})
        .finally(() => !stop.signal.aborted && setLooking(false));
    }, kAfterMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, actions]);

  const none = !looking && chats.length + people.length + messages.length === 0;
  return (
    <div className={css['results']} onKeyDown={step}>
      <p role="status" className={css['status']}>
        {none ? t('found_nothing', { query: query.trim() }) : looking && messages.length === 0 ? t('searching') : ''}
      </p>
      <Section title={t('chats')} count={chats.length}>
        {chats.slice(0, kChatsMax).map((row) => (
          <Hit key={row.chat} title={row.title} pieces={excerpt(row.title, query)} hue={row.hue} group={row.group} note={shortTime(row.timeMs, nowMs)} onOpen={() => actions.open(row.place)} />
        ))}
      </Section>
      <Section title={t('people_found')} count={people.length}>
        {people.slice(0, kChatsMax).map(({ place, name, phone, hue }) => (
          <Hit key={String(place.id)} title={name} pieces={excerpt(name, query)} hue={hue} line={[{ text: phone, hit: false }]} onOpen={() => actions.open(place)} />
        ))}
      </Section>
      <Section title={t('messages')} count={messages.length}>
        {messages.map((hit) => (
          <MessageRow key={`${hit.conversation}/${hit.seq}`} hit={hit} nowMs={nowMs} onOpen={() => actions.open({ kind: 'conversation', id: hit.conversation }, hit.seq)} />
        ))}
      </Section>
    </div>
  );
}

function Section({ title, count, children }: { readonly title: string; readonly count: number; readonly children: React.ReactNode }) {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

interface HitProps {
  readonly title: string;
  readonly pieces: readonly Piece[];
  readonly hue: bigint;
  readonly group?: boolean;
  readonly who?: string;
  readonly line?: readonly Piece[];
  readonly note?: string;
  readonly onOpen: () => void;
}

/** A message that was found or starred, and where it stands. */
export function MessageRow({ hit: { title, hue, group, who, pieces, timeMs }, nowMs, onOpen }: { readonly hit: MessageHit; readonly nowMs: number; readonly onOpen: () => void }) {
  return <Hit title={title} pieces={[{ text: title, hit: false }]} hue={hue} group={group} who={who} line={pieces} note={shortTime(timeMs, nowMs)} onOpen={onOpen} />;
}

function Hit({ title, pieces, hue, group = false, who = '', line, note, onOpen }: HitProps) {
  return (
    <li>
      <button type="button" className={css['hit']} onClick={onOpen}>
        <Avatar name={title} hue={hue} group={group} size="small" />
        <span className={css['lines']}>
          <span className={css['first']}>
            <bdi className={css['title']}>
              <Pieces pieces={pieces} />
            </bdi>
            {note !== undefined && <span className={css['note']}>{note}</span>}
          </span>
          {line !== undefined && (
            <span className={css['line']}>
              {who !== '' && (
                <>
                  <bdi>{who}</bdi>:{' '}
                </>
              )}
              <bdi>
                <Pieces pieces={line} />
              </bdi>
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
  return pieces.map(({ text, hit }, i) => (hit ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>));
}

// Arrows go from one result to the next, also out of the field above.
export function step(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[type="search"], li button')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}
