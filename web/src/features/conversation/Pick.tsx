// In place of the composer while messages are chosen: what one can do with all of them together.
import { Button, Dialog, IconButton, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import type { Bubble } from './lines';
import type { ConversationActions } from './model';
import { copyText, said } from './said_text';
import css from './View.module.css';

interface BarProps {
  readonly lines: readonly Bubble[];
  readonly actions: ConversationActions;
  readonly onHide: () => void;
  readonly onForward: () => void;
  readonly onEnd: () => void;
}

export function PickBar({ lines, actions, onHide, onForward, onEnd }: BarProps) {
  const starred = lines.length > 0 && lines.every((line) => line.starred);
  const star = () => {
    for (const { seq } of lines) if (seq !== undefined) actions.star(seq, !starred);
    onEnd();
  };
  const copy = () => {
    copyText(said(lines));
    onEnd();
  };
  return (
    <div className={css['pickBar']} role="toolbar" aria-label={t('selected', { count: lines.length })} onKeyDown={(event) => event.key === 'Escape' && onEnd()}>
      <IconButton icon="close" label={t('end_selection')} onPress={onEnd} />
      <p role="status">{t('selected', { count: lines.length })}</p>
      {lines.length > 0 && (
        <>
          <IconButton icon="copy" label={t('copy')} onPress={copy} />
          <IconButton icon="forwarded" label={t('forward')} onPress={onForward} />
          <IconButton icon={starred ? 'unstar' : 'star'} label={t(starred ? 'unstar' : 'star')} onPress={star} />
          <IconButton icon="trash" label={t('delete_for_me')} onPress={onHide} />
        </>
      )}
    </div>
  );
}

export function HideDialog({ count, onHide, onErase, onClose }: { readonly count: number; readonly onHide: () => void; readonly onErase: (() => void) | undefined; readonly onClose: () => void }) {
  return (
    <Dialog title={t(count === 1 ? 'delete_one' : 'delete_many', { count })} onClose={onClose}>
      <Stack>
        <p>{t('delete_hint')}</p>
        {onErase !== undefined && <p>{t('delete_all_hint')}</p>}
        {onErase !== undefined && (
          <Button look="danger" onPress={onErase}>
            {t('delete_for_all')}
          </Button>
        )}
        <Button look="danger" onPress={onHide}>
          {t('delete_for_me')}
        </Button>
        <Button onPress={onClose}>{t('cancel')}</Button>
      </Stack>
    </Dialog>
  );
}
