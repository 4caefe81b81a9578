// A file that a view shows: fetched when asked for, released when the view goes.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MediaFile } from '../client/content';
import { ErrorCode, ServerError, Unreachable } from '../client/errors';
import type { Lease } from '../state/library';
import { t } from '../ui/text';

export interface FileActions {
  lease(file: MediaFile, onProgress: (share: number) => void): Promise<Lease>;
}

export type FileState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'coming'; readonly share: number }
  | { readonly kind: 'here'; readonly url: string }
  | { readonly kind: 'failed'; readonly problem: string };

export function useFile(file: MediaFile, actions: FileActions): readonly [FileState, () => Promise<string | undefined>] {
  const [state, setState] = useState<FileState>({ kind: 'absent' });
  const lease = useRef<Lease>(undefined);
  const wanted = useRef(true);
  useEffect(() => {
    wanted.current = true;
    return () => {
      wanted.current = false;
      lease.current?.release();
      lease.current = undefined;
    };
  }, [file.id]);

  const load = useCallback(async () => {
    if (lease.current !== undefined) return lease.current.url;
    setState({ kind: 'coming', share: 0 });
    try {
      const got = await actions.lease(file, (share) => wanted.current && setState({ kind: 'coming', share }));
      if (!wanted.current || lease.current !== undefined) {
        got.release(); // nobody looks any more, or it was asked for twice
        return undefined;
      }
      lease.current = got;
      setState({ kind: 'here', url: got.url });
      return got.url;
    } catch (error) {
      if (wanted.current) setState({ kind: 'failed', problem: problemOf(error) });
      return undefined;
    }
  }, [file.id, actions]);
  return [state, load];
}

export function problemOf(error: unknown): string {
  if (error instanceof ServerError && (error.code === ErrorCode.media_unknown || error.code === ErrorCode.not_found)) return t('file_gone');
  if (error instanceof Unreachable) return t('file_unreachable');
  return error instanceof Error ? error.message : String(error);
}

const urls = new WeakMap<Uint8Array, string>();
/** A thumbnail as an address: it is said to be a JPEG, whatever it is, so that it is never anything but a picture. */
export function thumbnailUrl(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined;
  const known = urls.get(bytes);
  if (known !== undefined) return known;
  const url = `data:image/jpeg;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
  urls.set(bytes, url);
  return url;
}

/** What a picture takes on screen: its own shape, within reason, whatever it claims. */
export function frameOf(media: { readonly width: number; readonly height: number }): { readonly width: number; readonly ratio: number } {
  const known = media.width > 0 && media.height > 0 && Number.isFinite(media.width / media.height);
  const ratio = known ? Math.min(2.4, Math.max(0.6, media.width / media.height)) : 4 / 3;
  const widest = Math.min(340, 400 * ratio);
  return { width: Math.round(known ? Math.max(150, Math.min(widest, media.width)) : 260), ratio };
}
