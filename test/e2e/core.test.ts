// The eight steps of one message, and everything that may happen in between.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kProtocol } from '../../web/src/client/web_socket';
import { Device, device, pause, textOf, until } from './person';
import { Server } from './server';

let server: Server;
const open: Device[] = [];

async function person(name: string): Promise<Device> {
  const made = await device(server, name);
  open.push(made);
  return made;
}
async function another(of: Device): Promise<Device> {
  const made = await new Device(server, await server.add('', of.added.phone)).online();
  open.push(made);
  return made;
}

beforeAll(async () => {
  server = await Server.start('core');
});
afterAll(async () => {
  for (const each of open) each.close();
  await server?.close();
});

describe('one message', () => {
  it(`goes through all eight steps in ${kProtocol}, in both directions at once`, async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);

    const [fromAna, fromBen] = await Promise.all([ana.say(ben, 'hello Ben'), ben.say(ana, 'hello Ana')]);

    expect(fromAna.conversation).toBe(fromBen.conversation);
    expect([fromAna.seq, fromBen.seq].sort()).toEqual([1n, 2n]);
    await Promise.all([ben.has('hello Ben'), ana.has('hello Ana')]);
    await ana.sees('delivered', fromAna.conversation, fromAna.seq);
    await ben.sees('delivered', fromBen.conversation, fromBen.seq);
    expect(ana.ticks(fromAna.conversation).read).toBe(0n);
    await ben.read(fromAna.conversation, fromAna.seq);
    await ana.sees('read', fromAna.conversation, fromAna.seq);
  });

  it('waits for who is away, and ticks only when it was stored there', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    ben.offline();
    const sent = await ana.say(ben, 'for later');
    await pause(150);
    expect(ana.ticks(sent.conversation).delivered).toBe(0n);

    await ben.online();
    await ben.has('for later');
    await ana.sees('delivered', sent.conversation, sent.seq);
  });

  it('ticks for a sender who was away while they happened', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    ben.offline();
    const sent = await ana.say(ben, 'while I am gone');
    ana.offline();
    await ben.online();
    await ben.has('while I am gone');
    await ben.read(sent.conversation, sent.seq);
    await pause(100);
    await ana.online();
    await ana.sees('read', sent.conversation, sent.seq);
  });

  it('is written offline, kept over a restart, and sent once', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    ana.offline();
    for (const text of ['one', 'two', 'three']) {
      await ana.client.outbox.enqueue({ kind: 'send', to: { kind: 'account', account: ben.account }, said: { kind: 'text', text } });
    }
    await ana.restart();
    await ben.has('three');
    expect(ben.texts).toEqual(['one', 'two', 'three']);
  });

  it('to oneself reaches the other devices', async () => {
    const phone = await person('Ana');
    const laptop = await another(phone);
    await phone.say(phone, 'note to self');
    await laptop.has('note to self');
  });

  it('is answered as before when the same client id comes again, and arrives once', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const clientId = new Uint8Array(16).fill(7);
    const send = () =>
      ana.client.ask(
        {
          case: 'send',
          value: {
            to: { case: 'account', value: ben.account },
            clientId,
            body: { case: 'plain', value: { kind: { case: 'text', value: { text: 'once' } } } },
          },
        },
        'sent',
      );
    const first = await send();
    expect(await send()).toEqual(first);
    await ana.say(ben, 'after');
    await ben.has('after');
    expect(ben.texts).toEqual(['once', 'after']);
  });
});

describe('devices', () => {
  it('each get everything, own messages included, in the same order', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const [ana2, ben2] = await Promise.all([another(ana), another(ben)]);
    for (let i = 0; i < 10; i++) await Promise.all([ana.say(ben, `a${i}`), ben2.say(ana, `b${i}`)]);
    const all = [ana, ana2, ben, ben2];
    await until(() => all.every((each) => each.known.length === 20), 'all have twenty');
    for (const each of all) expect(each.known).toEqual(ana2.known);
  });

  it('tick when the first device of the recipient has it', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const ben2 = await another(ben);
    ben.offline();
    const sent = await ana.say(ben, 'to any device');
    await ana.sees('delivered', sent.conversation, sent.seq);
    expect(ben2.texts).toEqual(['to any device']);
    await ben.online();
    await ben.has('to any device');
  });

  it('share read marks', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const ben2 = await another(ben);
    const sent = await ana.say(ben, 'read me');
    await ben.has('read me');
    await ben.read(sent.conversation, sent.seq);
    await until(() => ben2.ticks(sent.conversation).ownRead === sent.seq, 'the other device knows');
  });

  it('resume from their cursor and get nothing twice', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    for (let round = 0; round < 5; round++) {
      await ana.say(ben, `while here ${round}`);
      await ben.has(`while here ${round}`);
      ben.offline();
      await ana.say(ben, `while away ${round}`);
      await ben.restart();
      await ben.has(`while away ${round}`);
    }
    expect(ben.texts).toHaveLength(10);
    expect(new Set(ben.texts).size).toBe(10);
  });

  it('are replaced by a second connection of the same device, which does not fight back', async () => {
    const ana = await person('Ana');
    const again = await new Device(server, ana.added).online();
    open.push(again);
    await until(() => ana.client.connection.state.kind === 'stopped', 'the first one stops');
    expect(ana.client.connection.state).toEqual({ kind: 'stopped', why: { kind: 'session_replaced' } });
    await pause(200);
    expect(again.client.online).toBe(true);
  });

  it('that are revoked are closed at once and not let in again', async () => {
    const ana = await person('Ana');
    await server.cli('device', 'revoke', ana.added.device_id);
    await until(() => ana.client.connection.state.kind === 'stopped', 'the device is closed');
    expect(ana.client.connection.state).toEqual({ kind: 'stopped', why: { kind: 'unauthenticated' } });

    ana.client.connection.start();
    await until(() => ana.client.connection.state.kind === 'stopped', 'refused');
    expect(ana.client.connection.state).toEqual({ kind: 'stopped', why: { kind: 'unauthenticated' } });
  });
});

describe('groups', () => {
  it('tick by the slowest member', async () => {
    const [ana, ben, cy] = await Promise.all([person('Ana'), person('Ben'), person('Cy')]);
    const team = await ana.group('team', ben, cy);
    cy.offline();
    const sent = await ana.sayIn(team, 'all of you');
    await ben.has('all of you');
    await ben.read(team, sent.seq);
    await pause(150);
    expect(ana.ticks(team).delivered).toBeLessThan(sent.seq);

    await cy.online();
    await cy.has('all of you');
    await ana.sees('delivered', team, sent.seq);
    expect(ana.ticks(team).read).toBeLessThan(sent.seq);
    await cy.read(team, sent.seq);
    await ana.sees('read', team, sent.seq);
  });

  it('have new members, who see what comes after, and lose members, who see nothing more', async () => {
    const [ana, ben, cy] = await Promise.all([person('Ana'), person('Ben'), person('Cy')]);
    const team = await ana.group('team', ben);
    await ana.sayIn(team, 'before Cy');
    await ana.change(team, { add: [cy] });
    await ana.sayIn(team, 'with Cy');
    await cy.has('with Cy');
    expect(cy.texts).not.toContain('before Cy');

    await ana.change(team, { remove: [ben] });
    await ana.sayIn(team, 'without Ben');
    await cy.has('without Ben');
    await pause(150);
    expect(ben.texts).not.toContain('without Ben');
    const told = ben.delivered.at(-1)?.event?.header?.kind;
    expect(told).toMatchObject({ case: 'membersChanged', value: { removed: [ben.account] } });
    await expect(ben.sayIn(team, 'hello?')).rejects.toMatchObject({ codeName: 'not_a_member' });
  });

  it('are renamed by admins, left by anybody, and known to who was away', async () => {
    const [ana, ben, cy] = await Promise.all([person('Ana'), person('Ben'), person('Cy')]);
    const team = await ana.group('team', ben, cy);
    cy.offline();
    await expect(ben.client.outbox.enqueueAndWait({ kind: 'rename_group', conversation: team, name: 'x' })).rejects.toMatchObject({ codeName: 'not_an_admin' });
    await ana.change(team, { promote: [ben] });
    await ben.client.outbox.enqueueAndWait({ kind: 'rename_group', conversation: team, name: 'club' });
    await ben.client.outbox.enqueueAndWait({ kind: 'leave_group', conversation: team });
    await cy.online();
    await until(() => cy.delivered.some((envelope) => envelope.event?.header?.kind.case === 'membersChanged' && envelope.event.header.author === ben.account), 'Cy knows that Ben left');
    const view = await cy.client.conversation(team);
    expect(view.name).toBe('club');
    expect(view.members.map((member) => member.account).sort()).toEqual([ana.account, cy.account].sort());
  });

  it('keep one order for everybody while all talk at once', async () => {
    const people = await Promise.all(['Ana', 'Ben', 'Cy', 'Di'].map(person));
    const team = await people[0]!.group('team', ...people.slice(1));
    await Promise.all(people.map(async (each, who) => {
      for (let i = 0; i < 25; i++) await each.sayIn(team, `${who}:${i}`);
    }));
    await until(() => people.every((each) => each.known.length === 100), 'everybody has all');
    for (const each of people) {
      expect(each.known).toEqual(people[0]!.known);
      const seqs = each.delivered.map((envelope) => envelope.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => (a < b ? -1 : 1)));
    }
    expect(people[0]!.known.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => BigInt(index + 2)));
  });
});

describe('what a device can ask', () => {
  it('history, page by page, without gaps', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    let conversation = 0n;
    for (let i = 0; i < 25; i++) conversation = (await ana.say(ben, `m${i}`)).conversation;
    const texts: (string | undefined)[] = [];
    for (let before = 0n, more = true; more; ) {
      const page = await ben.client.history(conversation as never, before as never, 10);
      texts.unshift(...page.envelopes.map(textOf));
      before = page.envelopes[0]!.seq;
      more = page.more;
    }
    expect(texts).toEqual(Array.from({ length: 25 }, (_, i) => `m${i}`));
  });

  it('its conversations, profiles and who has what', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const sent = await ana.say(ben, 'hi');
    await ana.sees('delivered', sent.conversation, sent.seq);
    await ben.client.setProfile('Benedict', 'at sea', true);
    const found = await ana.client.findByPhone([ben.added.phone, '+15559999999', 'nonsense']);
    expect(found.accounts).toMatchObject([{ id: ben.account, name: 'Benedict', about: 'at sea' }]);
    const pages = [];
    for await (const page of ana.client.conversations()) pages.push(...page);
    const chats = [...new Map(pages.map((chat) => [chat.id, chat])).values()]; // the newest ones come first, and once more among all
    expect(chats).toMatchObject([{ id: sent.conversation, lastSeq: 1n, active: true }]);
    expect(pages[0]?.last && textOf(pages[0].last)).toBe('hi');
    const receipts = await ana.client.memberReceipts(sent.conversation as never);
    expect(receipts.members.find((member) => member.account === ben.account)?.deliveredTo).toBe(1n);
  });

  it('to hear nothing of somebody, who is not told', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    await ben.client.setBlocked(ana.account, true);
    const sent = await ana.say(ben, 'are you there?');
    expect(sent.seq).toBe(1n);
    await pause(200);
    expect(ben.texts).toEqual([]);
    expect(ana.ticks(sent.conversation).delivered).toBe(0n);
    await ben.client.setBlocked(ana.account, false);
    await ana.say(ben, 'now?');
    await ben.has('now?');
    expect(ben.texts).toEqual(['now?']);
  });

  it('that its reading is not told', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    await ben.client.setProfile('Ben', '', false);
    const sent = await ana.say(ben, 'secret reader');
    await ben.has('secret reader');
    await ben.read(sent.conversation, sent.seq);
    await ana.sees('delivered', sent.conversation, sent.seq);
    await pause(200);
    expect(ana.ticks(sent.conversation).read).toBe(0n);
  });
});

describe('the process', () => {
  it('loses nothing to kill -9', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    ben.offline();
    const sent = await ana.say(ben, 'survives');
    await server.kill();
    await server.start();
    await ben.online();
    await ben.has('survives');
    await until(() => ana.client.online, 'Ana comes back by herself');
    await ana.sees('delivered', sent.conversation, sent.seq);
  });

  it('tells its clients to come back when it is asked to end, and ends cleanly', async () => {
    const ana = await person('Ana');
    const before = ana.states.length;
    server.terminate();
    expect(await server.ended()).toBe(0);
    const leaving = ana.states.slice(before).find((state) => state.kind === 'waiting');
    expect(leaving).toMatchObject({ why: { kind: 'going_away' } });
    await server.start();
    await until(() => ana.client.online, 'comes back', 40_000);
  });
});
