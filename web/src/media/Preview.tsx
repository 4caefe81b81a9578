// Files before they go: what they are, a caption each, and whether they can go at all.
import { useEffect, useState } from 'react';
import { Button, Dialog, Field, Form, Problem, Stack } from '../ui/controls';
import { ending, fileName, fileSize } from '../ui/file_text';
import { Icon } from '../ui/icons';
import { t } from '../ui/text';
import { useAction } from '../ui/use_action';
import { refusal, shapeOf } from './files';
import type { Shape } from './files';
import { fits, kCaptionBytesMax } from './outgoing';
import type { Outgoing } from './outgoing';
import { prepared } from './prepare';
import css from './Preview.module.css';

interface Props {
  readonly files: readonly File[];
  readonly plain: boolean; // chosen as documents
  readonly shownOnly?: boolean; // only what is looked at can go
  readonly actions: { sendFile(file: Outgoing): Promise<void> };
  readonly onRemove: (file: File) => void;
  readonly onClose: () => void;
}

export function PreviewView({ files, plain, shownOnly = false, actions, onRemove, onClose }: Props) {
  const [asDocuments, setAsDocuments] = useState(plain);
  const [at, setAt] = useState(0);
  const [captions, setCaptions] = useState<ReadonlyMap<File, string>>(new Map());
  const action = useAction();
  const shown = files[Math.min(at, files.length - 1)];
  const shapeIn = (file: File): Shape => (asDocuments ? 'document' : shapeOf(file));
  const refused = files.flatMap((file) => (shownOnly && !['image', 'video'].includes(shapeOf(file)) ? t('not_shown', { name: fileName(file.name) }) : (refusal(file, shapeIn(file)) ?? [])));
  const long = files.some((file) => !fits(captions.get(file) ?? '', kCaptionBytesMax));
  const mixed = !shownOnly && files.some((file) => shapeOf(file) !== 'document');
  if (shown === undefined) return null;

  const send = async () => {
    for (const file of files) {
      await actions.sendFile(await prepared(file, shapeIn(file), captions.get(file)?.trim() ?? ''));
      onRemove(file); // it is kept now: if a later one fails, this does not go twice
    }
    onClose();
  };
  return (
    <Dialog title={t(files.length === 1 ? 'send_file' : 'send_files', { count: files.length })} onClose={onClose}>
      <Form label={t('send_file')} onSubmit={() => refused.length === 0 && !long && action.run(send)}>
        <Stack>
          <Big key={`${shown.name} ${shown.size} ${at}`} file={shown} shape={shapeIn(shown)} />
          <Field
            label={t('caption')}
            value={captions.get(shown) ?? ''}
            onText={(text) => setCaptions(new Map(captions).set(shown, text))}
            autoFocus
            autoComplete="off"
          />
          {files.length > 1 && (
            <div className={css['strip']} role="group" aria-label={t('send_files', { count: files.length })}>
              {files.map((file, i) => (
                <span key={i} className={css['small']} data-bad={refusal(file, shapeIn(file)) !== undefined}>
                  <button type="button" aria-pressed={file === shown} aria-label={fileName(file.name)} title={fileName(file.name)} onClick={() => setAt(i)}>
                    <Tile file={file} shape={shapeIn(file)} />
                  </button>
                  <button type="button" className={css['remove']} aria-label={t('remove_name', { name: fileName(file.name) })} onClick={() => onRemove(file)}>
                    <Icon name="close" size={14} />
                  </button>
                </span>
              ))}
            </div>
          )}
          {mixed && (
            <label className={css['switch']}>
              <input type="checkbox" checked={asDocuments} onChange={(event) => setAsDocuments(event.target.checked)} />
              <span>
                {t('as_documents')}
                <small>{t('as_documents_hint')}</small>
              </span>
            </label>
          )}
          {[...new Set(refused)].map((text) => (
            <Problem key={text} text={text} />
          ))}
          <Problem text={long ? t('caption_long') : action.problem} />
          <Button type="submit" look="primary" disabled={action.busy || refused.length > 0 || long}>
            {t('send')}
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

function Big({ file, shape }: { readonly file: File; readonly shape: Shape }) {
  const url = useUrl(file, shape === 'image' || shape === 'video');
  return (
    <figure className={css['big']}>
      {url === undefined ? (
        <span className={css['sheet']}>
          <Icon name="file" size={56} />
          <b>{ending(file.name)}</b>
        </span>
      ) : shape === 'video' ? (
        <video src={url} controls muted playsInline aria-label={fileName(file.name)} />
      ) : (
        <img src={url} alt={fileName(file.name)} />
      )}
      <figcaption>
        <bdi>{fileName(file.name)}</bdi> <small>{fileSize(file.size)}</small>
      </figcaption>
    </figure>
  );
}

function Tile({ file, shape }: { readonly file: File; readonly shape: Shape }) {
  const url = useUrl(file, shape === 'image');
  return url === undefined ? <Icon name={shape === 'video' ? 'play' : 'file'} size={24} /> : <img src={url} alt="" />;
}

// Only for what is shown as a picture or film; never an address of anything else.
function useUrl(file: File, wanted: boolean): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!wanted) {
      setUrl(undefined);
      return undefined;
    }
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file, wanted]);
  return url;
}
