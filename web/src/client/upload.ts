// Files of the outbox on their way to the server, in pieces (tus 1.0.0, /v1/uploads). What has arrived stays there: after
// a broken line or a reload the upload's address is known here and its offset there. Owned by whoever owns the Client.
import { base64Encode, getTextEncoding } from '@bufbuild/protobuf/wire';
import { ErrorCode, ServerError, Stopped, Unreachable } from './errors';
import type { OutboxItem } from './outbox';
import type { Bytes, Clock } from './ports';
import { errorIn } from './rest';

export interface KeptFile {
  readonly bytes: Bytes;
  readonly upload: string; // its path on the server; empty before it has begun
}
export interface FileStorage {
  file(clientId: string): Promise<KeptFile | undefined>;
  keepUpload(clientId: string, upload: string): Promise<void>;
}

interface Response {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}
export type FetchPiece = (url: string, init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: Bytes }) => Promise<Response>;

export interface UploadsOptions {
  readonly fetch: FetchPiece;
  readonly origin: string;
  readonly token: string;
  readonly storage: FileStorage;
  readonly clock: Clock;
  /** How much of an item's file has arrived, 0 to 1. */
  readonly onProgress: (clientId: string, share: number) => void;
}

// A piece takes about a second: then progress is seen and little is lost with a broken line.
const kPieceBytesMin = 128 * 1024;
const kPieceBytesMax = 8 * 1024 * 1024;
const kPieceMs = 1000;

interface Place {
  readonly offset: number;
  readonly media: string; // the id of the file, when all of it has arrived
}

export class Uploads {
  readonly #options: UploadsOptions;
  #pieceBytes = 2 * kPieceBytesMin;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Goes on where it was. Throws ServerError when refused, Unreachable when the line broke, Stopped when asked to. */
  run = async (item: OutboxItem, stopped: () => boolean): Promise<string> => {
    const { storage, onProgress } = this.#options;
    const kept = await storage.file(item.clientId);
    if (kept === undefined) throw new ServerError(ErrorCode.media_unknown, 'The file is not on this device any more.');
    const { bytes } = kept;
    let { upload } = kept;
    let place = upload === '' ? undefined : await this.#ask(upload);
    if (place === undefined) {
      upload = await this.#begin(item, bytes.size);
      await storage.keepUpload(item.clientId, upload);
      place = { offset: 0, media: '' };
    }
    while (place.media === '') {
      if (stopped()) {
        void this.#call('DELETE', upload).catch(() => {});
        throw new Stopped();
      }
      onProgress(item.clientId, place.offset / bytes.size);
      place = await this.#append(upload, bytes, place.offset);
    }
    onProgress(item.clientId, 1);
    return place.media;
  };

  async #begin(item: OutboxItem, size: number): Promise<string> {
    const { name, mimeType } = mediaOf(item);
    const metadata = [`filename ${base64(name || 'file')}`, ...(mimeType === '' ? [] : [`filetype ${base64(mimeType)}`])].join(',');
    const answer = await this.#call('POST', '/v1/uploads', { 'upload-length': String(size), 'upload-metadata': metadata });
    if (answer.status !== 201) throw await refusalOf(answer);
    // Only the path: the token goes to nobody but the server that gave it.
    const path = /^(?:https?:\/\/[^/]+)?(\/v1\/uploads\/[\w.~-]+)$/.exec(answer.headers.get('location') ?? '')?.[1];
    if (path === undefined) throw new Unreachable('The server did not say where to upload to.');
    return path;
  }

  // Undefined when the server does not know it any more: it expired, or was for another size.
  async #ask(upload: string): Promise<Place | undefined> {
    const answer = await this.#call('HEAD', upload);
    if (answer.status === 404 || answer.status === 410) return undefined;
    if (answer.status >= 300) throw new Unreachable(`HTTP ${answer.status}`);
    return placeIn(answer);
  }

  async #append(upload: string, bytes: Bytes, offset: number): Promise<Place> {
    const { clock } = this.#options;
    const begunMs = clock.now();
    const piece = bytes.slice(offset, Math.min(bytes.size, offset + this.#pieceBytes));
    const answer = await this.#call('PATCH', upload, { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }, piece);
    if (answer.status === 409) return (await this.#ask(upload)) ?? { offset: 0, media: '' };
    if (answer.status === 404 || answer.status === 410) throw new Unreachable('The upload has expired.'); // it begins anew
    if (answer.status >= 300) throw await refusalOf(answer);
    const tookMs = clock.now() - begunMs;
    const factor = tookMs < kPieceMs / 2 ? 2 : tookMs > kPieceMs * 2 ? 0.5 : 1;
    this.#pieceBytes = Math.min(kPieceBytesMax, Math.max(kPieceBytesMin, this.#pieceBytes * factor));
    return placeIn(answer);
  }

  async #call(method: string, path: string, headers: Record<string, string> = {}, body?: Bytes): Promise<Response> {
    const { fetch, origin, token } = this.#options;
    const init = { method, headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', ...headers }, ...(body && { body }) };
    try {
      return await fetch(origin + path, init);
    } catch (cause) {
      throw new Unreachable('The server cannot be reached.', { cause });
    }
  }
}

function placeIn(answer: Response): Place {
  const offset = Number(answer.headers.get('upload-offset') ?? 'none');
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Unreachable('The server did not say how much has arrived.');
  return { offset, media: answer.headers.get('homing-media-id') ?? '' };
}

async function refusalOf(answer: Response): Promise<Error> {
  return errorIn(await answer.json().catch(() => undefined)) ?? new Unreachable(`HTTP ${answer.status}`);
}

function mediaOf({ request }: OutboxItem): { readonly name: string; readonly mimeType: string } {
  if (request.kind === 'send' && request.said.kind === 'media') return request.said.media;
  throw new Error('not a message with a file');
}

const base64 = (text: string): string => base64Encode(getTextEncoding().encodeUtf8(text));
