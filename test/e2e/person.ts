// One device of one person, with the words that tests use. It keeps what it received in a MemoryStorage, so that the
// device can go offline, come back, or start again as a reload would.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { Client } from '../../web/src/client/client';
import type { ClientOptions } from '../../web/src/client/client';
import type { ConnectionState } from '../../web/src/client/connection';
import { accountId, conversationId, seq } from '../../web/src/client/ids';
import type { AccountId, ConversationId, Seq } from '../../web/src/client/ids';
import { MemoryStorage } from '../../web/src/client/memory_storage';
import type { Clock, Random } from '../../web/src/client/ports';
import { webSocketDial } from '../../web/src/client/web_socket';
import type { WebSocketClass } from '../../web/src/client/web_socket';
import type { Envelope } from '../../web/src/gen/events_pb';
import type { Added, Server } from './server';

export const clock: Clock = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
export const random: Random = { unit: () => Math.random(), bytes: (count) => new Uint8Array(randomBytes(count)) };

/** Waits for something to become true; says what was waited for when it does not. */
export async function until(condition: () => boolean, what: string, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); ) {
    if (Date.now() > end) throw new Error(`not after ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 4));
  }
}
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export interface Known {
  readonly conversation: bigint;
  readonly seq: bigint;
  readonly text: string;
}

export interface Ticks {
  readonly delivered: Seq;
  readonly read: Seq;
  readonly ownRead: Seq;
}

export class Device {
  readonly account: AccountId;
  readonly storage = new MemoryStorage();
  readonly states: ConnectionState[] = [];
  client: Client;

  constructor(
    readonly server: Server,
    readonly added: Added,
    private readonly more: Partial<ClientOptions> = {},
  ) {
    this.account = accountId(BigInt(added.account_id));
    this.client = this.#make();
  }

  #make(): Client {
    return new Client({
      dial: webSocketDial(WebSocket as unknown as WebSocketClass, this.server.origin, this.added.token),
      storage: this.storage,
      clock,
      random,
      agent: 'e2e',
      tuning: { backoff: { firstMs: 20, maxMs: 300 } },
      outboxBackoff: { firstMs: 20, maxMs: 300 },
      lazyAckMs: 100,
      onState: (state) => this.states.push(state),
      ...this.more,
    });
  }

  async online(): Promise<this> {
    if (this.client.connection.state.kind === 'idle') await this.client.start();
    else this.client.connection.start();
    await until(() => this.client.caughtUp, `${this.added.phone} caught up`);
    return this;
  }
  offline(): void {
    this.client.connection.stop();
  }
  /** As a reload: a new client over the same storage. */
  async restart(): Promise<this> {
    this.client.close();
    this.client = this.#make();
    return this.online();
  }
  close(): void {
    this.client.close();
  }

  /** Resolves with the first tick. */
  say(to: Device | AccountId, text: string) {
    const account = to instanceof Device ? to.account : to;
    return this.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'account', account }, said: { kind: 'text', text } });
  }
  sayIn(conversation: bigint, text: string) {
    return this.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'conversation', conversation: conversationId(conversation) }, said: { kind: 'text', text } });
  }
  read(conversation: bigint, at: bigint): Promise<void> {
    return this.client.outbox.markRead({ conversation: conversationId(conversation), seq: seq(at) });
  }
  async group(name: string, ...members: readonly Device[]): Promise<ConversationId> {
    const sent = await this.client.outbox.enqueueAndWait({ kind: 'create_group', name, members: members.map((member) => member.account) });
    return conversationId(sent.conversation);
  }
  change(conversation: bigint, what: { add?: readonly Device[]; remove?: readonly Device[]; promote?: readonly Device[] }) {
    const ids = (devices: readonly Device[] = []) => devices.map((device) => device.account);
    return this.client.outbox.enqueueAndWait({
      kind: 'change_members',
      conversation: conversationId(conversation),
      add: ids(what.add),
      remove: ids(what.remove),
      promote: ids(what.promote),
    });
  }

  /** Everything that was delivered, in order of delivery. */
  get delivered(): readonly Envelope[] {
    return this.storage.items.flatMap((item) => (item.kind === 'delivery' && item.delivery.envelope ? [item.delivery.envelope] : []));
  }
  get texts(): readonly string[] {
    return this.delivered.flatMap((envelope) => textOf(envelope) ?? []);
  }
  /** All messages that this device has, by place: delivered, or sent from here (those are answered, not delivered). */
  get known(): readonly Known[] {
    const delivered = this.delivered.flatMap((envelope) => {
      const text = textOf(envelope);
      return text === undefined ? [] : [{ conversation: envelope.conversation, seq: envelope.seq, text }];
    });
    const sent = this.storage.sent.flatMap(({ item, sent: { conversation, seq } }) => (item.request.kind === 'send' && item.request.said.kind === 'text' ? [{ conversation, seq, text: item.request.said.text }] : []));
    const before = (a: Known, b: Known) => (a.conversation === b.conversation ? a.seq < b.seq : a.conversation < b.conversation);
    return [...delivered, ...sent].sort((a, b) => (before(a, b) ? -1 : 1));
  }
  has(text: string): Promise<void> {
    return until(() => this.texts.includes(text), `${this.added.phone} has "${text}"; it has ${JSON.stringify(this.texts.slice(-5))}`);
  }
  ticks(conversation: bigint): Ticks {
    const ticks = { delivered: 0n, read: 0n, ownRead: 0n };
    for (const item of this.storage.items) {
      if (item.kind !== 'receipts' || item.receipts.conversation !== conversation) continue;
      ticks.delivered = item.receipts.deliveredTo;
      ticks.read = item.receipts.readTo;
      ticks.ownRead = item.receipts.ownReadTo;
    }
    return { delivered: seq(ticks.delivered), read: seq(ticks.read), ownRead: seq(ticks.ownRead) };
  }
  sees(kind: 'delivered' | 'read', conversation: bigint, at: bigint): Promise<void> {
    return until(() => this.ticks(conversation)[kind] >= at, `${kind} up to ${at}`);
  }
}

export function textOf(envelope: Envelope): string | undefined {
  const body = envelope.event?.body;
  return body?.case === 'plain' && body.value.kind.case === 'text' ? body.value.kind.value.text : undefined;
}

export async function device(server: Server, name: string, more: Partial<ClientOptions> = {}): Promise<Device> {
  return new Device(server, await server.add(name), more).online();
}
