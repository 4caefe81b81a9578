// What is sent: how a file and a text look before they are, and how large they may be.
import type { MediaFile } from '../client/content';

/** A file as it is sent: its bytes, and what the message says of it. Its id comes with the upload. */
export interface Outgoing {
  readonly bytes: Blob;
  readonly media: MediaFile;
}
/** What is sent for what was typed; undefined when there is nothing to say. */
export function cleaned(text: string): string | undefined {
  const trimmed = text.replace(/\s+$/u, '').replace(/^\n+/u, '');
  return trimmed.trim() === '' ? undefined : trimmed;
}
export const kTextBytesMax = 65536;
export const kCaptionBytesMax = 4096;
export const fits = (text: string, bytesMax = kTextBytesMax): boolean => new TextEncoder().encode(text).length <= bytesMax;
