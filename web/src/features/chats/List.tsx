// The rows of the list, of which only those in sight are drawn. Arrows move through all of them; a row's menu opens by
// right click, a long touch or the menu key.
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { ChatRow } from '../../state/chat_list';
import { Avatar } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { Menu, useMenuAt } from '../../ui/menu';
import type { MenuItem, Point } from '../../ui/menu';
import { t } from '../../ui/text';
import { TickMark } from '../../ui/tick';
import { shortTime } from '../../ui/time';
import { useRows } from '../../ui/use_rows';
import type { ChatsActions, ChatsSnapshot, Preview } from './model';
import { placeKey } from './model';
import css from './View.module.css';

const kRowRem = 4.5;
const kPageRows = 8;
const kHourMs = 3_600_000;

interface Props {
  readonly rows: readonly ChatRow[];
  readonly snapshot: ChatsSnapshot;
  readonly actions: ChatsActions;
}

export function ChatList({ rows, snapshot, actions }: Props) {
  const { box, rowPx, from, to, reveal } = useRows(rows.length, kRowRem);
  const [active, setActive] = useState<string>(); // where the arrows are
  const [menu, setMenu] = useState<{ readonly row: ChatRow; readonly at: Point }>();
  const list = useRef<HTMLUListElement>(null);
  const wanted = useRef(false); // the focus shall follow
  const at = rows.findIndex((row) => placeKey(row.place) === (active ?? snapshot.selected));
  const tabbed = at < 0 ? 0 : at;
  const drawn = rows.map((_, i) => i).slice(from, to);
  if (at >= 0 && at < from) drawn.unshift(at); // the focus would be lost with its row
  if (at >= to) drawn.push(at);

  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    list.current?.querySelector<HTMLElement>('[data-active="true"]')?.focus({ preventScroll: true });
  });
  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    wanted.current = true;
    setActive(placeKey(row.place));
    reveal(rows.indexOf(row));
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: tabbed + 1, ArrowUp: tabbed - 1, PageDown: tabbed + kPageRows, PageUp: tabbed - kPageRows, Home: 0, End: rows.length - 1 };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    moveTo(step);
  };
  return (
    <div ref={box} className={css['scroll']}>
      <ul ref={list} className={css['list']} aria-label={t('chat_list')} style={{ height: rows.length * rowPx }} onKeyDown={onKey}>
        {drawn.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = placeKey(row.place);
          return (
            <li key={key} style={{ top: index * rowPx }} aria-setsize={rows.length} aria-posinset={index + 1}>
              <ChatEntry
                row={row}
                preview={snapshot.previewOf(row)}
                nowMs={snapshot.nowMs}
                selected={key === snapshot.selected}
                active={index === tabbed}
                onFocus={() => setActive(key)}
                onOpen={() => actions.open(row.place)}
                onMenu={(point) => setMenu({ row, at: point })}
              />
            </li>
          );
        })}
      </ul>
      {menu !== undefined && <ChatMenu row={menu.row} at={menu.at} actions={actions} onClose={() => setMenu(undefined)} />}
    </div>
  );
}

interface EntryProps {
  readonly row: ChatRow;
  readonly preview: Preview;
  readonly nowMs: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onMenu: (at: Point) => void;
}

function ChatEntry({ row, preview, nowMs, selected, active, onFocus, onOpen, onMenu }: EntryProps) {
  const byMenu = useMenuAt(onMenu);
  const counted = row.unread > 0 || row.markedUnread;
  return (
    <div className={css['entry']} data-unread={counted} {...byMenu}>
      <button type="button" className={css['open']} data-active={active} tabIndex={active ? 0 : -1} aria-current={selected ? 'true' : undefined} onFocus={onFocus} onClick={onOpen}>
        <Avatar name={row.title} hue={row.hue} group={row.group} />
        <span>
          <span className={css['line']}>
            <bdi className={css['title']}>{row.title}</bdi>
            <span className={css['time']}>{shortTime(row.timeMs, nowMs)}</span>
          </span>
          <span className={css['line']}>
            <span className={css['preview']} data-look={preview.look}>
              {preview.look === 'draft' && <b>{t('draft')}</b>}
              {preview.look === 'plain' && row.lastOwnTick && <TickMark tick={row.lastOwnTick} />}
              {preview.icon !== undefined && <Icon name={preview.icon} size={16} />}
              <bdi className={css['words']}>{preview.words}</bdi>
            </span>
            <span className={css['signs']}>
              {row.request && <Sign icon="person" text={t('message_request')} />}
              {row.muted && <Sign icon="mute" text={t('muted')} />}
              {row.pinnedMs > 0 && <Sign icon="tack" text={t('pinned')} />}
              {row.unread > 0 ? (
                <span className={css['badge']} aria-label={t('unread', { count: row.unread })}>
                  {row.unread > 999 ? '999+' : row.unread}
                </span>
              ) : (
                row.markedUnread && <span className={`${css['badge']} ${css['dot']}`} role="img" aria-label={t('marked_unread')} />
              )}
            </span>
          </span>
        </span>
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={css['more']}
        aria-label={t('chat_options')}
        title={t('chat_options')}
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          onMenu({ x: box.left, y: box.bottom });
        }}
      >
        <Icon name="down" size={18} />
      </button>
    </div>
  );
}

function Sign({ icon, text }: { readonly icon: 'mute' | 'tack' | 'person'; readonly text: string }) {
  return (
    <span role="img" aria-label={text} title={text} className={css['sign']}>
      <Icon name={icon} size={16} />
    </span>
  );
}

function ChatMenu({ row, at, actions, onClose }: { readonly row: ChatRow; readonly at: Point; readonly actions: ChatsActions; readonly onClose: () => void }) {
  const [muting, setMuting] = useState(false);
  const { place } = row;
  const mute = (key: 'mute_8h' | 'mute_week' | 'mute_always', forMs: number): MenuItem => ({ key, text: t(key), onChoose: () => actions.mute(place, forMs) });
  const unread = row.unread > 0 || row.markedUnread;
  const items: readonly MenuItem[] = muting
    ? [mute('mute_8h', 8 * kHourMs), mute('mute_week', 7 * 24 * kHourMs), mute('mute_always', Infinity)]
    : [
        { key: 'unread', icon: unread ? 'chosen' : 'dot', text: t(unread ? 'mark_read' : 'mark_unread'), onChoose: () => actions.markUnread(place, !unread) },
        { key: 'pin', icon: row.pinnedMs > 0 ? 'untack' : 'tack', text: t(row.pinnedMs > 0 ? 'unpin_chat' : 'pin_chat'), onChoose: () => actions.pin(place, row.pinnedMs === 0) },
        row.muted
          ? { key: 'mute', icon: 'bell', text: t('unmute_chat'), onChoose: () => actions.mute(place, 0) }
          : { key: 'mute', icon: 'mute', text: t('mute_chat'), keepOpen: true, onChoose: () => setMuting(true) },
        { key: 'archive', icon: row.archived ? 'unarchive' : 'archive', text: t(row.archived ? 'unarchive_chat' : 'archive_chat'), onChoose: () => actions.archive(place, !row.archived) },
      ];
  return <Menu label={t('options_of', { name: row.title })} items={items} at={at} onClose={onClose} />;
}
