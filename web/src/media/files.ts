// Which files can go, and as what. The server decides in the end; this says the same before anything is uploaded.
import { fileName, fileSize } from '../ui/file_text';
import { t } from '../ui/text';

export const kMediaBytesMax = 16 * 1024 * 1024;
export const kDocumentBytesMax = 100 * 1024 * 1024;
export const kFilesMax = 20; // at once

export type Shape = 'image' | 'video' | 'audio' | 'document';

// What browsers show, and nothing that they run: an SVG is a document.
const kShapes: Readonly<Record<string, Shape>> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/webp': 'image',
  'image/gif': 'image',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/3gpp': 'video',
  'audio/mpeg': 'audio',
  'audio/mp4': 'audio',
  'audio/aac': 'audio',
  'audio/ogg': 'audio',
  'audio/x-m4a': 'audio',
};

interface Sized {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export const typeOf = (file: { readonly type: string }): string => file.type.toLowerCase().split(';')[0]?.trim() ?? '';
export const shapeOf = (file: { readonly type: string }): Shape => kShapes[typeOf(file)] ?? 'document';

/** Photos are made smaller before they go, so only what cannot be is held to the limit here. */
export const shrinks = (file: { readonly type: string }): boolean => ['image/jpeg', 'image/png', 'image/webp'].includes(typeOf(file));

/** Why this file cannot go like this; undefined when it can. */
export function refusal(file: Sized, as: Shape): string | undefined {
  const name = fileName(file.name);
  if (file.size === 0) return t('file_empty', { name });
  if (file.size > kDocumentBytesMax) return t('file_too_big', { name, size: fileSize(file.size) });
  if (as !== 'document' && file.size > kMediaBytesMax && !(as === 'image' && shrinks(file))) return t('media_too_big', { name, size: fileSize(file.size) });
  return undefined;
}
