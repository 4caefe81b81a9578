import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { cleaned, fits } from './model';
import type { ComposerActions, Reply } from './model';
import css from './View.module.css';

interface Props {
  readonly actions: ComposerActions;
  readonly reply?: Reply | undefined;
}

export function ComposerView({ actions, reply }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const ready = cleaned(text);
  useEffect(() => {
    if (reply !== undefined) area.current?.focus();
  }, [reply?.who, reply?.text]);
  const submit = () => {
    if (ready === undefined || !fits(ready)) return;
    setText('');
    setProblem(undefined);
    actions.send(ready).catch((error: unknown) => {
      setText(ready); // it could not even be kept on this device: give the words back
      setProblem(t('failed_generic', { text: String(error) }));
    });
    area.current?.focus();
  };
  return (
    <form
      className={css['composer']}
      aria-label={t('message')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {problem !== undefined && (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
      {reply !== undefined && (
        <div className={css['reply']} role="group" aria-label={t('replying', { who: reply.who })}>
          <span>
            <b>{reply.who}</b>
            <span>{reply.text}</span>
          </span>
          <IconButton icon="close" label={t('end_reply')} onPress={actions.endReply} />
        </div>
      )}
      <textarea
        ref={area}
        className={css['area']}
        aria-label={t('message')}
        placeholder={t('message')}
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && reply !== undefined) actions.endReply();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <button type="submit" className={css['send']} aria-label={t('send')} disabled={ready === undefined || !fits(ready)}>
        <Icon name="send" />
      </button>
    </form>
  );
}
