// Who is writing or recording, as it is heard; and how this device says so itself, not more often than others need it.
// Nothing of it is stored.
import type { AccountId, ConversationId } from '../client/ids';
import type { Clock } from '../client/ports';

export type Doing = 'typing' | 'recording';

const kShownMs = 25_000; // as the protocol has it
const kAgainMs = 10_000; // while it goes on, said again this often
const kQuietMs = 6_000; // no key for so long: stopped

/** Of all conversations, what is heard. Views subscribe; `of` returns the same object until something changes. */
export class TypingBoard {
  readonly #clock: Clock;
  readonly #heard = new Map<ConversationId, ReadonlyMap<AccountId, Doing>>();
  readonly #ends = new Map<string, () => void>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  of(conversation: ConversationId): ReadonlyMap<AccountId, Doing> | undefined {
    return this.#heard.get(conversation);
  }

  /** `undefined`: stopped, or a message came. */
  heard(conversation: ConversationId, account: AccountId, doing: Doing | undefined): void {
    const key = `${conversation}/${account}`;
    this.#ends.get(key)?.();
    this.#ends.delete(key);
    const before = this.#heard.get(conversation);
    if (doing !== undefined) this.#ends.set(key, this.#clock.after(kShownMs, () => this.heard(conversation, account, undefined)));
    if (before?.get(account) === doing) return;
    const next = new Map(before);
    if (doing === undefined) next.delete(account);
    else next.set(account, doing);
    if (next.size === 0) this.#heard.delete(conversation);
    else this.#heard.set(conversation, next);
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  /** Another number whenever anything changed. */
  get version(): number {
    return this.#version;
  }

  close(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
    this.#listeners.clear();
  }
}

/** What this device says in one conversation. */
export class Announcer {
  #said: { readonly doing: Doing; readonly atMs: number } | undefined;
  #cancel: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly say: (doing: Doing | 'stopped') => void,
  ) {}

  /** A key was pressed, or the recording goes on. */
  doing(doing: Doing): void {
    const now = this.clock.now();
    if (this.#said?.doing !== doing || now - this.#said.atMs >= kAgainMs) {
      this.#said = { doing, atMs: now };
      this.say(doing);
    }
    this.#cancel();
    this.#cancel = this.clock.after(kQuietMs, () => this.stopped());
  }

  /** Given up. A message that is sent ends it by itself: `sent`. */
  stopped(): void {
    if (this.#said !== undefined) this.say('stopped');
    this.sent();
  }
  sent(): void {
    this.#cancel();
    this.#said = undefined;
  }
}
