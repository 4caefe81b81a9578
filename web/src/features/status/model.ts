// Statuses on screen: whose there are, what one shows oneself, and what one can do with them.
import type { MediaFile } from '../../client/content';
import type { AccountId } from '../../client/ids';
import type { Lease } from '../../state/library';
import type { Message } from '../../state/model';
import type { Statuses } from '../../state/statuses';
import type { Outgoing } from '../../media/outgoing';

export interface StatusSnapshot {
  readonly statuses: Statuses;
  readonly me: AccountId;
  readonly nowMs: number;
}
export interface Viewer {
  readonly account: AccountId;
  readonly name: string;
}
export interface StatusActions {
  close(): void;
  /** Kept on this device when it resolves. */
  write(text: string, colour: number): Promise<void>;
  sendFile(file: Outgoing): Promise<void>;
  viewed(item: Message): void;
  /** Who has seen this one of mine. */
  viewers(item: Message): Promise<readonly Viewer[]>;
  reply(item: Message, text: string): Promise<void>;
  quiet(author: AccountId, quiet: boolean): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
  lease(file: MediaFile, onProgress: (share: number) => void): Promise<Lease>;
}

export const kStatusLengthMax = 700;
/** How long one is shown; a film as long as it is. */
export const kShownMs = 6_000;

/** What a text may stand on. White is legible on each. */
export const kColours: readonly number[] = [0x4a5fb5, 0x14796b, 0x9a4a78, 0x99561d, 0x5a4fa8, 0x35712f, 0xa8443f, 0x2b7093];

export const cssColour = (colour: number): string => `#${(colour === 0 ? (kColours[0] ?? 0) : colour & 0xffffff).toString(16).padStart(6, '0')}`;

/** Black or white, whichever is better to read on it (WCAG 2.2, relative luminance). */
export function inkOn(colour: number): '#000' | '#fff' {
  const [red, green, blue] = [16, 8, 0].map((shift) => {
    const part = (((colour === 0 ? (kColours[0] ?? 0) : colour) >> shift) & 0xff) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#fff' : '#000';
}

/** A reply stands in the chat with its author, and says what it answers. */
export function replyText(answered: string, text: string): string {
  const line = answered.replace(/\s+/g, ' ').trim();
  const short = [...line].length > 120 ? `${[...line].slice(0, 119).join('')}…` : line;
  return `> ${short}\n${text}`;
}
