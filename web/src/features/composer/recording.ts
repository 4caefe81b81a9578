// One recording by the microphone: its bytes, its length, and how loud it was on the way. It ends in `finish` or `drop`.
import type { Outgoing } from '../../media/outgoing';
import { typeOf } from '../../media/files';
import { levelOf, waveformOf } from './waveform';
import { t } from '../../ui/text';

export const kRecordingMsMax = 15 * 60_000;
const kLevelEveryMs = 60;
const kTypes = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];

export class Recording {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context: AudioContext;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #parts: Blob[] = [];
  readonly #levels: number[] = [];
  readonly #sinceMs = Date.now();

  private constructor(stream: MediaStream, type: string, onLevel: (levels: readonly number[]) => void) {
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
    this.#recorder.ondataavailable = ({ data }) => data.size > 0 && this.#parts.push(data);
    this.#recorder.start(1000);
    this.#context = new AudioContext();
    const ear = this.#context.createAnalyser();
    ear.fftSize = 1024;
    this.#context.createMediaStreamSource(stream).connect(ear);
    const samples = new Float32Array(ear.fftSize);
    this.#timer = setInterval(() => {
      ear.getFloatTimeDomainData(samples);
      this.#levels.push(levelOf(samples));
      onLevel(this.#levels);
    }, kLevelEveryMs);
  }

  /** Asks for the microphone. Fails with words that say what to do. */
  static async begin(onLevel: (levels: readonly number[]) => void): Promise<Recording> {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    if (!window.isSecureContext || mediaDevices === undefined) throw new Error(t('mic_insecure'));
    const type = typeof MediaRecorder === 'undefined' ? undefined : kTypes.find((each) => MediaRecorder.isTypeSupported(each));
    if (type === undefined) throw new Error(t('mic_unsupported'));
    try {
      return new Recording(await mediaDevices.getUserMedia({ audio: true }), type, onLevel);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : '';
      throw new Error(t(name === 'NotAllowedError' ? 'mic_denied' : name === 'NotFoundError' ? 'mic_none' : 'mic_busy'), { cause: error });
    }
  }

  get lengthMs(): number {
    return Date.now() - this.#sinceMs;
  }

  async finish(): Promise<Outgoing> {
    const durationMs = this.lengthMs;
    const ended = new Promise<void>((done) => this.#recorder.addEventListener('stop', () => done(), { once: true }));
    if (this.#recorder.state !== 'inactive') {
      this.#recorder.stop();
      await ended;
    }
    this.#release();
    const mimeType = typeOf({ type: this.#recorder.mimeType });
    const bytes = new Blob(this.#parts, { type: mimeType });
    const name = `voice.${mimeType === 'audio/ogg' ? 'ogg' : mimeType === 'audio/webm' ? 'webm' : 'm4a'}`;
    return {
      bytes,
      media: { id: '', kind: 'voice', mimeType, size: bytes.size, name, caption: '', width: 0, height: 0, durationMs, thumbnail: new Uint8Array(), waveform: waveformOf(this.#levels) },
    };
  }

  drop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close().catch(() => {});
  }
}
