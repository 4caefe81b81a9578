import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Avatar, Button, hueOf, IconButton } from '../../ui/controls';
import { t } from '../../ui/text';
import { TickMark } from '../../ui/tick';
import { clockTime } from '../../ui/time';
import type { ConversationActions, ConversationSnapshot, Line } from './model';
import css from './View.module.css';

interface Props {
  readonly snapshot: ConversationSnapshot;
  readonly actions: ConversationActions;
  readonly composer: ReactNode;
}

const kNearEndPx = 120;

export function ConversationView({ snapshot, actions, composer }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const heightBefore = useRef(0);
  const atEnd = useRef(true);
  const [loading, setLoading] = useState(false);
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
          <h2>{snapshot.title}</h2>
          <p>{snapshot.subtitle}</p>
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
        <ol className={css['lines']} role="log" aria-label={t('message_list', { name: snapshot.title })}>
          {snapshot.lines.map((line) => (
            <LineView key={line.key} line={line} actions={actions} />
          ))}
        </ol>
      </div>
      {snapshot.active ? composer : <p className={css['gone']}>{t('not_member')}</p>}
    </section>
  );
}

function LineView({ line, actions }: { readonly line: Line; readonly actions: ConversationActions }) {
  if (line.kind !== 'bubble') {
    return <li className={line.kind === 'day' ? css['day'] : css['system']}>{line.text}</li>;
  }
  const classes = [css['bubble'], line.own ? css['own'] : css['other'], line.first ? css['first'] : ''];
  return (
    <li className={classes.join(' ')}>
      {line.sender !== undefined && <span className={`${css['sender']} ${css[`hue${hueOf(line.hue)}`]}`}>{line.sender}</span>}
      <span className={css['text']}>{line.text}</span>
      <span className={css['meta']}>
        <time dateTime={new Date(line.timeMs).toISOString()}>{clockTime(line.timeMs)}</time>
        {line.tick !== undefined && <TickMark tick={line.tick} />}
      </span>
      {line.failed !== undefined && <Failed failed={line.failed} actions={actions} />}
    </li>
  );
}

function Failed({ failed, actions }: { readonly failed: { readonly clientId: string; readonly text: string }; readonly actions: ConversationActions }) {
  return (
    <span className={css['failed']} role="alert">
      <span>{failed.text}</span>
      <button type="button" onClick={() => actions.retry(failed.clientId)}>
        {t('retry')}
      </button>
      <button type="button" onClick={() => actions.discard(failed.clientId)}>
        {t('discard')}
      </button>
    </span>
  );
}
