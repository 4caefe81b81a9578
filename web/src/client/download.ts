// Files from the server. The token goes into a header, never into an address, so a page cannot simply name the file: it
// is fetched here and shown from memory.
import { ErrorCode, ServerError, Unreachable } from './errors';
import { errorIn } from './rest';

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}
/** The part of fetch's answer that is used. */
export interface Download {
  readonly status: number;
  readonly body: { getReader(): Reader } | null;
  json(): Promise<unknown>;
}
export type FetchFile = (url: string, init: { readonly headers: Record<string, string> }) => Promise<Download>;

/** Nothing that the server keeps is larger. */
export const kFileBytesMax = 100 * 1024 * 1024;

export class Downloads {
  constructor(
    private readonly fetch: FetchFile,
    private readonly origin: string,
    private readonly token: string,
  ) {}

  /** All of a file. `size` is what the message says it has; progress is 0 to 1. */
  async get(id: string, size: number, onProgress: (share: number) => void = () => {}): Promise<readonly Uint8Array[]> {
    if (!/^\d{1,20}$/.test(id)) throw new ServerError(ErrorCode.media_unknown, '');
    const answer = await this.#ask(`/v1/media/${id}`);
    if (answer.status !== 200 || answer.body === null) throw errorIn(await answer.json().catch(() => undefined)) ?? new Unreachable(`HTTP ${answer.status}`);
    const reader = answer.body.getReader();
    const parts: Uint8Array[] = [];
    let got = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return parts;
        if (value === undefined) continue;
        parts.push(value);
        got += value.length;
        if (got > kFileBytesMax) {
          await reader.cancel();
          throw new ServerError(ErrorCode.media_too_big, '');
        }
        onProgress(Math.min(1, got / Math.max(size, 1)));
      }
    } catch (cause) {
      if (cause instanceof ServerError) throw cause;
      throw new Unreachable('The server cannot be reached.', { cause });
    }
  }

  async #ask(path: string): Promise<Download> {
    try {
      return await this.fetch(this.origin + path, { headers: { authorization: `Bearer ${this.token}` } });
    } catch (cause) {
      throw new Unreachable('The server cannot be reached.', { cause });
    }
  }
}
