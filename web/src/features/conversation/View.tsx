import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { Avatar, Button, IconButton } from '../../ui/controls';
import { t } from '../../ui/text';
import { BotMark, BubbleView } from './Bubble';
import type { Seq } from '../../client/ids';
import type { ConversationActions, ConversationSnapshot } from './model';
import css from './View.module.css';
import { seenIn, Viewer } from './Viewer';

interface Props {
  readonly snapshot: ConversationSnapshot;
  readonly actions: ConversationActions;
  readonly composer: ReactNode;
  readonly target?: Seq | undefined; // a message to go to
  readonly onArrived?: () => void;
  readonly progress?: ReadonlyMap<string, number>; // of uploads, by client id
}

const kNearEndPx = 120;
const kLitMs = 1600;

export function ConversationView({ snapshot, actions, composer, progress, target, onArrived }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const heightBefore = useRef(0);
  const atEnd = useRef(true);
  const [loading, setLoading] = useState(false);
  const [viewed, setViewed] = useState<string>();
  const { lit, jump } = useJump(scroller, actions, () => (atEnd.current = false));
  useEffect(() => {
    if (target !== undefined) void jump(target).then(onArrived);
  }, [target]);
  const firstKey = snapshot.lines.find((line) => line.kind !== 'day')?.key;
  const lastKey = snapshot.lines.at(-1)?.key;

  // Stay at the end when new lines come; stay at the same line when older ones are put above.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else if (box.scrollTop < kNearEndPx) box.scrollTop += box.scrollHeight - heightBefore.current;
    heightBefore.current = box.scrollHeight;
  }, [firstKey, lastKey, snapshot.key]);

  useEffect(() => {
    if (!snapshot.unread) return undefined;
    const look = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) actions.seen();
    };
    look();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
    };
  }, [snapshot.unread, snapshot.key, lastKey, actions]);

  const older = () => {
    setLoading(true);
    actions
      .older()
      .catch(() => {})
      .finally(() => setLoading(false));
  };
  // A page that does not fill the pane cannot be scrolled: get the next one.
  useEffect(() => {
    const box = scroller.current;
    if (box !== null && snapshot.more && box.scrollHeight <= box.clientHeight) older();
  }, [snapshot.key, snapshot.more, firstKey]);
  const scrolled = () => {
    const box = scroller.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < kNearEndPx;
    if (box.scrollTop < kNearEndPx && snapshot.more && !loading) older();
  };

  return (
    <section className={css['pane']} aria-label={snapshot.title}>
      <header className={css['head']}>
        <span className={css['back']}>
          <IconButton icon="back" label={t('back')} onPress={actions.back} />
        </span>
        <Avatar name={snapshot.title} hue={snapshot.hue} size="small" group={snapshot.group} />
        <div className={css['names']}>
          <h2>
            <bdi>{snapshot.title}</bdi>
            {snapshot.bot && <BotMark name={snapshot.title} />}
          </h2>
          <p role="status" className={snapshot.typing === '' ? undefined : css['typing']}>
            <bdi>{snapshot.typing || snapshot.subtitle}</bdi>
          </p>
        </div>
        {snapshot.group && <IconButton icon="info" label={t('group_info')} onPress={actions.openInfo} />}
        {snapshot.person && <IconButton icon="info" label={t('person_info', { name: snapshot.title })} onPress={actions.openInfo} />}
      </header>
      <div ref={scroller} className={css['scroll']} onScroll={scrolled}>
        {snapshot.more && (
          <p className={css['older']}>
            <Button disabled={loading} onPress={older}>
              {t('older')}
            </Button>
          </p>
        )}
        <div role="log" aria-label={t('message_list', { name: snapshot.title })}>
          <ol className={css['lines']}>
            {snapshot.lines.map((line) =>
              line.kind === 'bubble' ? (
                <BubbleView
                  key={line.key}
                  line={line}
                  actions={actions}
                  active={snapshot.active}
                  share={line.uploading === undefined ? undefined : progress?.get(line.uploading)}
                  lit={lit === line.key}
                  onView={() => setViewed(line.key)}
                  onJump={(quote) => void jump(quote.seq)}
                />
              ) : (
                <li key={line.key} className={line.kind === 'day' ? css['day'] : css['system']}>
                  {line.text}
                </li>
              ),
            )}
          </ol>
        </div>
      </div>
      {snapshot.active ? composer : <p className={css['gone']}>{t('not_member')}</p>}
      {viewed !== undefined && <Viewer all={seenIn(snapshot.lines)} at={viewed} actions={actions} onGo={setViewed} onClose={() => setViewed(undefined)} />}
    </section>
  );
}

// To a message that a quote shows or that was searched for.
function useJump(scroller: RefObject<HTMLDivElement | null>, actions: ConversationActions, onLeave: () => void) {
  const [lit, setLit] = useState<string>();
  useEffect(() => {
    if (lit === undefined) return undefined;
    const timer = setTimeout(() => setLit(undefined), kLitMs);
    return () => clearTimeout(timer);
  }, [lit]);
  const jump = async (seq: Seq) => {
    const find = () => scroller.current?.querySelector(`[data-seq="${seq}"]`);
    const there = find() !== null;
    if (!there) await actions.reach(seq).catch(() => {});
    for (let frame = 0; frame < 3 && !find(); frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
    const found = find();
    if (!found) return;
    onLeave();
    found.scrollIntoView({ block: 'center', behavior: there && !matchMedia('(prefers-reduced-motion: reduce)').matches ? 'smooth' : 'auto' });
    setLit(String(seq));
  };
  return { lit, jump };
}
