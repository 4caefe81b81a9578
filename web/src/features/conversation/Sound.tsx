// A voice note with its waveform, or a piece of music with its name. One plays at a time.
import { useEffect, useRef, useState } from 'react';
import type { MediaFile } from '../../client/content';
import { fileName, playTime } from '../../ui/file_text';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import type { FileActions } from '../../media/use_file';
import css from './Sound.module.css';
import { useFile } from '../../media/use_file';

interface Props {
  readonly media: MediaFile;
  readonly actions: FileActions;
  readonly unplayed: boolean;
  readonly onPlayed: () => void;
}

const kBars = 40;
const kSpeeds = [1, 1.5, 2] as const;

export function SoundView({ media, actions, unplayed, onPlayed }: Props) {
  const audio = useRef<HTMLAudioElement>(null);
  const [file, load] = useFile(media, actions);
  const [playing, setPlaying] = useState(false);
  const [atMs, setAtMs] = useState(0);
  const [lengthMs, setLengthMs] = useState(media.durationMs);
  const [speed, setSpeed] = useState(0);
  const [problem, setProblem] = useState<string>();
  const share = lengthMs > 0 ? Math.min(1, atMs / lengthMs) : 0;
  const voice = media.kind === 'voice';

  const toggle = async () => {
    const box = audio.current;
    if (box === null) return;
    if (!box.paused) {
      box.pause();
      return;
    }
    const url = await load();
    if (url === undefined) return;
    if (box.src !== url) box.src = url;
    for (const other of document.querySelectorAll('audio')) if (other !== box) other.pause();
    box.playbackRate = kSpeeds[speed] ?? 1;
    await box.play().then(onPlayed, () => setProblem(t('file_unplayable')));
  };
  const next = () => {
    const to = (speed + 1) % kSpeeds.length;
    setSpeed(to);
    if (audio.current !== null) audio.current.playbackRate = kSpeeds[to] ?? 1;
  };
  const seek = (toShare: number) => {
    setAtMs(toShare * lengthMs);
    if (audio.current !== null && audio.current.readyState > 0) audio.current.currentTime = (toShare * lengthMs) / 1000;
  };
  useSmooth(playing, () => setAtMs((audio.current?.currentTime ?? 0) * 1000));

  return (
    <div className={css['sound']} role="group" aria-label={`${t(voice ? 'voice_note' : 'sound')} ${playTime(lengthMs)}`}>
      <button type="button" className={css['play']} aria-label={t(playing ? 'pause' : 'play')} disabled={media.id === '' || file.kind === 'coming'} onClick={() => void toggle()}>
        <Icon name={playing ? 'pause' : 'play'} size={24} />
      </button>
      <div className={css['track']}>
        {!voice && (
          <bdi className={css['name']} title={fileName(media.name)}>
            {fileName(media.name, t('sound'))}
          </bdi>
        )}
        <div className={css['line']}>
          {voice ? <Bars waveform={media.waveform} share={share} /> : <span className={css['rail']} />}
          <input
            className={voice ? css['over'] : css['slider']}
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={share}
            aria-label={t('position')}
            aria-valuetext={playTime(atMs)}
            onChange={(event) => seek(Number(event.target.value))}
          />
        </div>
        <span className={css['below']}>
          <span>{file.kind === 'coming' ? t('loading', { percent: Math.round(file.share * 100) }) : playTime(playing || atMs > 0 ? atMs : lengthMs)}</span>
          {unplayed && <span role="img" className={css['unplayed']} aria-label={t('not_played')} title={t('not_played')} />}
          {(playing || speed > 0) && (
            <button type="button" className={css['speed']} aria-label={t('speed', { speed: kSpeeds[speed] ?? 1 })} onClick={next}>
              {kSpeeds[speed]}×
            </button>
          )}
        </span>
        {(problem ?? (file.kind === 'failed' ? file.problem : undefined)) !== undefined && (
          <span role="alert" className={css['problem']}>
            {problem ?? (file.kind === 'failed' ? file.problem : '')}
          </span>
        )}
      </div>
      <audio
        ref={audio}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAtMs(0)}
        onLoadedMetadata={(event) => {
          const seconds = event.currentTarget.duration;
          if (Number.isFinite(seconds) && media.durationMs === 0) setLengthMs(seconds * 1000);
        }}
      />
    </div>
  );
}

/** The loudness, resampled to as many bars as fit; flat when the sender did not say. */
export function bars(waveform: Uint8Array, count = kBars): readonly number[] {
  return Array.from({ length: count }, (_, i) => {
    const value = waveform[Math.floor((i * waveform.length) / count)] ?? 8;
    return Math.max(6, Math.min(100, value));
  });
}

export function Bars({ waveform, share }: { readonly waveform: Uint8Array; readonly share: number }) {
  return (
    <svg className={css['bars']} viewBox={`0 0 ${kBars * 5} 100`} preserveAspectRatio="none" data-turns aria-hidden="true">
      {bars(waveform).map((height, i) => (
        <rect key={i} x={i * 5} y={50 - height / 2} width={3} height={height} rx={1.5} className={(i + 0.5) / kBars <= share ? css['done'] : undefined} />
      ))}
    </svg>
  );
}

// The element tells the time four times a second; a frame is smoother.
function useSmooth(playing: boolean, look: () => void): void {
  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    const step = () => {
      look();
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing]);
}
