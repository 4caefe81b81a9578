// What admins decide in groups, the links by which people join, and pictures, over real sockets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../web/src/client/errors';
import type { ConversationId } from '../../web/src/client/ids';
import { Role } from '../../web/src/gen/events_pb';
import { picture } from './files';
import { device, until } from './person';
import type { Device } from './person';
import { Server } from './server';

let server: Server;
const open: Device[] = [];

async function person(name: string): Promise<Device> {
  const made = await device(server, name);
  open.push(made);
  return made;
}
const refused = (code: ErrorCode) => expect.objectContaining({ code });
const kinds = (who: Device) => who.delivered.map((envelope) => envelope.event?.header?.kind.case);
const hears = (who: Device, kind: string) => until(() => kinds(who).includes(kind as never), `${who.added.phone} hears ${kind}; it heard ${kinds(who).join(' ')}`);

async function upload(who: Device, bytes: Buffer, type = 'image/png'): Promise<string> {
  const answer = await fetch(`${server.origin}/v1/media?name=a`, { method: 'POST', headers: { authorization: `Bearer ${who.added.token}`, 'content-type': type }, body: new Uint8Array(bytes) });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}
const fetched = async (who: Device, id: string): Promise<number> => (await fetch(`${server.origin}/v1/media/${id}`, { headers: { authorization: `Bearer ${who.added.token}` } })).status;

beforeAll(async () => {
  server = await Server.start('groups');
});
afterAll(async () => {
  for (const each of open) each.close();
  await server?.close();
});

describe('roles', () => {
  it('are given and taken away, and a group is never without an admin', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const team = await ana.group('team', ben);
    const demote = (who: Device, whom: Device) => who.client.outbox.enqueueAndWait({ kind: 'change_members', conversation: team, add: [], remove: [], promote: [], demote: [whom.account] });
    await expect(demote(ana, ana)).rejects.toEqual(refused(ErrorCode.last_admin));
    await ana.change(team, { promote: [ben] });
    await demote(ben, ana);
    await until(() => ana.delivered.some((envelope) => envelope.event?.header?.kind.case === 'membersChanged' && envelope.event.header.kind.value.demoted.length === 1), 'Ana hears that she is no admin any more');
    const { members } = await ana.client.conversation(team);
    expect(members.filter((member) => member.role === Role.admin).map((member) => member.account)).toEqual([ben.account]);
    await expect(ana.client.changeGroup(team, { kind: 'description', description: 'x' })).rejects.toEqual(refused(ErrorCode.not_an_admin));
  });
});

describe('links', () => {
  let ana: Device;
  let ben: Device;
  let team: ConversationId;

  beforeAll(async () => {
    [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    team = await ana.group('tea', ben);
  });

  it('let people in who have one, until there is another one', async () => {
    const [cy, dan] = await Promise.all([person('Cy'), person('Dan')]);
    expect((await ana.client.groupLink(team)).code).toBe('');
    await ana.client.changeGroup(team, { kind: 'description', description: 'about tea' });
    await ana.client.changeGroup(team, { kind: 'link', open: true });
    const { code } = await ana.client.groupLink(team);
    await expect(ben.client.groupLink(team)).rejects.toEqual(refused(ErrorCode.not_an_admin));

    const preview = await cy.client.previewGroup(code);
    expect(preview).toMatchObject({ conversation: team, name: 'tea', description: 'about tea', members: 2, approval: false, member: false, asked: false });
    const joined = await cy.client.joinGroup(code);
    expect(joined).toMatchObject({ conversation: team, asked: false });
    await cy.sayIn(team, 'here I am');
    await Promise.all([ana.has('here I am'), ben.has('here I am')]);
    await expect(cy.client.joinGroup(code)).rejects.toEqual(refused(ErrorCode.already_member));

    await ana.client.changeGroup(team, { kind: 'link', open: true });
    await expect(dan.client.joinGroup(code)).rejects.toEqual(refused(ErrorCode.link_invalid));
    await expect(dan.client.previewGroup(code)).rejects.toEqual(refused(ErrorCode.link_invalid));
    await ana.client.changeGroup(team, { kind: 'link', open: false });
    const { code: none } = await ana.client.groupLink(team);
    expect(none).toBe('');
  });

  it('may need an admin’s approval, which survives a crash', async () => {
    const [eve, flo, gil] = await Promise.all([person('Eve'), person('Flo'), person('Gil')]);
    await ana.client.changeGroup(team, { kind: 'approval', needed: true });
    await ana.client.changeGroup(team, { kind: 'link', open: true });
    const { code } = await ana.client.groupLink(team);
    const frame = { case: 'joinGroup', value: { clientId: new Uint8Array(16).fill(7), code } } as const;
    const asked = await eve.client.ask(frame, 'joined');
    expect(asked.asked).toBe(true);
    expect(await eve.client.ask(frame, 'joined')).toEqual(asked);
    await flo.client.joinGroup(code);
    await gil.client.joinGroup(code);
    await hears(ana, 'joinAsked');
    expect((await eve.client.previewGroup(code)).asked).toBe(true);
    await expect(eve.sayIn(team, 'too early')).rejects.toEqual(refused(ErrorCode.unknown_conversation));
    await gil.client.withdrawJoin(team);

    await server.kill();
    await server.start();
    await ana.online();
    await Promise.all([ben.online(), eve.online(), flo.online()]);

    const joins = await ana.client.joins(team);
    expect(joins.requests.map((request) => request.account)).toEqual([eve.account, flo.account]);
    expect(joins.people.map((account) => account.name)).toEqual(['Eve', 'Flo']);
    await ana.client.reviewJoins(team, [eve.account], true);
    await ana.client.reviewJoins(team, [flo.account], false);
    await hears(eve, 'membersChanged');
    expect((await ana.client.conversation(team)).joinRequests).toBe(0);
    expect(kinds(flo)).toEqual([]);
    expect(kinds(ben)).not.toContain('joinAsked');
  });

  it('need approval of who was removed', async () => {
    await ana.client.changeGroup(team, { kind: 'approval', needed: false });
    const { code } = await ana.client.groupLink(team);
    await ana.change(team, { remove: [ben] });
    expect((await ben.client.previewGroup(code)).approval).toBe(true);
    expect((await ben.client.joinGroup(code)).asked).toBe(true);
    await ben.client.withdrawJoin(team);
    await ana.client.changeGroup(team, { kind: 'link', open: true });
    const renewed = await ana.client.groupLink(team);
    expect((await ben.client.joinGroup(renewed.code)).asked).toBe(false);
  });
});

describe('pictures', () => {
  it('of a group are there for its members, also for those who come later', async () => {
    const [ana, ben, cy] = await Promise.all([person('Ana'), person('Ben'), person('Cy')]);
    const team = await ana.group('team', ben);
    const id = await upload(ana, picture());
    await ana.client.changeGroup(team, { kind: 'picture', picture: id });
    await hears(ben, 'pictured');
    expect((await ben.client.conversation(team)).picture).toBe(id);
    expect([await fetched(ben, id), await fetched(cy, id)]).toEqual([200, 404]);
    await ana.client.changeGroup(team, { kind: 'link', open: true });
    const { code } = await ana.client.groupLink(team);
    expect((await cy.client.previewGroup(code)).picture.length).toBeGreaterThan(100);
    await cy.client.joinGroup(code);
    expect(await fetched(cy, id)).toBe(200);
    await ana.change(team, { remove: [cy] });
    expect(await fetched(cy, id)).toBe(404);
    expect((await cy.client.conversation(team)).picture).toBe('');

    const text = await upload(ana, Buffer.from('no picture'), 'text/plain');
    await expect(ana.client.changeGroup(team, { kind: 'picture', picture: text })).rejects.toEqual(refused(ErrorCode.media_wrong_type));
    await expect(ana.client.changeGroup(team, { kind: 'picture', picture: '1' })).rejects.toEqual(refused(ErrorCode.media_unknown));
    await ana.client.changeGroup(team, { kind: 'picture', picture: '' });
    expect((await ben.client.conversation(team)).picture).toBe('');
  });

  it('of a person are there for all whom they do not block', async () => {
    const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
    const id = await upload(ana, picture(33));
    expect(await fetched(ben, id)).toBe(404);
    await ana.client.setPicture(id);
    expect((await ben.client.findById([ana.account])).accounts[0]?.picture).toBe(id);
    expect(await fetched(ben, id)).toBe(200);
    await ana.client.setBlocked(ben.account, true);
    expect(await fetched(ben, id)).toBe(404);
    await ana.client.setBlocked(ben.account, false);
    await ana.client.setPicture('');
    expect(await fetched(ben, id)).toBe(404);
    await expect(ben.client.setPicture(id)).rejects.toEqual(refused(ErrorCode.media_unknown));
  });
});
