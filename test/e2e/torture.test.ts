// kill -9 under load, again and again: the contract must hold for every device afterwards.
//
// People talk in pairs and in one group while the server is killed at a random moment and started again. Each client
// resends by itself. In the end: all that was acknowledged is there, nothing is there twice, the order of each sender is
// kept, and all devices of a conversation agree on one order.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seeded } from '../../web/src/client/testing';
import { Device, pause, until } from './person';
import { Server } from './server';

const kRounds = Number(process.env['TORTURE_ROUNDS'] ?? 25);
const kSeed = Number(process.env['TORTURE_SEED'] ?? Math.floor(Math.random() * 1e9));
const kPairs = 3;

let server: Server;
let devices: Device[];

beforeAll(async () => {
  server = await Server.start('torture');
  const people = [];
  for (let i = 0; i < 2 * kPairs; i++) people.push(await server.add(`P${i}`));
  const second = [await server.add('', people[0]!.phone), await server.add('', people[1]!.phone)];
  devices = [...people, ...second].map((added) => new Device(server, added));
  await Promise.all(devices.map((each) => each.online()));
});
afterAll(async () => {
  for (const each of devices ?? []) each.close();
  await server?.close();
});

it(
  `keeps the contract over ${kRounds} rounds of kill -9`,
  async () => {
    console.log(`TORTURE_SEED=${kSeed} TORTURE_ROUNDS=${kRounds}`);
    const chance = seeded(kSeed);
    const acknowledged = new Map<string, { conversation: bigint; seq: bigint }>();
    const written = new Map<string, string[]>(); // by lane "sender device>destination", in order of writing
    const group = await devices[0]!.group('all', ...devices.slice(1, 2 * kPairs));
    let stop = false;
    let counter = 0;

    const write = async (from: number, lane: string, to: Parameters<Device['say']>[0] | undefined) => {
      const text = `${lane}#${counter++}`;
      written.set(lane, [...(written.get(lane) ?? []), text]);
      const sent = await (to === undefined ? devices[from]!.sayIn(group, text) : devices[from]!.say(to, text));
      const before = acknowledged.get(text);
      expect(before).toBeUndefined();
      acknowledged.set(text, { conversation: sent.conversation, seq: sent.seq });
    };
    const talk = async (from: number) => {
      const partner = devices[(from < 2 * kPairs ? from : from - 2 * kPairs) ^ 1]!;
      while (!stop) {
        await (chance.unit() < 0.8 ? write(from, `${from}>pair`, partner) : write(from, `${from}>group`, undefined));
        if (chance.unit() < 0.1) await pause(chance.unit() * 20);
      }
    };

    const talking = devices.map((_, index) => talk(index));
    const downMs: number[] = [];
    for (let round = 0; round < kRounds; round++) {
      await pause(20 + chance.unit() * 250);
      const count = acknowledged.size;
      await server.kill();
      if (chance.unit() < 0.3) await devices[Math.floor(chance.unit() * devices.length)]!.client.connection.stop();
      const begun = Date.now();
      await server.start();
      downMs.push(Date.now() - begun);
      for (const each of devices) each.client.connection.start();
      await until(() => acknowledged.size > count, `messages are acknowledged again after round ${round}`, 30_000);
    }
    stop = true;
    await Promise.all(talking);
    await until(() => devices.every((each) => each.client.caughtUp && each.client.outbox.items.length === 0), 'all come to rest', 30_000);

    await settled(acknowledged);
    check(acknowledged, written);
    console.log(`${acknowledged.size} messages, ${kRounds} kills, start after kill: median ${median(downMs)} ms, longest ${Math.max(...downMs)} ms`);
    await server.kill();
    expect(await server.cli('check')).toBeDefined();
  },
  60_000 + kRounds * 8_000,
);

type Place = { readonly conversation: bigint; readonly seq: bigint };

// What each device should have in the end: everything acknowledged in the conversations that it takes part in.
const expectedOf = (each: Device, acknowledged: ReadonlyMap<string, Place>): readonly string[] => {
  const mine = new Set(each.known.map(({ conversation }) => conversation));
  return [...acknowledged].filter(([, { conversation }]) => mine.has(conversation)).map(([text]) => text);
};

async function settled(acknowledged: ReadonlyMap<string, Place>): Promise<void> {
  await until(() => devices.every((each) => each.known.length >= expectedOf(each, acknowledged).length), 'everything is delivered', 30_000);
}

function check(acknowledged: ReadonlyMap<string, Place>, written: ReadonlyMap<string, readonly string[]>): void {
  const orders = new Map<bigint, Map<bigint, string>>(); // conversation -> seq -> text, agreed by all
  for (const each of devices) {
    const lastSeq = new Map<bigint, bigint>();
    for (const { conversation, seq } of each.delivered) {
      expect(seq, 'delivered in order, each once').toBeGreaterThan(lastSeq.get(conversation) ?? 0n);
      lastSeq.set(conversation, seq);
    }
    const seen = new Set<string>();
    for (const { conversation, seq, text } of each.known) {
      expect(seen.has(text), `twice: ${text}`).toBe(false);
      seen.add(text);
      const order = orders.get(conversation) ?? new Map<bigint, string>();
      orders.set(conversation, order);
      expect(order.get(seq) ?? text, 'the same order on all devices').toBe(text);
      order.set(seq, text);
    }
    for (const text of expectedOf(each, acknowledged)) expect(seen.has(text), `${each.added.phone} has ${text}`).toBe(true);
  }
  for (const [text, { conversation, seq }] of acknowledged) expect(orders.get(conversation)?.get(seq), `acknowledged: ${text}`).toBe(text);
  for (const [lane, texts] of written) {
    const places = texts.map((text) => acknowledged.get(text)!.seq);
    expect(places, `order of ${lane}`).toEqual([...places].sort((a, b) => (a < b ? -1 : 1)));
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
