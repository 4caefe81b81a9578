import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from './connection';
import type { ConnectionState, ServerKind } from './connection';
import { backoffMs } from './backoff';
import { ConnectionLost, ErrorCode, ServerError } from './errors';
import { FakeClock, FakeServer, seeded, settle } from './testing';

let clock: FakeClock;
let server: FakeServer;
let states: ConnectionState[];
let frames: ServerKind[];

function connect(more: { tokenRefused?: () => Promise<boolean> } = {}): Connection {
  const connection = new Connection({
    dial: server.dial,
    clock,
    random: { unit: () => 0.5, bytes: (n) => new Uint8Array(n) },
    hello: () => Promise.resolve({ cursor: 7n, agent: 'test' }),
    onState: (state) => states.push(state),
    onFrame: (kind) => frames.push(kind),
    ...more,
  });
  connection.start();
  return connection;
}
const kinds = () => states.map((state) => state.kind);

beforeEach(() => {
  clock = new FakeClock();
  server = new FakeServer();
  states = [];
  frames = [];
});

describe('Connection', () => {
  it('greets first, with the cursor', async () => {
    connect();
    const wire = await server.accept();

    expect(wire.received[0]?.kind).toMatchObject({ case: 'hello', value: { cursor: 7n, agent: 'test' } });
    expect(kinds()).toEqual(['connecting', 'greeting', 'online']);
  });

  it('matches answers to requests, in whatever order they come', async () => {
    const connection = connect();
    const wire = await server.accept();
    const first = connection.request({ case: 'getReceipts', value: { conversation: 1n } });
    const second = connection.request({ case: 'getReceipts', value: { conversation: 2n } });
    const [one, two] = wire.all('getReceipts');

    wire.say({ case: 'memberReceipts', value: { conversation: 2n } }, two!.request);
    wire.say({ case: 'error', value: { code: ErrorCode.not_a_member } }, one!.request);

    expect(await second).toMatchObject({ value: { conversation: 2n } });
    await expect(first).rejects.toMatchObject({ code: ErrorCode.not_a_member, codeName: 'not_a_member', retry: false });
  });

  it('gives frames that answer nothing to onFrame', async () => {
    connect();
    const wire = await server.accept();
    wire.say({ case: 'caughtUp', value: { cursor: 9n } });
    expect(frames).toMatchObject([{ case: 'caughtUp', value: { cursor: 9n } }]);
  });

  it('rejects what is under way when the line breaks', async () => {
    const connection = connect();
    const wire = await server.accept();
    const asked = connection.request({ case: 'ping', value: {} });
    wire.drop();
    await expect(asked).rejects.toBeInstanceOf(ConnectionLost);
    await expect(connection.request({ case: 'ping', value: {} })).rejects.toBeInstanceOf(ConnectionLost);
  });

  it('waits longer after each failure, up to a limit, with full jitter', async () => {
    connect();
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      server.last.drop();
      await settle();
      pauses.push(clock.nextIn()!);
      await clock.advance(clock.nextIn()!);
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);

    const random = seeded(1);
    const many = Array.from({ length: 500 }, () => backoffMs(3, random));
    expect(Math.min(...many)).toBeLessThan(400);
    expect(Math.max(...many)).toBeGreaterThan(3600);
    expect(Math.max(...many)).toBeLessThanOrEqual(4000);
  });

  it('begins with a short pause again only after a stable time online', async () => {
    connect();
    for (let i = 0; i < 4; i++) {
      server.last.drop();
      await clock.advance(clock.nextIn()!);
    }
    (await server.accept()).drop(); // welcomed, and lost at once
    expect(clock.nextIn()).toBe(4000);
    await clock.advance(4000);
    const wire = await server.accept();
    await clock.advance(6000);
    wire.drop();
    expect(clock.nextIn()).toBe(250);
  });

  it('comes back between the two times of GoAway, and nudging does not shorten that', async () => {
    const connection = connect();
    const wire = await server.accept();
    wire.say({ case: 'goAway', value: { afterMsMin: 4000, afterMsMax: 6000, reason: 'restart' } });
    wire.drop({ code: 1001, reason: 'restart' });
    expect(connection.state).toMatchObject({ kind: 'waiting', why: { kind: 'going_away' }, untilMs: clock.now() + 5000 });

    connection.nudge();
    expect(server.wires).toHaveLength(1);
    await clock.advance(5000);
    expect(server.wires).toHaveLength(2);
  });

  it('says why it connects again, and gives up an attempt that hangs when the world changed', async () => {
    const connection = connect();
    (await server.accept()).drop();
    await clock.advance(clock.nextIn()!);
    const hung = server.last;
    expect(connection.state).toMatchObject({ kind: 'connecting', after: { kind: 'network' } });

    connection.nudge();
    const early = hung.closedWith;
    await clock.advance(1000);
    connection.nudge();

    expect([early, hung.closedWith]).toEqual([undefined, 1000]);
    await server.accept();
    expect(connection.state.kind).toBe('online');
  });

  it('leaves by itself when a server that said GoAway does not close', async () => {
    const connection = connect();
    const wire = await server.accept();
    wire.say({ case: 'goAway', value: { afterMsMin: 100_000, afterMsMax: 100_000 } });
    await clock.advance(2000);
    expect(wire.closedWith).toBe(1000);
    expect(connection.state.kind).toBe('waiting');
  });

  it.each([
    ['close code 4001', { code: 4001, reason: '' }, 'unauthenticated'],
    ['HTTP 401', { code: 1006, reason: '', httpStatus: 401 }, 'unauthenticated'],
    ['close code 4002', { code: 4002, reason: '' }, 'session_replaced'],
  ])('stops for good on %s', async (_name, end, why) => {
    const connection = connect();
    if (end.code > 4000) await server.accept();
    server.last.drop(end);
    expect(connection.state).toEqual({ kind: 'stopped', why: { kind: why } });
    await clock.advance(3_600_000);
    expect(server.wires).toHaveLength(1);
    connection.start();
    expect(server.wires).toHaveLength(2);
  });

  it('asks whether the token is refused when the upgrade fails without a reason', async () => {
    const refused = connect({ tokenRefused: () => Promise.resolve(true) });
    server.last.drop();
    await settle();
    expect(refused.state).toMatchObject({ kind: 'stopped', why: { kind: 'unauthenticated' } });

    const unreachable = connect({ tokenRefused: () => Promise.reject(new Error('no network')) });
    server.last.drop();
    await settle();
    expect(unreachable.state).toMatchObject({ kind: 'waiting', why: { kind: 'network' } });
  });

  it('pings a quiet line and gives it up when nothing comes back', async () => {
    const connection = connect();
    const wire = await server.accept({ pingMs: 60_000 });
    await clock.advance(30_000);
    expect(wire.all('ping')).toHaveLength(1);
    wire.say({ case: 'pong', value: {} }, wire.all('ping')[0]!.request);
    await clock.advance(30_000);
    expect(wire.all('ping')).toHaveLength(2);
    expect(connection.state.kind).toBe('online');

    await clock.advance(15_000); // no pong
    expect(wire.closedWith).toBe(1000);
    expect(connection.state).not.toMatchObject({ kind: 'online' });
    expect(states.find((state) => state.kind === 'waiting')).toMatchObject({ why: { kind: 'timed_out' } });
  });

  it('gives up a server that never welcomes', async () => {
    const connection = connect();
    server.last.open();
    await clock.advance(15_000);
    expect(connection.state).toMatchObject({ kind: 'waiting', why: { kind: 'timed_out' } });
  });

  it('gives up a line on which a request is never answered', async () => {
    const connection = connect();
    await server.accept();
    const asked = connection.request({ case: 'getReceipts', value: {} });
    const lost = expect(asked).rejects.toBeInstanceOf(ConnectionLost);
    const keepAlive = setIntervalOn(clock, 5000, () => server.wires[0]!.say({ case: 'pong', value: {} }));
    await clock.advance(50_000);
    keepAlive();
    await lost;
  });

  it('drops a line that carries nonsense', async () => {
    const connection = connect();
    const wire = await server.accept();
    wire.raw(new Uint8Array([0xff, 0xff, 0xff]));
    expect(connection.state).toMatchObject({ kind: 'waiting', why: { kind: 'refused', code: 1002 } });
  });

  it('ignores late events of an older line', async () => {
    const connection = connect();
    const old = await server.accept();
    old.drop();
    await clock.advance(250);
    await server.accept();
    old.drop({ code: 4001, reason: '' });
    old.say({ case: 'caughtUp', value: {} });
    expect(connection.state.kind).toBe('online');
    expect(frames).toEqual([]);
  });

  it('does not invent a meaning for an unknown code', () => {
    const error = new ServerError(999 as ErrorCode, '');
    expect(error.retry).toBe(false);
    expect(error.codeName).toBe('code_999');
  });
});

function setIntervalOn(on: FakeClock, ms: number, fire: () => void): () => void {
  let stop = () => {};
  const again = () => {
    stop = on.after(ms, () => {
      fire();
      again();
    });
  };
  again();
  return () => stop();
}
