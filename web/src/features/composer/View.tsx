import { useRef, useState } from 'react';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { cleaned, fits } from './model';
import type { ComposerActions } from './model';
import css from './View.module.css';

export function ComposerView({ actions }: { readonly actions: ComposerActions }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const ready = cleaned(text);
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
      {problem !== undefined && <p role="alert">{problem}</p>}
      <textarea
        ref={area}
        className={css['area']}
        aria-label={t('message')}
        placeholder={t('message')}
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
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
