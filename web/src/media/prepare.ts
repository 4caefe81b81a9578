// Makes of a file what is sent: photos are turned upright, made smaller and lose what cameras write into them (where and
// when); films and sounds get their length. Each gets a small picture that readers see before they fetch the rest.
import type { MediaFile } from '../client/content';
import { fileName } from '../ui/file_text';
import { kMediaBytesMax, shrinks, typeOf } from './files';
import type { Shape } from './files';
import type { Outgoing } from './outgoing';

const kSideMax = 2560;
const kKeptBytesMax = 4 * 1024 * 1024; // a drawing or screenshot of this size goes as it is
const kThumbnailBytesMax = 16_000; // the schema has 16,384
const kPatienceMs = 8_000;

export async function prepared(file: File, shape: Shape, caption: string): Promise<Outgoing> {
  const plain = described(file, file, 'document', caption);
  try {
    if (shape === 'image') return await photo(file, caption);
    if (shape === 'video') return await film(file, caption);
    if (shape === 'audio') return described(file, file, 'audio', caption, { durationMs: await lengthOf(file) });
  } catch {
    // This browser cannot read it: then it is a file like others.
  }
  return plain;
}

function described(file: File, bytes: Blob, kind: MediaFile['kind'], caption: string, more: Partial<MediaFile> = {}): Outgoing {
  const nothing = new Uint8Array();
  const mimeType = typeOf(bytes) || typeOf(file);
  return {
    bytes,
    media: { id: '', kind, mimeType, size: bytes.size, name: fileName(file.name, kind), caption, width: 0, height: 0, durationMs: 0, thumbnail: nothing, waveform: nothing, ...more },
  };
}

async function photo(file: File, caption: string): Promise<Outgoing> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    const { width, height } = bitmap;
    const thumbnail = await thumbnailOf(bitmap, width, height);
    const kept = !shrinks(file) || (typeOf(file) !== 'image/jpeg' && Math.max(width, height) <= kSideMax && file.size <= kKeptBytesMax);
    if (kept) return described(file, file, 'image', caption, { width, height, thumbnail });
    const scale = Math.min(1, kSideMax / Math.max(width, height));
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const bytes = await jpeg(bitmap, w, h, 0.87);
    if (bytes.size > kMediaBytesMax) throw new Error('still too large');
    const name = file.name.replace(/\.[A-Za-z0-9]{1,5}$/, '');
    return described(new File([], `${name || 'photo'}.jpg`), bytes, 'image', caption, { width: w, height: h, thumbnail });
  } finally {
    bitmap.close();
  }
}

async function film(file: File, caption: string): Promise<Outgoing> {
  const url = URL.createObjectURL(file);
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    await once(video, 'loadeddata');
    const { videoWidth: width, videoHeight: height, duration } = video;
    const durationMs = Number.isFinite(duration) ? Math.round(duration * 1000) : 0;
    video.currentTime = Math.min(0.5, Number.isFinite(duration) ? duration / 4 : 0);
    await once(video, 'seeked').catch(() => {});
    const thumbnail = await thumbnailOf(video, width, height);
    return described(file, file, 'video', caption, { width, height, durationMs, thumbnail });
  } finally {
    video.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}

async function lengthOf(file: Blob): Promise<number> {
  const url = URL.createObjectURL(file);
  const audio = document.createElement('audio');
  try {
    audio.preload = 'metadata';
    audio.src = url;
    await once(audio, 'loadedmetadata');
    return Number.isFinite(audio.duration) ? Math.round(audio.duration * 1000) : 0;
  } finally {
    audio.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}

function once(element: HTMLMediaElement, event: string): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('it takes too long')), kPatienceMs);
    element.addEventListener(event, () => (clearTimeout(timer), done()), { once: true });
    element.addEventListener('error', () => (clearTimeout(timer), failed(new Error('it cannot be read'))), { once: true });
  });
}

// Smaller and coarser until it fits into a message.
async function thumbnailOf(source: CanvasImageSource, width: number, height: number): Promise<Uint8Array> {
  for (const [side, quality] of [[360, 0.7], [320, 0.5], [240, 0.45], [160, 0.4], [80, 0.4]] as const) {
    const scale = Math.min(1, side / Math.max(width, height));
    const bytes = await jpeg(source, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), quality);
    if (bytes.size <= kThumbnailBytesMax) return new Uint8Array(await bytes.arrayBuffer());
  }
  return new Uint8Array();
}

function jpeg(source: CanvasImageSource, width: number, height: number, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (pen === null) return Promise.reject(new Error('no canvas'));
  pen.fillStyle = '#fff'; // below what is transparent
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(source, 0, 0, width, height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob === null ? failed(new Error('no picture')) : done(blob)), 'image/jpeg', quality));
}
