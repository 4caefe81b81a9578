// Photos and films, addresses and files of one chat, as far as this device has them; each leads back to its message.
import { useEffect, useState } from 'react';
import type { Gallery } from '../../state/gallery';
import type { Seq } from '../../client/ids';
import { Dialog, IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { shortTime } from '../../ui/time';
import { DocumentView } from '../../media/Document';
import type { FileActions } from '../../media/use_file';
import { thumbnailUrl } from '../../media/use_file';
import { Viewer } from '../../media/Viewer';
import css from './View.module.css';

export interface GalleryActions extends FileActions {
  close(): void;
  load(): Promise<Gallery>;
  show(seq: Seq): void;
}
type Part = 'media' | 'links' | 'documents';
const kParts = ['media', 'links', 'documents'] as const;
const kShownMax = 300;

export function GalleryView({ nowMs, actions }: { readonly nowMs: number; readonly actions: GalleryActions }) {
  const [gallery, setGallery] = useState<Gallery>();
  const [part, setPart] = useState<Part>('media');
  const [viewed, setViewed] = useState<string>();
  useEffect(() => void actions.load().then(setGallery, () => setGallery({ media: [], links: [], documents: [] })), [actions]);
  const { media = [], links = [], documents = [] } = gallery ?? {};
  const seen = media.map(({ seq, who, timeMs, media: file }) => ({ line: { key: String(seq), author: who, timeMs }, media: file })).reverse();
  const to = (seq: Seq) => <IconButton icon="forward" label={t('to_message')} onPress={() => actions.show(seq)} />;
  return (
    <Dialog title={t('gallery')} onClose={actions.close}>
      <div role="group" aria-label={t('gallery')} className={css['parts']}>
        {kParts.map((each) => (
          <button key={each} type="button" aria-pressed={part === each} onClick={() => setPart(each)}>
            {t(`gallery_${each}`)}
          </button>
        ))}
      </div>
      <p role="status">{gallery !== undefined && gallery[part].length === 0 ? t('gallery_none') : ''}</p>
      {part === 'media' && (
        <ul className={css['grid']} aria-label={t('gallery_media')}>
          {media.slice(0, kShownMax).map(({ seq, who, timeMs, media: file }) => {
            const thumbnail = thumbnailUrl(file.thumbnail);
            const label = `${t(file.kind === 'video' ? 'open_video' : 'open_photo')}, ${who}, ${shortTime(timeMs, nowMs)}`;
            return (
              <li key={String(seq)}>
                <button type="button" aria-label={label} title={file.caption || undefined} onClick={() => setViewed(String(seq))}>
                  {thumbnail === undefined ? <Icon name={file.kind === 'video' ? 'film' : 'photo'} size={30} /> : <img src={thumbnail} alt="" draggable={false} />}
                  {file.kind === 'video' && <Icon name="play" size={24} />}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {part === 'links' && (
        <ul className={css['rows']} aria-label={t('gallery_links')}>
          {links.slice(0, kShownMax).map(({ seq, who, timeMs, text, href }, i) => (
            <li key={`${seq} ${i}`}>
              <span>
                <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow" referrerPolicy="no-referrer">
                  <bdi>{text}</bdi>
                </a>
                <small>
                  <bdi>{who}</bdi>, {shortTime(timeMs, nowMs)}
                </small>
              </span>
              {to(seq)}
            </li>
          ))}
        </ul>
      )}
      {part === 'documents' && (
        <ul className={css['rows']} aria-label={t('gallery_documents')}>
          {documents.slice(0, kShownMax).map(({ seq, media: file }) => (
            <li key={String(seq)}>
              <DocumentView media={file} actions={actions} />
              {to(seq)}
            </li>
          ))}
        </ul>
      )}
      {viewed !== undefined && <Viewer all={seen} at={viewed} actions={actions} onGo={setViewed} onClose={() => setViewed(undefined)} />}
    </Dialog>
  );
}
