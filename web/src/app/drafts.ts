// What is being written in one chat, kept soon after the last key and at once when one leaves.
import type { Messenger } from '../state/messenger';
import type { Place } from '../state/selectors';

const kQuietMs = 400;

export class Drafts {
  #text: string | undefined; // not kept yet
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly messenger: Messenger,
    private readonly place: Place,
  ) {
    window.addEventListener('pagehide', this.#keep);
  }

  write = (text: string): void => {
    this.#text = text;
    clearTimeout(this.#timer);
    if (text === '') this.#keep();
    else this.#timer = setTimeout(() => this.#keep(), kQuietMs);
  };

  leave = (): void => {
    window.removeEventListener('pagehide', this.#keep);
    this.#keep();
  };

  readonly #keep = (): void => {
    clearTimeout(this.#timer);
    const text = this.#text;
    this.#text = undefined;
    if (text !== undefined) void this.messenger.keep(this.place, { draft: text, draftMs: Date.now() }).catch(() => {});
  };
}
