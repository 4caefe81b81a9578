// Sync and outbox through the whole client, against a scripted server.
import { create } from '@bufbuild/protobuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { EnvelopeSchema } from '../gen/events_pb';
import { Client } from './client';
import { ErrorCode, ServerError } from './errors';
import { accountId, conversationId, seq } from './ids';
import { MemoryStorage } from './memory_storage';
import { toHex } from './outbox';
import type { OutboxRequest } from './outbox';
import type { InboxItem } from './sync';
import { FakeClock, FakeServer, seeded, settle } from './testing';
import type { FakeWire } from './testing';

const kMe = 1n;
const kBen = 2n;
type Upload = NonNullable<ConstructorParameters<typeof Client>[0]['upload']>;
let clock: FakeClock;
let server: FakeServer;
let storage: MemoryStorage;
let gaps: number;
const random = seeded(7); // one for all: a client that starts again must not repeat ids

function start(on = storage, upload?: Upload): Client {
  const client = new Client({ dial: server.dial, storage: on, clock, random, agent: 'test', onGap: () => gaps++, ...(upload && { upload }) });
  void client.start();
  return client;
}
const to = (account: bigint, text: string): OutboxRequest => ({ kind: 'send', to: { kind: 'account', account: accountId(account) }, said: { kind: 'text', text } });
const envelope = (at: bigint, author: bigint) =>
  create(EnvelopeSchema, { conversation: 5n, seq: at, timeMs: 1n, event: { header: { author, kind: { case: 'posted', value: {} } } } });
const deliver = (wire: FakeWire, position: bigint, author = kBen) => wire.say({ case: 'delivery', value: { position, envelope: envelope(position, author) } });
const textOf = ({ kind }: ReturnType<typeof sends>[number]) =>
  kind.value.body.case === 'plain' && kind.value.body.value.kind.case === 'text' ? kind.value.body.value.kind.value.text : undefined;
const sends = (wire: FakeWire) => wire.all('send');
const answer = (wire: FakeWire, index: number, at = BigInt(index + 1)) =>
  wire.say({ case: 'sent', value: { conversation: 5n, seq: at, timeMs: 1n } }, sends(wire)[index]!.request);

beforeEach(async () => {
  clock = new FakeClock();
  server = new FakeServer();
  storage = new MemoryStorage();
  gaps = 0;
});

async function online(client = start()): Promise<{ client: Client; wire: FakeWire }> {
  await settle();
  return { client, wire: await server.accept({ account: kMe }) };
}

describe('sync', () => {
  it('acknowledges others’ events at once, one ack for what came together', async () => {
    const { wire } = await online();
    deliver(wire, 10n);
    deliver(wire, 11n);
    deliver(wire, 12n);
    await settle();
    expect(wire.all('ack').map((ack) => ack.kind.value.cursor)).toEqual([12n]);
    expect(storage.items).toHaveLength(3);
  });

  it('acknowledges own events and receipts lazily', async () => {
    const { wire } = await online();
    deliver(wire, 10n, kMe);
    wire.say({ case: 'receipts', value: { position: 11n, conversation: 5n, deliveredTo: 1n } });
    await settle();
    expect(wire.all('ack')).toHaveLength(0);
    await clock.advance(3000);
    expect(wire.all('ack').map((ack) => ack.kind.value.cursor)).toEqual([11n]);
  });

  it('acknowledges only after storing', async () => {
    let stored = () => {};
    class Slow extends MemoryStorage {
      override apply(items: readonly InboxItem[], end: Parameters<MemoryStorage['apply']>[1]) {
        return new Promise<void>((resolve) => (stored = resolve)).then(() => super.apply(items, end));
      }
    }
    storage = new Slow();
    const { wire } = await online();
    deliver(wire, 10n);
    await settle();
    expect(wire.all('ack')).toHaveLength(0);
    stored();
    await settle();
    expect(wire.all('ack')).toHaveLength(1);
  });

  it('does not acknowledge what could not be stored, and asks for it again', async () => {
    let broken = true;
    class Full extends MemoryStorage {
      override apply(items: readonly InboxItem[], end: Parameters<MemoryStorage['apply']>[1]) {
        return broken ? Promise.reject(new Error('quota')) : super.apply(items, end);
      }
    }
    storage = new Full();
    const { wire } = await online();
    deliver(wire, 10n);
    await settle();
    expect(wire.all('ack')).toHaveLength(0);
    expect(wire.closedWith).toBe(1000);

    broken = false;
    await clock.advance(1000);
    const again = await server.accept({ account: kMe });
    expect(again.all('hello')[0]?.kind.value.cursor).toBe(0n);
    deliver(again, 10n);
    await settle();
    expect(again.all('ack').map((ack) => ack.kind.value.cursor)).toEqual([10n]);
  });

  it('goes on from the stored cursor and applies nothing twice', async () => {
    const { wire } = await online();
    deliver(wire, 10n);
    await settle();
    wire.drop();
    await clock.advance(1000);
    const again = await server.accept({ account: kMe });
    expect(again.all('hello')[0]?.kind.value.cursor).toBe(10n);
    deliver(again, 10n);
    deliver(again, 11n);
    await settle();
    expect(storage.items.map((item) => item.kind === 'delivery' && item.delivery.position)).toEqual([10n, 11n]);
  });

  it('says caught up only after all before it is stored', async () => {
    const client = start();
    await settle();
    const wire = await server.accept({ account: kMe });
    deliver(wire, 10n);
    wire.say({ case: 'caughtUp', value: { cursor: 10n } });
    expect(client.caughtUp).toBe(false);
    await settle();
    expect(client.caughtUp).toBe(true);
    expect(storage.items).toHaveLength(1);
  });

  it('tells when the inbox begins later than asked', async () => {
    start();
    await settle();
    await server.accept({ account: kMe, cursor: 500n });
    expect(gaps).toBe(1);
    expect(await storage.cursor()).toBe(500n);
  });
});

describe('outbox', () => {
  it('sends in order, one at a time to each destination', async () => {
    const { client, wire } = await online();
    for (const text of ['a', 'b', 'c']) await client.outbox.enqueue(to(kBen, text));
    await client.outbox.enqueue(to(3n, 'x'));
    await settle();
    expect(sends(wire).map(textOf)).toEqual(['a', 'x']);
    answer(wire, 0);
    await settle();
    expect(sends(wire).map(textOf)).toEqual(['a', 'x', 'b']);
  });

  it('sends the same client id again after a lost answer, and keeps the order', async () => {
    const { client, wire } = await online();
    await client.outbox.enqueue(to(kBen, 'a'));
    await client.outbox.enqueue(to(kBen, 'b'));
    await settle();
    wire.drop(); // the server may have stored it: nobody knows
    await clock.advance(1000);
    const again = await server.accept({ account: kMe });
    expect(sends(again).map(textOf)).toEqual(['a']);
    expect(sends(again)[0]!.kind.value.clientId).toEqual(sends(wire)[0]!.kind.value.clientId);
    expect(sends(again)[0]!.kind.value.clientId).toHaveLength(16);
    answer(again, 0);
    await settle();
    answer(again, 1);
    await settle();
    expect(storage.sent.map(({ item }) => item.request.kind === 'send' && (item.request.said.kind === 'text' && item.request.said.text))).toEqual(['a', 'b']);
    expect(client.outbox.items).toEqual([]);
  });

  it('brings an edit and a deletion to the server behind what was said before, under one client id each', async () => {
    const { client, wire } = await online();
    await client.outbox.enqueue({ kind: 'send', to: { kind: 'conversation', conversation: conversationId(5n) }, said: { kind: 'text', text: 'a' } });
    const edited = client.edit(conversationId(5n), seq(3n), { kind: 'text', text: 'b' });
    const deleted = client.deleteForEveryone(conversationId(5n), seq(3n));
    await settle();
    expect(wire.all('editMessage')).toEqual([]);
    answer(wire, 0);
    await settle();
    const edit = wire.all('editMessage')[0]!;
    expect(edit.kind.value).toMatchObject({ conversation: 5n, seq: 3n, body: { case: 'plain', value: { kind: { case: 'text', value: { text: 'b' } } } } });
    expect(wire.all('deleteMessage')).toEqual([]);
    wire.say({ case: 'sent', value: { conversation: 5n, seq: 4n, timeMs: 1n } }, edit.request);
    expect((await edited).seq).toBe(4n);
    await settle();
    const removal = wire.all('deleteMessage')[0]!;
    expect(removal.kind.value).toMatchObject({ conversation: 5n, seq: 3n });
    expect(removal.kind.value.clientId).toHaveLength(16);
    expect(removal.kind.value.clientId).not.toEqual(edit.kind.value.clientId);
    wire.say({ case: 'error', value: { code: ErrorCode.too_late, text: 'late' } }, removal.request);
    await expect(deleted).rejects.toThrow(ServerError);
  });

  it('survives a reload: a new client sends what the old one left, with the same id', async () => {
    const { client, wire } = await online();
    await client.outbox.enqueue(to(kBen, 'a'));
    await settle();
    client.close();

    const second = start();
    await settle();
    const again = await server.accept({ account: kMe });
    expect(sends(again)[0]!.kind.value.clientId).toEqual(sends(wire)[0]!.kind.value.clientId);
    expect(second.outbox.items).toHaveLength(1);
  });

  it('keeps what is written offline, and numbers it after what was there', async () => {
    const client = start();
    await settle();
    await client.outbox.enqueue(to(kBen, 'a'));
    client.close();
    const second = start();
    await settle();
    await second.outbox.enqueue(to(kBen, 'b'));
    const wire = await server.accept({ account: kMe });
    answer(wire, 0);
    await settle();
    expect(sends(wire).map(textOf)).toEqual(['a', 'b']);
  });

  it('shows a permanent refusal, goes on with the next, and retries with the same id when asked', async () => {
    const { client, wire } = await online();
    const item = await client.outbox.enqueue(to(kBen, 'a'));
    const refused = expect(client.outbox.answer(item)).rejects.toMatchObject({ codeName: 'unknown_recipient' });
    await client.outbox.enqueue(to(kBen, 'b'));
    await settle();
    wire.say({ case: 'error', value: { code: ErrorCode.unknown_recipient } }, sends(wire)[0]!.request);
    await settle();
    await refused;
    expect(client.outbox.items[0]?.failure?.code).toBe(ErrorCode.unknown_recipient);
    expect(sends(wire).map(textOf)).toEqual(['a', 'b']);
    answer(wire, 1);
    await settle();

    await client.outbox.retry(item.clientId);
    await settle();
    expect(textOf(sends(wire)[2]!)).toBe('a');
    expect(sends(wire)[2]!.kind.value.clientId).toEqual(sends(wire)[0]!.kind.value.clientId);
  });

  it('can discard only what was refused', async () => {
    const { client, wire } = await online();
    const item = await client.outbox.enqueue(to(kBen, 'a'));
    await client.outbox.discard(item.clientId);
    expect(client.outbox.items).toHaveLength(1);
    await settle();
    wire.say({ case: 'error', value: { code: ErrorCode.not_a_member } }, sends(wire)[0]!.request);
    await settle();
    await client.outbox.discard(item.clientId);
    expect(client.outbox.items).toEqual([]);
    expect((await storage.load()).items).toEqual([]);
  });

  it('tries again after the pause that the server asks for, holding back what comes after', async () => {
    const { client, wire } = await online();
    await client.outbox.enqueue(to(kBen, 'a'));
    await client.outbox.enqueue(to(kBen, 'b'));
    await settle();
    wire.say({ case: 'error', value: { code: ErrorCode.rate_limited, retryAfterMs: 5000 } }, sends(wire)[0]!.request);
    await clock.advance(4900);
    expect(sends(wire)).toHaveLength(1);
    await clock.advance(200);
    expect(sends(wire).map(textOf)).toEqual(['a', 'a']);
  });

  it('keeps only the newest read mark of a conversation, over reconnects', async () => {
    const client = start();
    await settle();
    for (const at of [3n, 9n, 4n]) await client.outbox.markRead({ conversation: conversationId(5n), seq: seq(at) });
    const wire = await server.accept({ account: kMe });
    expect(wire.all('markRead').map((frame) => frame.kind.value.seq)).toEqual([9n]);
    wire.drop();
    await clock.advance(1000);
    const again = await server.accept({ account: kMe });
    expect(again.all('markRead')).toHaveLength(1);
    again.say({ case: 'done', value: {} }, again.all('markRead')[0]!.request);
    await settle();
    expect((await storage.load()).marks).toEqual([]);
  });

  it('never loses an item, whenever the line breaks (200 seeds)', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      clock = new FakeClock();
      server = new FakeServer();
      storage = new MemoryStorage();
      const chance = seeded(seed);
      const log: string[] = []; // what the server made true, once per client id
      const seen = new Map<string, bigint>();
      let client = start();
      for (let n = 0; n < 12; n++) {
        void client.outbox.enqueue(to(kBen, String(n)));
        await settle();
        if (chance.unit() < 0.2) {
          client.close();
          client = start();
          await settle();
        }
        if (client.connection.state.kind !== 'online') {
          await clock.advance(31_000);
          if (client.connection.state.kind === 'connecting') await server.accept({ account: kMe });
        }
        serve(server.last, seen, log, chance.unit());
        await settle();
      }
      while (client.outbox.items.length > 0) {
        if (client.connection.state.kind === 'connecting') await server.accept({ account: kMe });
        else if (client.connection.state.kind !== 'online') await clock.advance(31_000);
        serve(server.last, seen, log, 0);
        await settle();
      }
      expect(log, `seed ${seed}`).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
      client.close();
    }
  });
});

const served = new WeakMap<FakeWire, number>();

// Commits what arrived; then, by chance, answers or loses the answers.
function serve(wire: FakeWire, seen: Map<string, bigint>, log: string[], chance: number): void {
  const frames = sends(wire);
  for (let i = served.get(wire) ?? 0; i < frames.length; i++) {
    served.set(wire, i + 1);
    const frame = frames[i]!;
    const id = String(frame.kind.value.clientId);
    if (!seen.has(id)) {
      log.push(String(textOf(frame)));
      seen.set(id, BigInt(log.length));
    }
    if (chance < 0.6) wire.say({ case: 'sent', value: { conversation: 5n, seq: seen.get(id)! } }, frame.request);
    else wire.drop();
  }
}

describe('a message with a file', () => {
  const media = { id: '', kind: 'document', mimeType: '', size: 3, name: 'a', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: new Uint8Array(), waveform: new Uint8Array() } as const;
  const withFile: OutboxRequest = { kind: 'send', to: { kind: 'account', account: accountId(kBen) }, said: { kind: 'media', media } };
  const file = new Blob(['abc']);
  /** Uploads that the test ends. */
  function uploads() {
    const under: { resolve(id: string): void; reject(error: Error): void; stopped(): boolean }[] = [];
    const upload: Upload = (_, stopped) => new Promise((resolve, reject) => under.push({ resolve, reject, stopped }));
    return { under, upload };
  }
  const bodies = (wire: FakeWire) => sends(wire).map(({ kind: { value } }) => (value.body.case === 'plain' ? value.body.value.kind.case : ''));

  it('goes when its file is there, in its place, and says which files it shows', async () => {
    const { under, upload } = uploads();
    const { client, wire } = await online(start(storage, upload));
    await client.outbox.enqueue(to(kBen, 'before'));
    await client.outbox.enqueue(withFile, file);
    await client.outbox.enqueue(to(kBen, 'after'));
    await settle();
    answer(wire, 0);
    await settle();
    expect([bodies(wire), under.length]).toEqual([['text'], 1]);
    under[0]!.resolve('555');
    await settle();
    expect(sends(wire)[1]?.kind.value.media).toEqual(['555']);
    expect((await storage.load()).items[0]).toMatchObject({ request: { said: { media: { id: '555' } } } }); // known before it is sent
    answer(wire, 1);
    await settle();
    expect(bodies(wire)).toEqual(['text', 'media', 'text']);
    expect(await storage.file(storage.sent[1]!.item.clientId)).toBeUndefined();
  });

  it('that is given up frees what was written after it at once', async () => {
    const { under, upload } = uploads();
    const { client, wire } = await online(start(storage, upload));
    const item = await client.outbox.enqueue(withFile, file);
    await client.outbox.enqueue(to(kBen, 'after'));
    await settle();
    await client.outbox.discard(item.clientId);
    await settle();
    expect([bodies(wire), under[0]?.stopped()]).toEqual([['text'], true]);
    under[0]!.resolve('555'); // too late
    await settle();
    expect(bodies(wire)).toEqual(['text']);
    expect(await storage.file(item.clientId)).toBeUndefined();
  });

  it('that is refused waits for the person, and what is behind it goes on', async () => {
    const { under, upload } = uploads();
    const { client, wire } = await online(start(storage, upload));
    const item = await client.outbox.enqueue(withFile, file);
    await client.outbox.enqueue(to(kBen, 'after'));
    await settle();
    under[0]!.reject(new ServerError(ErrorCode.quota_exceeded, ''));
    await settle();
    expect(bodies(wire)).toEqual(['text']);
    expect(client.outbox.items[0]?.failure?.code).toBe(ErrorCode.quota_exceeded);
    await client.outbox.retry(item.clientId);
    answer(wire, 0);
    await settle();
    expect(under).toHaveLength(2);
  });

  it('is uploaded again after a broken line and a reload, under the same id', async () => {
    const first = uploads();
    const { client } = await online(start(storage, first.upload));
    const item = await client.outbox.enqueue(withFile, file);
    await settle();
    client.close();
    const second = uploads();
    const { wire } = await online(start(storage, second.upload));
    second.under[0]!.reject(new Error('broken'));
    await clock.advance(1000);
    second.under[1]!.resolve('9');
    await settle();
    expect(toHex(sends(wire)[0]!.kind.value.clientId)).toBe(item.clientId);
  });
});
