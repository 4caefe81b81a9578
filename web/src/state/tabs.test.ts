// Two tabs of one device in one process: two messengers over one IndexedDB and one BroadcastChannel, and a server of paper.
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountId, conversationId } from '../client/ids';
import { FakeClock, FakeServer, seeded } from '../client/testing';
import type { FakeWire } from '../client/testing';
import { Messenger } from './messenger';
import { Store } from './store';
import { Tabs } from './tabs';

const ben = { kind: 'person', id: accountId(2n) } as const;
const text = (words: string) => ({ kind: 'text', text: words }) as const;
const random = seeded(3);
let count = 0;
let open: Messenger[] = [];

class Device {
  readonly name = `tabs-${count++}`;
  readonly server = new FakeServer();
  readonly overs: number[] = [];
  #tabs = 0;

  async tab(): Promise<Messenger> {
    const number = this.#tabs++;
    let ids = 0;
    const tabs = new Tabs(new BroadcastChannel(this.name), () => `${number}-${ids++}`, () => this.overs.push(number));
    const store = await Store.open(this.name, tabs);
    const nowhere = () => Promise.reject(new Error('no files here'));
    const messenger = new Messenger({
      store,
      tabs,
      dial: this.server.dial,
      clock: new FakeClock(),
      random,
      reach: { fetch: nowhere, fetchFile: nowhere, origin: '', token: '' },
      agent: 'test',
      tokenRefused: () => Promise.resolve(false),
    });
    open.push(messenger);
    return messenger;
  }

  async leader(): Promise<{ readonly tab: Messenger; readonly wire: FakeWire }> {
    const tab = await this.tab();
    await tab.start();
    return { tab, wire: await this.welcome() };
  }

  /** Greets the newest connection, and has no conversations to list. */
  async welcome(): Promise<FakeWire> {
    const dialled = this.server.wires.length;
    await vi.waitFor(() => expect(this.server.wires.length).toBeGreaterThanOrEqual(dialled));
    const wire = this.server.last;
    wire.open();
    await vi.waitFor(() => expect(wire.all('hello')).toHaveLength(1));
    const [hello] = wire.all('hello');
    wire.say({ case: 'welcome', value: { account: 1n, device: 11n, cursor: hello!.kind.value.cursor, pingMs: 60_000, readReceipts: true } }, hello!.request);
    await vi.waitFor(() => expect(wire.all('listConversations').length + (this.#tabs > 1 ? 1 : 0)).toBeGreaterThan(0));
    const [list] = wire.all('listConversations');
    if (list !== undefined) wire.say({ case: 'conversations', value: {} }, list.request);
    return wire;
  }
}

afterEach(() => {
  for (const messenger of open) messenger.close();
  open = [];
});

const sends = (wire: FakeWire) => wire.all('send');
const answer = (wire: FakeWire, index: number) => wire.say({ case: 'sent', value: { conversation: 5n, seq: BigInt(index + 1), timeMs: 1n } }, sends(wire)[index]!.request);
const said = (tab: Messenger) => tab.store.state.conversations.get(conversationId(5n))?.messages.map(({ body }) => (body.kind === 'text' ? body.text : body.kind)) ?? [];

describe('two tabs', () => {
  it('have one connection; what one writes is sent once, and seen in both', async () => {
    const device = new Device();
    const { tab: first, wire } = await device.leader();
    const second = await device.tab();
    await vi.waitFor(() => expect(second.connection.kind).toBe('online'));

    await second.send(ben, text('from the second'));
    expect(second.store.state.outbox).toHaveLength(1);
    await vi.waitFor(() => expect(sends(wire)).toHaveLength(1));
    await vi.waitFor(() => expect(first.store.state.outbox).toHaveLength(1));
    answer(wire, 0);

    await vi.waitFor(() => expect([said(first), said(second)]).toEqual([['from the second'], ['from the second']]));
    await vi.waitFor(() => expect([first.store.state.outbox, second.store.state.outbox]).toEqual([[], []]));
    expect(device.server.wires).toHaveLength(1);
  });

  it('show both what arrives, and ask the server through the one that leads', async () => {
    const device = new Device();
    const { tab: first, wire } = await device.leader();
    const second = await device.tab();
    await vi.waitFor(() => expect(second.client.online).toBe(true));
    const envelope = { conversation: 5n, seq: 1n, timeMs: 1n, event: { header: { author: 2n, kind: { case: 'posted', value: {} } }, body: { case: 'plain', value: { kind: { case: 'text', value: { text: 'hello' } } } } } } as const;
    wire.say({ case: 'delivery', value: { position: 1n, envelope } });
    await vi.waitFor(() => expect([said(first), said(second)]).toEqual([['hello'], ['hello']]));

    const found = second.find(['+2']);
    await vi.waitFor(() => expect(wire.all('findAccounts')).toHaveLength(1));
    wire.say({ case: 'accounts', value: { accounts: [{ id: 2n, phone: '+2', name: 'Ben' }] } }, wire.all('findAccounts')[0]!.request);
    expect((await found).map(({ name }) => name)).toEqual(['Ben']);
    expect([first, second].map((tab) => tab.store.state.people.get(accountId(2n))?.name)).toEqual(['Ben', 'Ben']);

    const refused = expect(second.find(['+3'])).rejects.toThrow('not so many');
    await vi.waitFor(() => expect(wire.all('findAccounts')).toHaveLength(2));
    wire.say({ case: 'error', value: { code: 3, text: 'not so many' } }, wire.all('findAccounts')[1]!.request);
    await refused;
  });

  it('go on when the one that leads is closed: the other takes over, and sends what was not answered with the same id', async () => {
    const device = new Device();
    const { tab: first, wire } = await device.leader();
    const second = await device.tab();
    await vi.waitFor(() => expect(second.client.online).toBe(true));
    await second.send(ben, text('one'));
    await vi.waitFor(() => expect(sends(wire)).toHaveLength(1));
    const lost = expect(second.find(['+2'])).rejects.toMatchObject({ name: 'ConnectionLost' });
    await vi.waitFor(() => expect(wire.all('findAccounts')).toHaveLength(1));

    first.close(); // before any answer
    await second.send(ben, text('two')); // nobody leads now
    await second.start();
    await lost;
    const next = await device.welcome();
    await vi.waitFor(() => expect(sends(next)).toHaveLength(1));
    expect(sends(next)[0]!.kind.value.clientId).toEqual(sends(wire)[0]!.kind.value.clientId);
    answer(next, 0);
    await vi.waitFor(() => expect(sends(next)).toHaveLength(2));
    answer(next, 1);
    await vi.waitFor(() => expect(said(second)).toEqual(['one', 'two']));
    expect((await Store.open(device.name)).state.outbox).toEqual([]);
  });

  it('let the one without the connection create a group, and hear of the refusal', async () => {
    const device = new Device();
    const { wire } = await device.leader();
    const second = await device.tab();
    await vi.waitFor(() => expect(second.client.online).toBe(true));
    const made = second.createGroup('Rowing', [accountId(2n)]);
    await vi.waitFor(() => expect(wire.all('createGroup')).toHaveLength(1));
    wire.say({ case: 'sent', value: { conversation: 9n, seq: 1n, timeMs: 1n } }, wire.all('createGroup')[0]!.request);
    expect(await made).toBe(9n);
  });

  it('end together when the device is logged out in one', async () => {
    const device = new Device();
    await device.leader();
    await device.tab();
    const third = new Tabs(new BroadcastChannel(device.name), () => '', () => {});
    third.tellOver();
    await vi.waitFor(() => expect(device.overs.sort()).toEqual([0, 1]));
    third.close();
  });
});
