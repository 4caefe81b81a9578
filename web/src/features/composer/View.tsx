import { useEffect, useRef, useState } from 'react';
import type { Person } from '../../state/model';
import { IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { AttachView, PersonDialog, PlaceDialog } from './Attach';
import { kFilesMax } from '../../media/files';
import { cleaned, fits } from '../../media/outgoing';
import type { ComposerActions, Reply } from './model';
import { PreviewView } from '../../media/Preview';
import { useDrop } from './use_drop';
import css from './View.module.css';
import { VoiceView } from './Voice';

interface Props {
  readonly actions: ComposerActions;
  readonly reply?: Reply | undefined;
  readonly people?: readonly Person[]; // whose cards one may send
  readonly draft?: string; // what was left here
  readonly editing?: { readonly seq: bigint; readonly text: string } | undefined; // an own message gets other words
}

interface Chosen {
  readonly files: readonly File[];
  readonly plain: boolean;
}

export function ComposerView({ actions, reply, people = [], draft = '', editing }: Props) {
  const [text, setText] = useState(draft);
  const [problem, setProblem] = useState<string>();
  const [chosen, setChosen] = useState<Chosen>();
  const [dialog, setDialog] = useState<'place' | 'person'>();
  const [recording, setRecording] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const latest = useRef(text);
  latest.current = text;
  const ready = cleaned(text);
  // Where there is a keyboard one opens a chat to write; on a phone its keyboard would cover what was said.
  useEffect(() => {
    if (window.matchMedia?.('(hover: hover)').matches) area.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (reply !== undefined) area.current?.focus();
  }, [reply?.who, reply?.text]);

  // The words of the message stand here for a while; what was being written comes back afterwards.
  const aside = useRef('');
  useEffect(() => {
    if (editing === undefined) return undefined;
    aside.current = latest.current;
    setText(editing.text);
    area.current?.focus();
    return () => setText(aside.current);
  }, [editing?.seq]);

  const choose = (files: readonly File[], plain: boolean) => {
    if (files.length === 0) return;
    setProblem(files.length > kFilesMax ? t('files_many', { count: kFilesMax }) : undefined);
    setChosen({ files: files.slice(0, kFilesMax), plain });
  };
  const dropping = useDrop((files) => choose(files, false));
  const submit = () => {
    if (ready === undefined || !fits(ready)) return;
    if (editing !== undefined) {
      actions.edit(ready).catch((error: unknown) => setProblem(t('failed_generic', { text: String(error) })));
      return;
    }
    setText('');
    setProblem(undefined);
    actions.send(ready).then(
      () => actions.draft(latest.current), // the draft goes when the message is kept, and not before
      (error: unknown) => {
        setText((since) => (since === '' ? ready : `${ready}\n${since}`)); // it could not even be kept on this device: give the words back
        setProblem(t('failed_generic', { text: String(error) }));
      },
    );
    area.current?.focus();
  };
  const ended = (why?: string) => {
    setRecording(false);
    setProblem(why);
  };
  return (
    <>
      {dropping && (
        <div className={css['drop']}>
          <p>{t('drop_here')}</p>
        </div>
      )}
      {recording && <VoiceView actions={actions} onEnd={ended} />}
      <form
        hidden={recording}
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
        {editing !== undefined && (
          <div className={css['reply']} role="group" aria-label={t('editing')}>
            <span>
              <b>{t('editing')}</b>
              <span>{editing.text}</span>
            </span>
            <IconButton icon="close" label={t('end_edit')} onPress={actions.endEdit} />
          </div>
        )}
        <AttachView onFiles={choose} onDialog={setDialog} />
        <textarea
          ref={area}
          className={css['area']}
          aria-label={t('message')}
          placeholder={t('message')}
          rows={1}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (editing !== undefined) return;
            actions.draft(event.target.value);
            actions.doing(event.target.value === '' ? undefined : 'typing');
          }}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length === 0) return;
            event.preventDefault();
            choose(files, false);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && editing !== undefined) actions.endEdit();
            else if (event.key === 'Escape' && reply !== undefined) actions.endReply();
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        {text === '' ? (
          <button type="button" className={`${css['send']} ${css['mic']}`} aria-label={t('record')} title={t('record')} onClick={() => setRecording(true)}>
            <Icon name="mic" />
          </button>
        ) : (
          <button type="submit" className={css['send']} aria-label={t('send')} disabled={ready === undefined || !fits(ready)}>
            <Icon name="send" />
          </button>
        )}
      </form>
      {dialog === 'place' && <PlaceDialog actions={actions} onClose={() => setDialog(undefined)} />}
      {dialog === 'person' && <PersonDialog people={people} actions={actions} onClose={() => setDialog(undefined)} />}
      {chosen !== undefined && (
        <PreviewView
          files={chosen.files}
          plain={chosen.plain}
          actions={actions}
          onRemove={(file) => setChosen((before) => remaining(before, file))}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}

function remaining(chosen: Chosen | undefined, gone: File): Chosen | undefined {
  const files = chosen?.files.filter((file) => file !== gone) ?? [];
  return chosen === undefined || files.length === 0 ? undefined : { ...chosen, files };
}
