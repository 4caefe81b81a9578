// The row that takes the composer's place while a voice is recorded.
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../../ui/controls';
import { playTime } from '../../ui/file_text';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import type { ComposerActions } from './model';
import { kRecordingMsMax, Recording } from './recording';
import css from './View.module.css';

interface Props {
  readonly actions: ComposerActions;
  readonly onEnd: (problem?: string) => void;
}

const kLevelsShown = 56;
const kShortestMs = 500; // less is a slip of the finger

export function VoiceView({ actions, onEnd }: Props) {
  const recording = useRef<Recording>(undefined);
  const [levels, setLevels] = useState<readonly number[]>([]);
  const [lengthMs, setLengthMs] = useState(0);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let gone = false;
    Recording.begin((all) => {
      setLevels(all.slice(-kLevelsShown));
      setLengthMs(recording.current?.lengthMs ?? 0);
      actions.doing('recording');
    }).then(
      (begun) => {
        if (gone) begun.drop();
        else recording.current = begun;
      },
      (error: Error) => onEnd(error.message),
    );
    return () => {
      gone = true;
      recording.current?.drop();
      recording.current = undefined;
      actions.doing(undefined);
    };
  }, []);

  const drop = () => onEnd();
  const send = async () => {
    const { current } = recording;
    if (current === undefined || busy) return;
    if (current.lengthMs < kShortestMs) {
      drop();
      return;
    }
    setBusy(true);
    try {
      await actions.sendFile(await current.finish());
      onEnd();
    } catch (error) {
      onEnd(t('failed_generic', { text: String(error) }));
    }
  };
  useEffect(() => {
    if (lengthMs >= kRecordingMsMax) void send();
  }, [lengthMs >= kRecordingMsMax]);

  return (
    <div
      className={css['composer']}
      role="group"
      aria-label={t('recording_now')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') drop();
      }}
    >
      <IconButton icon="trash" label={t('drop_recording')} onPress={drop} />
      <span className={css['recording']}>
        <span className={css['dot']} aria-hidden="true" />
        <span role="timer" aria-label={t('recording_now')}>
          {playTime(lengthMs)}
        </span>
        <span className={css['levels']} aria-hidden="true">
          {levels.map((level, i) => (
            <i key={i} style={{ height: `${Math.max(8, level * 100)}%` }} />
          ))}
        </span>
      </span>
      <button type="button" autoFocus className={css['send']} aria-label={t('send_recording')} disabled={busy} onClick={() => void send()}>
        <Icon name="send" />
      </button>
    </div>
  );
}
