// A photo, a film or a sticker in a bubble. Its place is known before anything is loaded, so nothing jumps.
import { useEffect } from 'react';
import type { MediaFile } from '../../client/content';
import { playTime } from '../../ui/file_text';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import css from './Picture.module.css';
import type { FileActions } from '../../media/use_file';
import { frameOf, thumbnailUrl, useFile } from '../../media/use_file';

interface Props {
  readonly media: MediaFile;
  readonly actions: FileActions;
  readonly onView: () => void;
}

export function PictureView({ media, actions, onView }: Props) {
  if (media.kind === 'sticker') return <Sticker media={media} actions={actions} />;
  const { width, ratio } = frameOf(media);
  const thumbnail = thumbnailUrl(media.thumbnail);
  const film = media.kind === 'video';
  return (
    <button
      type="button"
      className={css['frame']}
      style={{ width, aspectRatio: String(ratio) }}
      aria-label={t(film ? 'open_video' : 'open_photo')}
      disabled={media.id === ''}
      onClick={onView}
    >
      {thumbnail === undefined ? (
        <span className={css['blank']}>
          <Icon name={film ? 'play' : 'photo'} size={34} />
        </span>
      ) : (
        <img className={css['picture']} src={thumbnail} alt={media.caption || t(film ? 'video' : 'photo')} draggable={false} />
      )}
      {film && (
        <>
          <span className={css['play']}>
            <Icon name="play" size={28} />
          </span>
          {media.durationMs > 0 && <span className={css['length']}>{playTime(media.durationMs)}</span>}
        </>
      )}
    </button>
  );
}

function Sticker({ media, actions }: Omit<Props, 'onView'>) {
  const [file, load] = useFile(media, actions);
  useEffect(() => {
    if (media.id !== '') void load();
  }, [media.id, load]);
  const shown = file.kind === 'here' ? file.url : thumbnailUrl(media.thumbnail);
  return shown === undefined ? <span className={css['sticker']}>🏷️</span> : <img className={css['sticker']} src={shown} alt={t('sticker')} draggable={false} />;
}
