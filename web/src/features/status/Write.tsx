// A text on a colour, over the whole window, as it will be seen.
import { useEffect, useId, useRef, useState } from 'react';
import { IconButton, Problem } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import { cleaned } from '../../media/outgoing';
import { cssColour, inkOn, kColours, kStatusLengthMax } from './model';
import type { StatusActions } from './model';
import { sizeFor } from './Viewer';
import css from './Viewer.module.css';

export function WriteView({ actions, onClose }: { readonly actions: Pick<StatusActions, 'write'>; readonly onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const action = useAction();
  const colour = kColours[at % kColours.length] ?? 0;
  const ready = cleaned(text);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal?.();
    return () => dialog?.close?.();
  }, []);
  const share = async () => {
    if (ready === undefined) return;
    await actions.write(ready, colour);
    onClose();
  };
  return (
    <dialog
      ref={ref}
      className={css['viewer']}
      style={{ background: cssColour(colour), color: inkOn(colour) }}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === event.currentTarget) onClose(); // not of one above it
      }}
    >
      <header className={css['bar']}>
        <h2 id={id} className={css['who']}>
          {t('status_write')}
        </h2>
        <IconButton icon="palette" label={t('status_colour')} onPress={() => setAt(at + 1)} />
        <IconButton icon="close" label={t('close')} onPress={onClose} />
      </header>
      <form
        className={css['write']}
        onSubmit={(event) => {
          event.preventDefault();
          action.run(share);
        }}
      >
        <textarea
          autoFocus
          aria-label={t('status_text')}
          placeholder={t('status_text')}
          maxLength={kStatusLengthMax}
          dir="auto"
          value={text}
          style={{ fontSize: sizeFor(text) }}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) action.run(share);
          }}
        />
        <Problem text={action.problem} />
        <p className={css['count']}>{text.length > kStatusLengthMax - 100 ? kStatusLengthMax - text.length : ''}</p>
        <button type="submit" className={css['share']} aria-label={t('status_share')} title={t('status_share')} disabled={action.busy || ready === undefined}>
          <Icon name="send" />
        </button>
      </form>
    </dialog>
  );
}
