// The lines of a conversation, of which those around what one sees are drawn: older ones come as one goes up, a jump goes
// to a message, and a button back to the end.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Seq } from '../../client/ids';
import { Button } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { speaking, t } from '../../ui/text';
import { BubbleView } from './Bubble';
import type { BubbleEvents, Picking } from './Bubble';
import type { Line } from './lines';
import { answerable } from './model';
import type { ConversationActions, ConversationSnapshot } from './model';
import { useWindow } from './use_window';
import type { ChatWindow } from './use_window';
import css from './View.module.css';

interface Props {
  readonly snapshot: ConversationSnapshot;
  readonly actions: ConversationActions;
  readonly progress: ReadonlyMap<string, number> | undefined; // of uploads, by client id
  readonly target: Seq | undefined; // a message to go to
  readonly picking: Picking | undefined; // messages are chosen
  readonly onArrived: (() => void) | undefined;
  readonly on: Omit<BubbleEvents, 'jump'>;
}

const kNearTopPx = 700;
const kLitMs = 1600;

export function LinesView({ snapshot, actions, progress, target, picking, onArrived, on }: Props) {
  const { lines } = snapshot;
  const window = useWindow(lines);
  const [loading, setLoading] = useState(false);
  const { lit, jump } = useJump(snapshot, actions, window);
  const latest = useRef({ on, jump });
  latest.current = { on, jump };
  const events = useMemo(
    (): BubbleEvents => ({
      view: (line) => latest.current.on.view(line),
      jump: (quote) => void latest.current.jump(quote.seq),
      info: (line) => latest.current.on.info(line),
      pick: (line) => latest.current.on.pick(line),
      forward: (line) => latest.current.on.forward(line),
      hide: (line) => latest.current.on.hide(line),
      edit: (line) => latest.current.on.edit(line),
    }),
    [],
  );
  useEffect(() => {
    if (target !== undefined) void jump(target).then(onArrived);
  }, [target]);
  useStart(lines, window, target);
  useSeen(snapshot, actions, window);
  const lastKey = lines.at(-1)?.key;

  const older = () => {
    if (loading) return;
    setLoading(true);
    actions
      .older()
      .catch(() => {})
      .finally(() => setLoading(false));
  };
  // Before one comes to the end of what is here; also when it does not fill the page.
  const near = () => {
    const box = window.box.current;
    if (box !== null && snapshot.more && window.from === 0 && box.scrollTop < kNearTopPx) older();
  };
  useEffect(near, [snapshot.key, snapshot.more, lines[0]?.key, window.from]);

  return (
    <div className={css['middle']}>
      <div
        ref={window.box}
        className={css['scroll']}
        onScroll={() => {
          window.onScroll();
          near();
        }}
      >
        {snapshot.more && window.from === 0 && (
          <p className={css['older']}>
            <Button disabled={loading} onPress={older}>
              {t('older')}
            </Button>
          </p>
        )}
        <div role="log" aria-live="off" aria-label={t('message_list', { name: snapshot.title })}>
          <ol
            ref={window.list}
            className={css['lines']}
            style={{ paddingTop: window.abovePx, paddingBottom: window.belowPx }}
          >
            {lines.slice(window.from, window.to).map((line) =>
              line.kind === 'bubble' ? (
                <BubbleView
                  key={line.key}
                  line={line}
                  actions={actions}
                  active={answerable(snapshot)}
                  share={line.uploading === undefined ? undefined : progress?.get(line.uploading)}
                  lit={lit === line.key}
                  picking={picking}
                  spoken={speaking()}
                  on={events}
                />
              ) : (
                <li key={line.key} className={css[line.kind]}>
                  <span dir="auto">{line.text}</span>
                </li>
              ),
            )}
          </ol>
        </div>
      </div>
      <News lines={lines} />
      {!window.atEnd && lastKey !== undefined && (
        <button type="button" className={css['toEnd']} aria-label={t('to_end')} title={t('to_end')} onClick={window.toEnd}>
          <Icon name="down" size={20} />
          {snapshot.unreadCount > 0 && <span>{snapshot.unreadCount > 999 ? '999+' : snapshot.unreadCount}</span>}
        </button>
      )}
    </div>
  );
}

// Opened at what is not read yet; at the end when all is. An own message goes to the end, wherever one was.
function useStart(lines: readonly Line[], window: ChatWindow, target: Seq | undefined): void {
  const placed = useRef(target !== undefined);
  const unread = lines.some((line) => line.key === 'unread');
  useLayoutEffect(() => {
    if (placed.current || !unread) return;
    placed.current = true;
    window.show('unread');
  }, [unread]);
  const last = lines.at(-1);
  const waiting = last?.kind === 'bubble' && last.seq === undefined ? last.key : undefined;
  useLayoutEffect(() => {
    if (waiting !== undefined) window.toEnd();
  }, [waiting]);
}

// What stands at the end of a page that somebody looks at is read.
function useSeen(snapshot: ConversationSnapshot, actions: ConversationActions, { atEnd, isAtEnd }: ChatWindow): void {
  const lastKey = snapshot.lines.at(-1)?.key;
  useEffect(() => {
    if (!snapshot.unread || !atEnd || snapshot.lines.length === 0) return undefined;
    const look = () => {
      if (isAtEnd() && document.visibilityState === 'visible' && document.hasFocus()) actions.seen();
    };
    look();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
    };
  }, [snapshot.unread, snapshot.key, snapshot.request, lastKey, actions, atEnd]);
}

// For who cannot see: what others say while this is open. Lines that come as one goes up are no news.
function News({ lines }: { readonly lines: readonly Line[] }) {
  const last = lines.at(-1);
  const seen = useRef(last?.key);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (last === undefined || seen.current === last.key) return;
    const first = seen.current === undefined;
    seen.current = last.key;
    if (!first && last.kind === 'bubble' && !last.own) setNews(`${last.author}: ${last.text}`);
  }, [last?.key]);
  return (
    <p className={css['unseen']} aria-live="polite">
      {news}
    </p>
  );
}

// To a message that a quote shows or that was searched for.
function useJump(snapshot: ConversationSnapshot, actions: ConversationActions, window: ChatWindow) {
  const [lit, setLit] = useState<string>();
  const now = useRef(snapshot);
  now.current = snapshot;
  useEffect(() => {
    if (lit === undefined) return undefined;
    const timer = setTimeout(() => setLit(undefined), kLitMs);
    return () => clearTimeout(timer);
  }, [lit]);
  const jump = async (seq: Seq) => {
    const there = () => now.current.lines.some((line) => line.key === String(seq));
    if (!there()) await actions.reach(seq).catch(() => {});
    for (let frame = 0; frame < 10 && !there(); frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
    if (!there()) return;
    window.show(String(seq));
    setLit(String(seq));
  };
  return { lit, jump };
}
