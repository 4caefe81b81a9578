// The statuses of one person after the other, over the whole window. Each is shown for a while, a film for its length;
// whoever wants less motion goes on by hand. Arrows go, the space bar waits, Escape ends.
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { MediaFile } from '../../client/content';
import type { AccountId } from '../../client/ids';
import { described } from '../../state/described';
import type { Message } from '../../state/model';
import type { Feed } from '../../state/statuses';
import { Avatar, Dialog, IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { kMediaNames, speaking, t } from '../../ui/text';
import { shortTime } from '../../ui/time';
import { useAction } from '../../ui/use_action';
import { thumbnailUrl, useFile } from '../../media/use_file';
import { cssColour, inkOn, kShownMs } from './model';
import type { StatusActions, Viewer } from './model';
import css from './Viewer.module.css';

interface Props {
  readonly feeds: readonly Feed[];
  readonly at: AccountId;
  readonly own: boolean;
  readonly nowMs: number;
  readonly actions: StatusActions;
  readonly onClose: () => void;
}

const kTickMs = 100;

/** Short texts are large. */
export const sizeFor = (text: string): string => `${text.length < 40 ? 2.6 : text.length < 120 ? 2 : text.length < 300 ? 1.5 : 1.15}rem`;

const textIn = ({ body }: Message): string => (body.kind === 'text' ? body.text : body.kind === 'media' ? body.media.caption || described(body, kMediaNames) : '');

export function FeedViewer({ feeds, at, own, nowMs, actions, onClose }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const [author, setAuthor] = useState(at);
  const [seq, setSeq] = useState<bigint>();
  const [shownMs, setShownMs] = useState(0);
  const [paused, setPaused] = useState(false);
  const [held, setHeld] = useState(false); // by a finger, or because somebody writes or looks at a list
  const [ready, setReady] = useState(false);
  const [lengthMs, setLengthMs] = useState(kShownMs);
  const place = feeds.findIndex((feed) => feed.author === author);
  const feed = feeds[place];
  const items = feed?.items ?? [];
  // Where one left off: at the first that was not seen.
  const first = Math.max(0, own ? 0 : items.findIndex((item) => item.seq > (feed?.conversation.marks.ownReadTo ?? 0n)));
  const here = seq === undefined ? -1 : items.findIndex((item) => item.seq === seq);
  const index = here >= 0 ? here : first;
  const item = items[index];
  const calm = window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
  const runs = ready && !paused && !held && !calm;

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal?.();
    return () => dialog?.close?.();
  }, []);
  useEffect(() => {
    if (item === undefined) return;
    setSeq(item.seq); // it stays where it is while marks move
    setShownMs(0);
    setLengthMs(kShownMs);
    setReady(item.body.kind === 'text');
    actions.viewed(item);
  }, [item?.conversation, item?.seq]);
  const goTo = (feedAt: number, itemAt: number | undefined) => {
    const next = feeds[feedAt];
    if (next === undefined) {
      onClose();
      return;
    }
    setAuthor(next.author);
    setSeq(itemAt === undefined ? undefined : next.items.at(itemAt)?.seq);
  };
  const forward = () => (index + 1 < items.length ? goTo(place, index + 1) : goTo(place + 1, undefined));
  const back = () => {
    if (index > 0) goTo(place, index - 1);
    else if (place > 0) goTo(place - 1, -1);
    else setShownMs(0);
  };
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && setShownMs((before) => before + kTickMs), kTickMs);
    return () => clearInterval(timer);
  }, [runs, item?.seq, lengthMs]);
  useEffect(() => {
    if (shownMs >= lengthMs) forward();
  }, [shownMs]);
  useEffect(() => {
    if (item === undefined) onClose(); // its day is over
  }, [item === undefined]);
  if (feed === undefined || item === undefined) return null;

  const pressed = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || (event.target as Element).closest('dialog') !== event.currentTarget) return;
    const along = speaking().direction === 'rtl' ? -1 : 1;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') ((event.key === 'ArrowRight') === (along > 0) ? forward : back)();
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) setPaused(!paused);
    else return;
    event.preventDefault();
  };
  const { body } = item;
  const colour = body.kind === 'text' ? (body.colour ?? 0) : 0;
  const look = body.kind === 'text' ? { background: cssColour(colour), color: inkOn(colour) } : undefined;
  return (
    <dialog
      ref={ref}
      className={css['viewer']}
      style={look}
      aria-label={t('status_of', { name: feed.name })}
      onKeyDown={pressed}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === event.currentTarget) onClose(); // not of one above it
      }}
    >
      <div className={css['progress']} role="img" aria-label={t('status_at', { at: index + 1, count: items.length })}>
        {items.map((each, i) => (
          <span key={String(each.seq)}>
            <i style={{ width: `${i < index ? 100 : i > index ? 0 : Math.min(100, (shownMs / lengthMs) * 100)}%` }} />
          </span>
        ))}
      </div>
      <header className={css['bar']}>
        <Avatar name={feed.name} hue={feed.author} size="small" />
        <span className={css['who']}>
          <b>
            <bdi>{own ? t('my_status') : feed.name}</bdi>
          </b>
          <small>{shortTime(item.timeMs, nowMs)}</small>
        </span>
        {!calm && <IconButton icon={paused ? 'play' : 'pause'} label={t(paused ? 'play' : 'pause')} onPress={() => setPaused(!paused)} />}
        <IconButton icon="close" label={t('close')} onPress={onClose} />
      </header>
      <div className={css['stage']} onPointerDown={() => setHeld(true)} onPointerUp={() => setHeld(false)} onPointerCancel={() => setHeld(false)} onPointerLeave={() => setHeld(false)}>
        {body.kind === 'text' && (
          <p className={css['words']} dir="auto" style={{ fontSize: sizeFor(body.text) }}>
            {body.text}
          </p>
        )}
        {body.kind === 'media' && (
          <Shown
            key={`${item.conversation}/${item.seq}`}
            media={body.media}
            actions={actions}
            runs={!paused && !held}
            onReady={(ms) => {
              setLengthMs(ms);
              setReady(true);
            }}
          />
        )}
        <span className={css['left']}>
          <IconButton icon="back" label={t('status_back')} onPress={back} />
        </span>
        <span className={css['right']}>
          <IconButton icon="forward" label={t('status_next')} onPress={forward} />
        </span>
      </div>
      {body.kind === 'media' && body.media.caption !== '' && (
        <p className={css['caption']} dir="auto">
          {body.media.caption}
        </p>
      )}
      <p className="unseen" aria-live="polite">
        {t('said_in_group', { who: feed.name, text: textIn(item) })}
      </p>
      {own ? <Views key={String(item.seq)} item={item} nowMs={nowMs} actions={actions} onHold={setHeld} /> : <ReplyBar key={`${feed.author}/${item.seq}`} item={item} name={feed.name} actions={actions} onHold={setHeld} />}
    </dialog>
  );
}

interface ShownProps {
  readonly media: MediaFile;
  readonly actions: Pick<StatusActions, 'lease'>;
  readonly runs: boolean;
  readonly onReady: (lengthMs: number) => void;
}

function Shown({ media, actions, runs, onReady }: ShownProps) {
  const [file, load] = useFile(media, actions);
  const [broken, setBroken] = useState(false);
  const film = useRef<HTMLVideoElement>(null);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (runs) void film.current?.play().catch(() => {});
    else film.current?.pause();
  }, [runs, file.kind]);
  const problem = broken ? t('file_unplayable') : file.kind === 'failed' ? file.problem : undefined;
  useEffect(() => {
    if (problem !== undefined) onReady(kShownMs);
  }, [problem]);
  const url = file.kind === 'here' && !broken ? file.url : undefined;
  if (media.kind === 'video' && url !== undefined) {
    return (
      <video
        ref={film}
        className={css['picture']}
        src={url}
        playsInline
        aria-label={media.caption || t('video')}
        onLoadedMetadata={(event) => onReady(Number.isFinite(event.currentTarget.duration) ? Math.max(1000, event.currentTarget.duration * 1000) : kShownMs)}
        onError={() => setBroken(true)}
      />
    );
  }
  const shown = url ?? thumbnailUrl(media.thumbnail);
  return (
    <>
      {shown !== undefined && <img className={url === undefined ? css['soon'] : css['picture']} src={shown} alt={media.caption || t('photo')} draggable={false} onLoad={() => url !== undefined && onReady(kShownMs)} onError={() => setBroken(true)} />}
      {problem !== undefined && (
        <span role="alert" className={css['note']}>
          {problem}
        </span>
      )}
    </>
  );
}

interface BelowProps {
  readonly item: Message;
  readonly actions: StatusActions;
  readonly onHold: (held: boolean) => void;
}

function ReplyBar({ item, name, actions, onHold }: BelowProps & { readonly name: string }) {
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const action = useAction();
  const send = async () => {
    await actions.reply(item, text.trim());
    setText('');
    setSent(true);
  };
  return (
    <form
      className={css['reply']}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') action.run(send);
      }}
    >
      <p role="status">{sent ? t('status_replied', { name }) : (action.problem ?? '')}</p>
      <input aria-label={t('status_reply', { name })} placeholder={t('status_reply', { name })} autoComplete="off" maxLength={4000} dir="auto" value={text} onChange={(event) => setText(event.target.value)} onFocus={() => onHold(true)} onBlur={() => onHold(false)} />
      <button type="submit" aria-label={t('send')} disabled={action.busy || text.trim() === ''}>
        <Icon name="send" />
      </button>
    </form>
  );
}

function Views({ item, actions, onHold }: BelowProps & { readonly nowMs: number }) {
  const [viewers, setViewers] = useState<readonly Viewer[]>();
  const [open, setOpen] = useState(false);
  useEffect(() => void actions.viewers(item).then(setViewers, () => setViewers(undefined)), [item.seq]);
  const hold = (held: boolean) => {
    setOpen(held);
    onHold(held);
  };
  if (viewers === undefined) return <p className={css['views']}>{t('need_connection')}</p>;
  const count = viewers.length;
  return (
    <div className={css['views']}>
      {count === 0 ? (
        t('status_views_none')
      ) : (
        <button type="button" onClick={() => hold(true)}>
          <Icon name="eye" size={20} /> {t('status_views', { count })}
        </button>
      )}
      {open && (
        <Dialog title={t('status_views', { count })} onClose={() => hold(false)}>
          <ul className={css['people']}>
            {viewers.map(({ account, name }) => (
              <li key={String(account)}>
                <Avatar name={name} hue={account} size="small" />
                <bdi>{name}</bdi>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </div>
  );
}
