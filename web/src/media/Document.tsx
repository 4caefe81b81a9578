// A file as a row: what it is, how large, and a way to save it. It is never opened inside the app.
import { useState } from 'react';
import type { MediaFile } from '../client/content';
import { ending, fileName, fileSize } from '../ui/file_text';
import { Icon } from '../ui/icons';
import { t } from '../ui/text';
import css from './Cards.module.css';
import type { FileActions } from './use_file';
import { problemOf } from './use_file';

export function DocumentView({ media, actions }: { readonly media: MediaFile; readonly actions: FileActions }) {
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const name = fileName(media.name, t('document'));
  const save = async () => {
    setShare(0);
    setProblem(undefined);
    try {
      await saveFile(media, actions, setShare);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setShare(undefined);
  };
  return (
    <div className={css['card']}>
      <div className={css['row']}>
        <span className={css['sheet']} aria-hidden="true">
          <Icon name="file" size={40} />
          <b>{ending(media.name)}</b>
        </span>
        <span className={css['what']}>
          <bdi className={css['title']} title={name}>
            {name}
          </bdi>
          <small>{share === undefined ? [fileSize(media.size), ending(media.name)].filter((part) => part !== '').join(' · ') : t('loading', { percent: Math.round(share * 100) })}</small>
        </span>
        {media.id !== '' && (
          <button type="button" className={css['round']} aria-label={t('save_file', { name })} title={t('save_file', { name })} disabled={share !== undefined} onClick={() => void save()}>
            <Icon name="download" size={20} />
          </button>
        )}
      </div>
      {share !== undefined && <progress className={css['progress']} max={1} value={share} aria-label={name} />}
      {problem !== undefined && (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** Through the browser's own "save": as bytes, under a name that is safe to have. */
export async function saveFile(media: MediaFile, actions: FileActions, onProgress: (share: number) => void = () => {}): Promise<void> {
  const lease = await actions.lease(media, onProgress);
  const link = document.createElement('a');
  link.href = lease.url;
  link.download = fileName(media.name, media.kind);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(lease.release, 60_000); // the browser reads it after the click
}
