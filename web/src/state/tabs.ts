// Several tabs of one device. One leads: it has the connection, sends what waits in the outbox, and writes what comes
// from the server. The others read the same IndexedDB once, and then apply what the leader says it has stored. What they
// want of the server they ask of the leader; what they write to people they put into the outbox on disk themselves, so
// that nothing is lost between two leaders.
//
// A Web Lock says who leads (tab_lock.ts). Words between tabs may be lost with a tab: a new leader says that it leads,
// and then everybody reads again.
import { ConnectionLost, ServerError } from '../client/errors';
import type { AccountId, ConversationId } from '../client/ids';
import type { Client, Leader, LeaderWord } from '../client/client';
import type { ClientKind, ConnectionState, ServerKind } from '../client/connection';
import type { Settled } from '../client/outbox';
import type { StateEvent } from './apply';
import type { Progress } from './progress';
import type { Sharing, Store } from './store';
import type { Doing, TypingBoard } from './typing';

type Question = { readonly kind: 'request'; readonly frame: ClientKind } | { readonly kind: 'dispatch'; readonly events: readonly StateEvent[] };
type Answer =
  | { readonly kind: 'served'; readonly answer: ServerKind }
  | { readonly kind: 'stored' }
  | { readonly kind: 'refused'; readonly code: ServerError['code']; readonly text: string; readonly field: string; readonly retryAfterMs: number }
  | { readonly kind: 'lost' };
type Word =
  | { readonly kind: 'here' } // a tab that was opened: how is the connection?
  | { readonly kind: 'leading'; readonly state: ConnectionState }
  | { readonly kind: 'connection'; readonly state: ConnectionState }
  | { readonly kind: 'stored'; readonly events: readonly StateEvent[] }
  | { readonly kind: 'settled'; readonly clientId: string; readonly settled: Settled }
  | { readonly kind: 'typing'; readonly conversation: ConversationId; readonly account: AccountId; readonly doing: Doing | undefined }
  | { readonly kind: 'progress'; readonly clientId: string; readonly share: number }
  | { readonly kind: 'ask'; readonly id: string; readonly question: Question }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answer }
  | { readonly kind: 'tell'; readonly word: LeaderWord }
  | { readonly kind: 'over' }; // this device was logged out

export interface Parts {
  readonly store: Store;
  readonly client: Client;
  readonly typing: TypingBoard;
  readonly progress: Progress;
}
interface Pending {
  readonly question: Question;
  resolve(answer: Answer): void;
}

export class Tabs implements Sharing, Leader {
  readonly #channel: BroadcastChannel;
  readonly #newId: () => string;
  readonly #pending = new Map<string, Pending>();
  #early: Word[] = []; // heard before there was anything to tell it to
  #parts: Parts | undefined;
  #leads = false;
  #closed = false;
  readonly #over: () => void;

  /** `over` is called when another tab has logged this device out. */
  constructor(channel: BroadcastChannel, newId: () => string, over: () => void) {
    this.#channel = channel;
    this.#newId = newId;
    this.#over = over;
    channel.onmessage = ({ data }: MessageEvent<Word>) => this.#hear(data);
  }

  /** The parts of this tab. What was heard until now reaches them. */
  attach(parts: Parts): void {
    this.#parts = parts;
    for (const word of this.#early) this.#hear(word);
    this.#early = [];
    if (!this.#leads) this.#post({ kind: 'here' });
  }

  /** This tab leads from here on. What was asked of the one before is asked of this one, as far as that may be. */
  lead(): void {
    this.#leads = true;
    this.#post({ kind: 'leading', state: this.#parts?.client.state ?? { kind: 'connecting' } });
    this.#askAgain();
  }

  /** Everybody forgets this device. */
  tellOver(): void {
    this.#post({ kind: 'over' });
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    for (const pending of this.#pending.values()) pending.resolve({ kind: 'lost' });
    this.#pending.clear();
  }

  // --- said by the leader ---

  stored(events: readonly StateEvent[]): void {
    if (events.length > 0) this.#say({ kind: 'stored', events });
  }
  connection(state: ConnectionState): void {
    this.#say({ kind: 'connection', state });
  }
  settled(clientId: string, settled: Settled): void {
    this.#say({ kind: 'settled', clientId, settled });
  }
  typing(conversation: ConversationId, account: AccountId, doing: Doing | undefined): void {
    this.#say({ kind: 'typing', conversation, account, doing });
  }
  progress(clientId: string, share: number): void {
    this.#say({ kind: 'progress', clientId, share });
  }

  // --- asked of the leader ---

  async request(frame: ClientKind): Promise<ServerKind> {
    const answer = await this.#ask({ kind: 'request', frame });
    if (answer.kind === 'served') return answer.answer;
    if (answer.kind === 'refused') throw new ServerError(answer.code, answer.text, answer.field, answer.retryAfterMs);
    throw new ConnectionLost();
  }
  async dispatch(events: readonly StateEvent[]): Promise<void> {
    const { kind } = await this.#ask({ kind: 'dispatch', events });
    if (kind !== 'stored') throw new ConnectionLost();
  }
  tell(word: LeaderWord): void {
    this.#post({ kind: 'tell', word });
  }

  // ---

  #ask(question: Question): Promise<Answer> {
    if (this.#closed) return Promise.resolve({ kind: 'lost' });
    return new Promise((resolve) => {
      const id = this.#newId();
      this.#pending.set(id, { question, resolve });
      this.#post({ kind: 'ask', id, question });
    });
  }

  // The leader that was asked is gone. Storing again is fine; what was asked of the server may have happened.
  #askAgain(): void {
    for (const [id, { question, resolve }] of this.#pending) {
      if (question.kind === 'dispatch' && !this.#leads) {
        this.#post({ kind: 'ask', id, question });
        continue;
      }
      this.#pending.delete(id);
      if (question.kind === 'request') resolve({ kind: 'lost' });
      else void this.#answerTo(question).then(resolve);
    }
  }

  #hear(word: Word): void {
    const parts = this.#parts;
    if (word.kind === 'over') {
      this.#over();
      return;
    }
    if (parts === undefined) {
      this.#early.push(word);
      return;
    }
    if (this.#leads) this.#hearAsLeader(word, parts);
    else this.#hearAsOther(word, parts);
  }

  #hearAsLeader(word: Word, { store, client }: Parts): void {
    if (word.kind === 'here') this.#post({ kind: 'connection', state: client.state });
    else if (word.kind === 'ask') void this.#answerTo(word.question).then((answer) => this.#post({ kind: 'answer', id: word.id, answer }));
    if (word.kind !== 'tell') return;
    // What a tab wrote down for the leader is shown everywhere.
    if (word.word.kind === 'put') {
      const events: readonly StateEvent[] = [{ kind: 'outbox_put', item: word.word.item }];
      store.heard(events);
      this.stored(events);
    }
    client.hear(word.word);
  }

  #hearAsOther(word: Word, { store, client, typing, progress }: Parts): void {
    if (word.kind === 'stored') store.heard(word.events);
    else if (word.kind === 'connection') client.mirror(word.state);
    else if (word.kind === 'leading') {
      void store.catchUp();
      client.mirror(word.state);
      this.#askAgain();
    } else if (word.kind === 'settled') client.outbox.settled(word.clientId, word.settled);
    else if (word.kind === 'typing') typing.heard(word.conversation, word.account, word.doing);
    else if (word.kind === 'progress') progress.set(word.clientId, word.share);
    else if (word.kind === 'answer') {
      this.#pending.get(word.id)?.resolve(word.answer);
      this.#pending.delete(word.id);
    }
  }

  async #answerTo(question: Question): Promise<Answer> {
    const { store, client } = this.#parts ?? {};
    if (store === undefined || client === undefined) return { kind: 'lost' };
    try {
      if (question.kind === 'request') return { kind: 'served', answer: await client.connection.request(question.frame) };
      await store.dispatch(...question.events);
      return { kind: 'stored' };
    } catch (error) {
      if (!(error instanceof ServerError)) return { kind: 'lost' };
      const { code, message, field, retryAfterMs } = error;
      return { kind: 'refused', code, text: message, field, retryAfterMs };
    }
  }

  #say(word: Word): void {
    if (this.#leads) this.#post(word);
  }
  #post(word: Word): void {
    if (!this.#closed) this.#channel.postMessage(word);
  }
}
