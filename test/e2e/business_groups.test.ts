// Groups of bots in both forms of the Business API: description, picture, links, requests to join, webhooks of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture } from './files';
import { device, until } from './person';
import type { Device } from './person';
import { addBot, Receiver, subscribe } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';

interface Answer {
  readonly status: number;
  readonly json: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

let server: Server;
let shop: Bot;
let receiver: Receiver;
let ana: Device;
let ben: Device;

async function call(method: string, path: string, body?: object | Buffer | FormData, token = shop.token): Promise<Answer> {
  const raw = Buffer.isBuffer(body) || body instanceof FormData;
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body instanceof FormData ? {} : { 'content-type': Buffer.isBuffer(body) ? 'image/png' : 'application/json' }) },
    ...(body === undefined ? {} : { body: raw ? (Buffer.isBuffer(body) ? new Uint8Array(body) : body) : JSON.stringify({ messaging_product: 'whatsapp', ...body }) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text.startsWith('{') ? (JSON.parse(text) as Answer['json']) : {} };
}
const code = (answer: Answer): number => (answer.json['error'] ?? answer.json['errors'][0]).code as number;
const codeIn = (link: string): string => new URL(link).searchParams.get('join') ?? '';
const news = (type: string) => receiver.bodies.map((body) => body.entry[0].changes[0]).filter((change) => change.value.groups?.[0]?.type === type);

beforeAll(async () => {
  server = await Server.start('business_groups', ['--webhooks-allow', '127.0.0.1']);
  shop = await addBot(server, '+15551239000', 'Shop');
  receiver = await Receiver.open(shop.app_secret);
  await subscribe(server, shop, `${receiver.origin}/hook`);
  [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
});
afterAll(async () => {
  ana?.close();
  ben?.close();
  receiver?.close();
  await server?.close();
});

describe('the Cloud form', () => {
  let group: string;

  it('makes a group with a description that people join by its link', async () => {
    const made = await call('POST', `/v23.0/${shop.phone_number_id}/groups`, { subject: 'Tea', description: 'about tea', join_approval_mode: 'auto_approve' });
    expect(made.status, JSON.stringify(made.json)).toBe(200);
    group = made.json['id'] as string;
    expect((await call('GET', `/v23.0/${group}`)).json).toMatchObject({ subject: 'Tea', description: 'about tea', join_approval_mode: 'auto_approve', total_participant_count: 1 });

    const link = (await call('GET', `/v23.0/${group}/invite_link`)).json;
    expect(link).toEqual({ messaging_product: 'whatsapp', invite_link: expect.stringMatching(/^http:\/\/.+\/\?join=[\w-]{38}$/) });
    expect((await ana.client.joinGroup(codeIn(link['invite_link'] as string))).asked).toBe(false);
    await until(() => news('group_add_participants').length === 1, 'the webhook says that Ana joined');
    expect(news('group_add_participants')[0].value.groups[0]).toMatchObject({ reason: 'invite_link', added_participants: [{ input: ana.added.phone }] });

    const renewed = (await call('POST', `/v23.0/${group}/invite_link`)).json['invite_link'] as string;
    expect(renewed).not.toBe(link['invite_link']);
    expect((await call('DELETE', `/v23.0/${group}/invite_link`)).json).toMatchObject({ success: true });
    expect(code(await call('DELETE', `/v23.0/${group}/invite_link`))).toBe(131009);
    await expect(ben.client.joinGroup(codeIn(renewed))).rejects.toThrow();
  });

  it('changes what it shows, one or several things at once', async () => {
    const changed = await call('POST', `/v23.0/${group}`, { subject: 'Green tea', description: 'no black tea', join_approval_mode: 'approval_required' });
    expect(changed.json).toEqual({ success: true });
    expect((await call('GET', `/v23.0/${group}`)).json).toMatchObject({ subject: 'Green tea', description: 'no black tea', join_approval_mode: 'approval_required' });
    await until(() => news('group_settings_update').length >= 2, 'the webhook says so');
    expect(news('group_settings_update').map((change) => change.value.groups[0])).toEqual([expect.objectContaining({ subject: 'Green tea' }), expect.objectContaining({ description: 'no black tea' })]);

    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('description', 'with a picture');
    form.append('file', new Blob([new Uint8Array(picture())], { type: 'image/png' }), 'tea.png');
    expect((await call('POST', `/v23.0/${group}`, form)).json).toEqual({ success: true });
    const view = (await ana.client.conversations().next()).value as readonly { name: string; picture: string; description: string }[];
    const seen = view.find((one) => one.name === 'Green tea');
    expect(seen?.description).toBe('with a picture');
    expect((await fetch(`${server.origin}/v1/media/${seen?.picture}`, { headers: { authorization: `Bearer ${ana.added.token}` } })).status).toBe(200);

    for (const [body, wanted] of [
      [{ subject: '' }, 131008],
      [{ subject: 'x'.repeat(129) }, 131009],
      [{ description: 'x'.repeat(2049) }, 131009],
      [{ join_approval_mode: 'maybe' }, 131009],
      [{}, 131008],
    ] as const) {
      expect(code(await call('POST', `/v23.0/${group}`, body)), JSON.stringify(body).slice(0, 60)).toBe(wanted);
    }
    expect((await call('POST', `/v23.0/${group}`, { description: 'x'.repeat(2048) })).status).toBe(200);
  });

  it('lets people in who ask, or does not', async () => {
    const { invite_link: link } = (await call('GET', `/v23.0/${group}/invite_link`)).json as { invite_link: string };
    const cy = await device(server, 'Cy');
    expect((await ben.client.joinGroup(codeIn(link))).asked).toBe(true);
    expect((await cy.client.joinGroup(codeIn(link))).asked).toBe(true);
    await until(() => news('group_join_request_created').length === 2, 'the webhook says who asks');
    expect(news('group_join_request_created')[0]).toMatchObject({ field: 'group_participants_update', value: { groups: [{ wa_id: ben.added.phone.slice(1) }] } });
    const requests = (await call('GET', `/v23.0/${group}/join_requests`)).json['data'] as { join_request_id: string; wa_id: string }[];
    expect(requests.map((request) => request.wa_id)).toEqual([ben.added.phone.slice(1), cy.added.phone.slice(1)]);
    const [first, second] = requests.map((request) => request.join_request_id);
    expect(news('group_join_request_created')[0].value.groups[0].join_request_id).toBe(first);

    const approved = await call('POST', `/v23.0/${group}/join_requests`, { join_requests: [first, 'nobody'] });
    expect(approved.json).toMatchObject({ approved_join_requests: [first], failed_join_requests: [{ join_request_id: 'nobody', errors: [{ code: 131009 }] }] });
    const rejected = await call('DELETE', `/v23.0/${group}/join_requests`, { join_requests: [second] });
    expect(rejected.json).toMatchObject({ rejected_join_requests: [second], failed_join_requests: [] });
    expect((await call('GET', `/v23.0/${group}/join_requests`)).json['data']).toEqual([]);
    expect(code(await call('POST', `/v23.0/${group}/join_requests`, {}))).toBe(131008);
    expect((await call('GET', `/v23.0/${group}`)).json['total_participant_count']).toBe(3);
    cy.close();
  });

  it('has a picture of the bot', async () => {
    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('file', new Blob([new Uint8Array(picture())], { type: 'image/png' }), 'shop.png');
    const { id } = (await call('POST', `/v23.0/${shop.phone_number_id}/media`, form)).json as { id: string };
    expect((await call('POST', `/v23.0/${shop.phone_number_id}/whatsapp_business_profile`, { profile_picture_handle: id })).json).toEqual({ success: true });
    const profile = (await call('GET', `/v23.0/${shop.phone_number_id}/whatsapp_business_profile`)).json['data'][0] as { profile_picture_url: string };
    expect((await fetch(profile.profile_picture_url)).headers.get('content-type')).toBe('image/png');
    expect(code(await call('POST', `/v23.0/${shop.phone_number_id}/whatsapp_business_profile`, { profile_picture_handle: '4::aW1' }))).toBe(100);
    expect((await ana.client.findByPhone([shop.phone])).accounts[0]?.picture).toBe(id);
  });
});

describe('the On-Premises form', () => {
  let token: string;

  beforeAll(async () => {
    const login = await fetch(`${server.origin}/v1/users/login`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${shop.username}:${shop.password}`).toString('base64')}` } });
    token = ((await login.json()) as { users: { token: string }[] }).users[0]!.token;
  });
  const onPrem = (method: string, path: string, body?: object | Buffer) => call(method, path, body, token);

  it('keeps a profile photo', async () => {
    expect((await onPrem('DELETE', '/v1/settings/profile/photo')).status).toBe(200);
    const none = await onPrem('GET', '/v1/settings/profile/photo');
    expect([none.status, code(none)]).toEqual([404, 1006]);
    expect((await onPrem('POST', '/v1/settings/profile/photo', picture(40))).status).toBe(201);
    const photo = await fetch(`${server.origin}/v1/settings/profile/photo`, { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await photo.arrayBuffer()).equals(picture(40))).toBe(true);
    expect((await ana.client.findByPhone([shop.phone])).accounts[0]?.picture).not.toBe('');
    expect((await fetch(`${server.origin}/v1/settings/profile/photo`)).status).toBe(401);
    const text = await fetch(`${server.origin}/v1/settings/profile/photo`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }, body: 'no picture' });
    expect(text.status).toBeGreaterThanOrEqual(400);
    expect((await onPrem('DELETE', '/v1/settings/profile/photo')).status).toBe(200);
    expect((await onPrem('GET', '/v1/settings/profile/photo')).status).toBe(404);
  });

  it('has links, icons, and takes roles away', async () => {
    const { id } = (await onPrem('POST', '/v1/groups', { subject: 'Staff' })).json['groups'][0] as { id: string };
    const link = (await onPrem('GET', `/v1/groups/${id}/invite`)).json['groups'][0].link as string;
    expect((await onPrem('GET', `/v1/groups/${id}/invite`)).json['groups'][0].link).toBe(link);
    await ana.client.joinGroup(codeIn(link));
    expect((await onPrem('DELETE', `/v1/groups/${id}/invite`)).status).toBe(200);
    await expect(ben.client.joinGroup(codeIn(link))).rejects.toThrow();

    const waId = ana.added.phone.slice(1);
    expect((await onPrem('PATCH', `/v1/groups/${id}/admins`, { wa_ids: [waId] })).status).toBe(200);
    expect((await onPrem('GET', `/v1/groups/${id}`)).json['groups'][0].admins).toContain(waId);
    expect((await onPrem('DELETE', `/v1/groups/${id}/admins`, { wa_ids: [waId] })).status).toBe(200);
    expect((await onPrem('GET', `/v1/groups/${id}`)).json['groups'][0].admins).not.toContain(waId);
    const last = await onPrem('DELETE', `/v1/groups/${id}/admins`, { wa_ids: [shop.phone.slice(1)] });
    expect([last.status, code(last)]).toEqual([400, 1009]);

    expect((await onPrem('GET', `/v1/groups/${id}/icon`)).status).toBe(404);
    expect((await onPrem('POST', `/v1/groups/${id}/icon`, picture(41))).status).toBe(201);
    expect((await onPrem('GET', `/v1/groups/${id}/icon`)).status).toBe(200);
    expect((await onPrem('DELETE', `/v1/groups/${id}/icon`)).status).toBe(200);
    expect((await onPrem('GET', `/v1/groups/${id}/icon`)).status).toBe(404);
  });
});
