// Files that were fetched, as addresses that the page may show (blob:), kept while something shows them and a little
// longer. What falls out is revoked. Owned by the session.
import type { MediaFile } from '../client/content';
import type { Downloads } from '../client/download';

/** Somebody shows the file until release(). */
export interface Lease {
  readonly url: string;
  release(): void;
}

interface Entry {
  readonly url: string;
  readonly bytes: number;
  holders: number;
}

const kIdleBytesMax = 48 * 1024 * 1024; // of files that nothing shows
const kIdleFilesMax = 40;

// What a browser may open as what it says it is. Everything else is bytes: never a page, a script or a drawing of ours.
const kShown = /^(image\/(jpeg|png|webp|gif)|video\/(mp4|webm|3gpp|ogg)|audio\/(aac|mp4|mpeg|ogg|webm|wav|x-wav|flac|amr))$/;
export function shownType(mimeType: string): string {
  const type = mimeType.toLowerCase().split(';')[0]?.trim() ?? '';
  return kShown.test(type) ? type : 'application/octet-stream';
}

export class Library {
  readonly #downloads: Downloads;
  readonly #entries = new Map<string, Entry>(); // in order of last use
  readonly #coming = new Map<string, Promise<Entry>>();
  readonly #watchers = new Map<string, Set<(share: number) => void>>();

  constructor(downloads: Downloads) {
    this.#downloads = downloads;
  }

  /** The same file is fetched once, however many ask. */
  async lease(file: MediaFile, onProgress: (share: number) => void = () => {}): Promise<Lease> {
    const { id } = file;
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(onProgress));
    try {
      const entry = this.#entries.get(id) ?? (await this.#fetched(file));
      entry.holders++;
      this.#entries.delete(id);
      this.#entries.set(id, entry);
      let held = true;
      const release = () => {
        if (held) entry.holders--;
        held = false;
        this.#sweep();
      };
      return { url: entry.url, release };
    } finally {
      watchers.delete(onProgress);
      if (watchers.size === 0) this.#watchers.delete(id);
    }
  }

  /** Whether it can be had at once. */
  has(id: string): boolean {
    return this.#entries.has(id);
  }

  close(): void {
    for (const entry of this.#entries.values()) URL.revokeObjectURL(entry.url);
    this.#entries.clear();
  }

  #fetched(file: MediaFile): Promise<Entry> {
    const { id } = file;
    const known = this.#coming.get(id);
    if (known !== undefined) return known;
    const tell = (share: number) => this.#watchers.get(id)?.forEach((watcher) => watcher(share));
    const coming = this.#downloads
      .get(id, file.size, tell)
      .then((parts) => {
        const blob = new Blob([...parts] as BlobPart[], { type: shownType(file.mimeType) });
        const entry: Entry = { url: URL.createObjectURL(blob), bytes: blob.size, holders: 0 };
        this.#entries.set(id, entry);
        return entry;
      })
      .finally(() => this.#coming.delete(id));
    this.#coming.set(id, coming);
    return coming;
  }

  #sweep(): void {
    const idle = [...this.#entries].filter(([, entry]) => entry.holders === 0);
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    let files = idle.length;
    for (const [id, entry] of idle) {
      if (bytes <= kIdleBytesMax && files <= kIdleFilesMax) return;
      URL.revokeObjectURL(entry.url);
      this.#entries.delete(id);
      bytes -= entry.bytes;
      files--;
    }
  }
}
