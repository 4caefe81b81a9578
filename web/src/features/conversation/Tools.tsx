// What one can do with a message: react, reply, copy, star, ask about it, choose it and others, delete it here. Beside the bubble under a pointer, and always for the keyboard.
import { useLayoutEffect, useRef, useState } from 'react';
import type { MouseEvent, PointerEvent } from 'react';
import { Icon } from '../../ui/icons';
import type { IconName } from '../../ui/icons';
import { Popover } from '../../ui/popover';
import { speaking, t } from '../../ui/text';
import type { TextKey } from '../../ui/text';
import type { BubbleEvents } from './Bubble';
import { editable } from './lines';
import type { Bubble } from './lines';
import type { ConversationActions } from './model';
import { copyText } from './said_text';
import css from './Tools.module.css';

export const kEmoji = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

const kMenuPx = 340; // about as high as the menu is

interface Props {
  readonly line: Bubble;
  readonly actions: ConversationActions;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly active: boolean; // one may answer
  readonly on: BubbleEvents;
}

export function Tools({ line, actions, open, onOpen, active, on }: Props) {
  const [up, setUp] = useState(false);
  const here = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (open) setUp((here.current?.getBoundingClientRect().bottom ?? 0) + kMenuPx > window.innerHeight);
  }, [open]);
  const { seq } = line;
  if (seq === undefined) return null;
  const mine = line.reactions.find((mark) => mark.own)?.emoji;
  const close = () => onOpen(false);
  const gone = line.body.kind === 'erased';
  const short = line.text.length > 60 ? `${line.text.slice(0, 60)}…` : line.text;
  const entry = (icon: IconName, key: TextKey, work: () => void, danger = false) => (
    <button
      type="button"
      className={`${css['entry']} ${danger ? css['danger'] : ''}`}
      onClick={() => {
        close();
        work();
      }}
    >
      <Icon name={icon} size={18} /> {t(key)}
    </button>
  );
  return (
    <span ref={here} className={css['tools']} data-open={open} data-up={up}>
      {active && !gone && (
        <button type="button" tabIndex={-1} aria-label={t('reply')} title={t('reply')} onClick={() => actions.reply(seq)}>
          <Icon name="reply" size={18} />
        </button>
      )}
      <button type="button" aria-label={t('message_actions', { text: short })} title={t('react')} aria-expanded={open} onClick={() => onOpen(!open)}>
        <Icon name="smile" size={18} />
      </button>
      {open && (
        <Popover label={t('message_actions', { text: short })} className={css['menu']} onClose={close}>
          {active && !gone && (
            <span className={css['emoji']} role="group" aria-label={t('react')}>
              {kEmoji.map((emoji) => (
                <button
                  key={emoji}
                  type="button"
                  aria-label={t(mine === emoji ? 'take_back' : 'react_with', { emoji })}
                  aria-pressed={mine === emoji}
                  onClick={() => {
                    close();
                    actions.react(seq, mine === emoji ? '' : emoji);
                  }}
                >
                  {emoji}
                </button>
              ))}
            </span>
          )}
          {active && !gone && entry('reply', 'reply', () => actions.reply(seq))}
          {active && editable(line, Date.now()) && entry('pencil', 'edit', () => on.edit(line))}
          {line.body.kind !== 'unreadable' && !gone && entry('forwarded', 'forward', () => on.forward(line))}
          {!gone && entry('copy', 'copy', () => copyText(line.text))}
          {!gone && entry(line.starred ? 'unstar' : 'star', line.starred ? 'unstar' : 'star', () => actions.star(seq, !line.starred))}
          {entry('info', 'message_info', () => on.info(line))}
          {entry('chosen', 'select', () => on.pick(line))}
          {entry('trash', 'delete_for_me', () => on.hide(line), true)}
        </Popover>
      )}
    </span>
  );
}

export function Reactions({ line, actions }: { readonly line: Bubble; readonly actions: ConversationActions }) {
  if (line.reactions.length === 0) return null;
  return (
    <span className={css['reactions']}>
      {line.reactions.map(({ emoji, count, names, own }) => (
        <button
          key={emoji}
          type="button"
          aria-label={t('reactions', { emoji, count, names })}
          title={names}
          aria-pressed={own}
          onClick={() => line.seq !== undefined && actions.react(line.seq, own ? '' : emoji)}
        >
          {emoji}
          {count > 1 && <small>{count}</small>}
        </button>
      ))}
    </span>
  );
}

const kSwipePx = 64;
const kHoldMs = 450;

/** On a touch screen: swipe along the writing to reply, hold to see what else there is. */
export function useTouch(onReply: (() => void) | undefined, onHold: () => void) {
  const [shift, setShift] = useState(0);
  const begin = useRef<{ readonly x: number; readonly y: number; readonly timer: ReturnType<typeof setTimeout> }>(undefined);
  const held = useRef(false); // the press that opened the menu is no click on what lies below
  const end = () => {
    if (begin.current !== undefined) clearTimeout(begin.current.timer);
    begin.current = undefined;
    setShift(0);
  };
  const handlers =
    onReply === undefined
      ? {}
      : {
          onPointerDown: (event: PointerEvent) => {
            held.current = false;
            if (event.pointerType !== 'touch') return;
            const timer = setTimeout(() => {
              end();
              held.current = true;
              onHold();
            }, kHoldMs);
            begin.current = { x: event.clientX, y: event.clientY, timer };
          },
          onPointerMove: (event: PointerEvent) => {
            const from = begin.current;
            if (from === undefined) return;
            const along = (event.clientX - from.x) * (speaking().direction === 'rtl' ? -1 : 1);
            const down = Math.abs(event.clientY - from.y);
            if (down > 24 && along < 24) end();
            else if (Math.abs(along) > 8) {
              clearTimeout(from.timer);
              setShift(Math.max(0, Math.min(kSwipePx + 16, along)));
            }
          },
          onPointerUp: () => {
            if (shift >= kSwipePx) onReply();
            end();
          },
          onPointerCancel: end,
          onClickCapture: (event: MouseEvent) => {
            if (!held.current) return;
            held.current = false;
            event.preventDefault();
            event.stopPropagation();
          },
        };
  return { shift, handlers };
}
