// Whose statuses there are: mine, new ones, those that were seen, and those that I do not want to see.
import { useRef, useState } from 'react';
import type { AccountId } from '../../client/ids';
import type { Feed } from '../../state/statuses';
import { Avatar, Button, Dialog, IconButton, Row, Stack } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { shortTime } from '../../ui/time';
import { PreviewView } from '../../media/Preview';
import type { StatusActions, StatusSnapshot } from './model';
import { FeedViewer } from './Viewer';
import { WriteView } from './Write';
import css from './View.module.css';

export function StatusView({ snapshot, actions }: { readonly snapshot: StatusSnapshot; readonly actions: StatusActions }) {
  const { statuses, me, nowMs } = snapshot;
  const { mine, fresh, seen, quiet, waiting } = statuses;
  const [open, setOpen] = useState<{ readonly authors: readonly AccountId[]; readonly at: AccountId }>(); // as they stood when one began to look
  const [writing, setWriting] = useState(false);
  const [files, setFiles] = useState<readonly File[]>([]);
  const chooser = useRef<HTMLInputElement>(null);
  const feeds = [...(mine === undefined ? [] : [mine]), ...fresh, ...seen, ...quiet];
  const look = (at: AccountId, among: readonly Feed[]) => setOpen({ at, authors: among.map(({ author }) => author) });
  const section = (title: string, those: readonly Feed[]) =>
    those.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className={css['feeds']}>
          {those.map((feed) => (
            <FeedRow key={String(feed.author)} feed={feed} nowMs={nowMs} onOpen={() => look(feed.author, those)} onQuiet={() => actions.quiet(feed.author, !feed.quiet)} />
          ))}
        </ul>
      </section>
    );
  return (
    <Dialog title={t('statuses')} onClose={actions.close}>
      <Stack>
        <div className={css['mine']}>
          <button type="button" className={css['open']} disabled={mine === undefined} onClick={() => mine && look(me, [mine])}>
            <span className={css['ring']} data-state={mine === undefined ? 'none' : 'seen'}>
              <Avatar name={mine?.name ?? t('you')} hue={me} />
            </span>
            <span>
              <b>{t('my_status')}</b>
              <small>{mine === undefined ? t('status_none_mine') : shortTime(mine.newestMs, nowMs)}</small>
            </span>
          </button>
        </div>
        <Row>
          <Button look="primary" onPress={() => setWriting(true)}>
            {t('status_write')}
          </Button>
          <Button label={t('status_photo')} onPress={() => chooser.current?.click()}>
            <Icon name="photo" size={20} />
          </Button>
          <input
            ref={chooser}
            type="file"
            hidden
            multiple
            accept="image/jpeg,image/png,image/webp,image/gif,video/mp4,video/webm"
            aria-label={t('status_photo')}
            onChange={(event) => {
              setFiles([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
        </Row>
        {waiting.length > 0 && (
          <ul className={css['waiting']} aria-label={t('status_waiting', { count: waiting.length })}>
            <li>{t('status_waiting', { count: waiting.length })}</li>
            {waiting.flatMap(({ clientId, failure }) =>
              failure === undefined
                ? []
                : [
                    <li key={clientId} role="alert">
                      <span>{failure.text}</span>
                      <Button onPress={() => actions.retry(clientId)}>{t('retry')}</Button>
                      <Button onPress={() => actions.discard(clientId)}>{t('discard')}</Button>
                    </li>,
                  ],
            )}
          </ul>
        )}
        {section(t('status_fresh'), fresh)}
        {section(t('status_seen'), seen)}
        {section(t('status_quiet'), quiet)}
        {fresh.length + seen.length + quiet.length === 0 && <p role="status">{t('status_empty')}</p>}
      </Stack>
      {writing && <WriteView actions={actions} onClose={() => setWriting(false)} />}
      {files.length > 0 && <PreviewView files={files} plain={false} shownOnly actions={actions} onRemove={(file) => setFiles((before) => before.filter((other) => other !== file))} onClose={() => setFiles([])} />}
      {open !== undefined && (
        <FeedViewer
          feeds={open.authors.flatMap((author) => feeds.find((feed) => feed.author === author) ?? [])}
          at={open.at}
          own={open.at === me}
          nowMs={nowMs}
          actions={actions}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Dialog>
  );
}

interface RowProps {
  readonly feed: Feed;
  readonly nowMs: number;
  readonly onOpen: () => void;
  readonly onQuiet: () => void;
}

function FeedRow({ feed: { name, author, seen, quiet, newestMs }, nowMs, onOpen, onQuiet }: RowProps) {
  return (
    <li>
      <button type="button" className={css['open']} aria-label={t('status_of', { name })} onClick={onOpen}>
        <span className={css['ring']} data-state={seen ? 'seen' : 'fresh'}>
          <Avatar name={name} hue={author} />
        </span>
        <span>
          <b>
            <bdi>{name}</bdi>
          </b>
          <small>{shortTime(newestMs, nowMs)}</small>
        </span>
      </button>
      <IconButton icon={quiet ? 'bell' : 'mute'} label={t(quiet ? 'status_unhide' : 'status_hide', { name })} onPress={onQuiet} />
    </li>
  );
}
