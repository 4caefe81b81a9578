// Photos and films of this conversation over the whole window. Arrows go through them, plus and minus zoom, Escape ends.
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, WheelEvent } from 'react';
import type { MediaFile } from '../client/content';
import { IconButton } from '../ui/controls';
import { speaking, t } from '../ui/text';
import { clockTime } from '../ui/time';
import { saveFile } from './Document';
import type { FileActions } from './use_file';
import { thumbnailUrl, useFile } from './use_file';
import css from './Viewer.module.css';

export interface Seen {
  readonly line: { readonly key: string; readonly author: string; readonly timeMs: number };
  readonly media: MediaFile;
}

interface Props {
  readonly all: readonly Seen[];
  readonly at: string; // the key of the line
  readonly actions: FileActions;
  readonly onGo: (key: string) => void;
  readonly onClose: () => void;
}

const kZoomMax = 6;

export function Viewer({ all, at, actions, onGo, onClose }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const [zoom, setZoom] = useState(1);
  const place = all.findIndex(({ line }) => line.key === at);
  const seen = all[place];
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal?.();
    return () => dialog?.close?.();
  }, []);
  useEffect(() => setZoom(1), [at]);
  if (seen === undefined) return null;

  const { line, media } = seen;
  const film = media.kind === 'video';
  const go = (by: number) => {
    const next = all[place + by];
    if (next !== undefined) onGo(next.line.key);
  };
  const zoomBy = (factor: number) => setZoom((before) => Math.min(kZoomMax, Math.max(1, before * factor)));
  const pressed = (event: KeyboardEvent) => {
    const along = speaking().direction === 'rtl' ? -1 : 1;
    if (event.key === 'ArrowLeft' && !film) go(-along);
    else if (event.key === 'ArrowRight' && !film) go(along);
    else if (event.key === '+' || event.key === '=') zoomBy(1.4);
    else if (event.key === '-') zoomBy(1 / 1.4);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={ref}
      className={css['viewer']}
      aria-label={t('viewer')}
      onKeyDown={pressed}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <header className={css['bar']}>
        <span className={css['who']}>
          <b>{line.author}</b>
          <small>{clockTime(line.timeMs)}</small>
        </span>
        {!film && <IconButton icon="zoomOut" label={t('zoom_out')} onPress={() => zoomBy(1 / 1.4)} />}
        {!film && <IconButton icon="zoomIn" label={t('zoom_in')} onPress={() => zoomBy(1.4)} />}
        <IconButton icon="download" label={t('save_file', { name: t(film ? 'video' : 'photo') })} onPress={() => void saveFile(media, actions).catch(() => {})} />
        <IconButton icon="close" label={t('close')} onPress={onClose} />
      </header>
      <div className={css['stage']} onClick={(event) => event.target === event.currentTarget && onClose()}>
        <Shown key={media.id} media={media} actions={actions} zoom={zoom} onZoom={setZoom} />
        {place > 0 && (
          <span className={css['left']}>
            <IconButton icon="back" label={t('earlier')} onPress={() => go(-1)} />
          </span>
        )}
        {place < all.length - 1 && (
          <span className={css['right']}>
            <IconButton icon="forward" label={t('later')} onPress={() => go(1)} />
          </span>
        )}
      </div>
      {media.caption !== '' && <p className={css['caption']}>{media.caption}</p>}
    </dialog>
  );
}

interface ShownProps {
  readonly media: MediaFile;
  readonly actions: FileActions;
  readonly zoom: number;
  readonly onZoom: (zoom: number) => void;
}

function Shown({ media, actions, zoom, onZoom }: ShownProps) {
  const [file, load] = useFile(media, actions);
  const [broken, setBroken] = useState(false);
  const [moved, setMoved] = useState({ x: 0, y: 0 });
  const from = useRef<{ x: number; y: number }>(undefined);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (zoom === 1) setMoved({ x: 0, y: 0 });
  }, [zoom]);

  const problem = broken ? t('file_unplayable') : file.kind === 'failed' ? file.problem : undefined;
  const url = file.kind === 'here' && !broken ? file.url : undefined;
  if (media.kind === 'video' && url !== undefined) {
    return <video className={css['film']} src={url} controls autoPlay playsInline onError={() => setBroken(true)} aria-label={media.caption || t('video')} />;
  }
  const drag = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (zoom === 1) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX - moved.x, y: event.clientY - moved.y };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => from.current && setMoved({ x: event.clientX - from.current.x, y: event.clientY - from.current.y }),
    onPointerUp: () => (from.current = undefined),
    onPointerCancel: () => (from.current = undefined),
    onDoubleClick: () => onZoom(zoom === 1 ? 2.5 : 1),
    onWheel: (event: WheelEvent) => onZoom(Math.min(kZoomMax, Math.max(1, zoom * (event.deltaY < 0 ? 1.15 : 1 / 1.15)))),
  };
  const shown = url ?? thumbnailUrl(media.thumbnail);
  return (
    <>
      {shown !== undefined && (
        <img
          {...drag}
          className={url === undefined ? css['soon'] : css['picture']}
          src={shown}
          alt={media.caption || t(media.kind === 'video' ? 'video' : 'photo')}
          draggable={false}
          data-whole={url !== undefined}
          style={{ transform: `translate(${moved.x}px, ${moved.y}px) scale(${zoom})`, cursor: zoom > 1 ? 'grab' : 'zoom-in' }}
          onError={() => setBroken(true)}
        />
      )}
      {file.kind === 'coming' && (
        <span role="status" className={css['note']}>
          {t('loading', { percent: Math.round(file.share * 100) })}
        </span>
      )}
      {problem !== undefined && (
        <span role="alert" className={css['note']}>
          {problem}
        </span>
      )}
    </>
  );
}
