// The business API over real HTTP, as other people's SDKs use it: both forms, files, refusals.
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './person';
import { Raw } from './raw';
import { addBot, Receiver } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';
import type { Added } from './server';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

let server: Server;
let shop: Bot;
let other: Bot;
let ana: Added;

beforeAll(async () => {
  server = await Server.start('business', ['--webhooks-allow', '127.0.0.1']);
  shop = await addBot(server, '+15551239000', 'Shop');
  other = await addBot(server, '+15551239001', 'Other');
  ana = await server.add('Ana', '+15551239100');
});
afterAll(() => server?.close());

async function call(method: string, path: string, options: { token?: string; body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> {
  const { token = shop.token, body, headers = {} } = options;
  const plain = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(plain || body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: plain ? (body as string) : JSON.stringify(body) }),
  });
  expect(answer.headers.get('content-type')).toContain('application/json');
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Answer['json'] };
}
const send = (message: object, options: { token?: string; headers?: Record<string, string> } = {}) =>
  call('POST', `/v23.0/${shop.phone_number_id}/messages`, { ...options, body: { messaging_product: 'whatsapp', to: ana.phone, ...message } });
const text = (body: string) => ({ type: 'text', text: { body } });

function code(answer: Answer): number {
  const { error } = answer.json as { error: { message: string; type: string; code: number; fbtrace_id: string } };
  expect(error.message).toBeTypeOf('string');
  expect(error.type).toMatch(/OAuthException|GraphMethodException/);
  expect(error.fbtrace_id).toBeTypeOf('string');
  return error.code;
}
const contentOf = (raw: Raw, marker: string) => raw.texts.filter((frame) => JSON.stringify(frame).includes(marker));

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

describe('messages in the cloud form', () => {
  it('reach a person, with the answer that SDKs read', async () => {
    const phone = await Raw.open(server, ana.token, 'json');
    phone.socket.send(JSON.stringify({ request: '1', hello: { cursor: '0' } }));
    const answer = await send({ ...text('héllo 😀'), to: '+1 (555) 123-9100', recipient_type: 'individual' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ messaging_product: 'whatsapp', contacts: [{ input: '+1 (555) 123-9100', wa_id: '15551239100' }] });
    expect(answer.json['messages'][0].id).toMatch(/^wamid\.[\w-]{32}$/);
    await until(() => contentOf(phone, 'héllo 😀').length > 0, 'the message');
    phone.close();
  });

  it('take any version, none, and the token in three places', async () => {
    const body = { messaging_product: 'whatsapp', to: ana.phone, ...text('x') };
    for (const path of [`/v23.0/${shop.phone_number_id}/messages`, `/v1.0/${shop.phone_number_id}/messages`, `/${shop.phone_number_id}/messages`]) {
      expect((await call('POST', path, { body })).status).toBe(200);
    }
    expect((await call('POST', `/${shop.phone_number_id}/messages`, { token: '', headers: { authorization: `OAuth ${shop.token}` }, body })).status).toBe(200);
    expect((await call('POST', `/${shop.phone_number_id}/messages?access_token=${shop.token}`, { token: '', body })).status).toBe(200);
  });

  it('with the same idempotency key are sent once', async () => {
    const headers = { 'idempotency-key': 'order-17' };
    const first = await send(text('once'), { headers });
    const again = await send(text('once'), { headers });
    expect(again.json['messages'][0].id).toBe(first.json['messages'][0].id);
  });

  it('of every kind are taken', async () => {
    const first = (await send(text('quoted'))).json['messages'][0].id as string;
    const kinds = [
      { type: 'location', location: { latitude: '48.2', longitude: 16.4, name: 'Vienna' } },
      { type: 'contacts', contacts: JSON.stringify([{ name: { formatted_name: 'Ann Lee' } }]) },
      { type: 'reaction', reaction: { message_id: first, emoji: '👍' } },
      { ...text('reply'), context: { message_id: first } },
      { ...text('reply to nothing'), context: { message_id: 'wamid.unknown' } },
      { type: 'interactive', interactive: { type: 'button', body: { text: 'choose' }, action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] } } },
    ];
    for (const message of kinds) {
      const answer = await send(message);
      expect(answer.status, JSON.stringify(answer.json)).toBe(200);
    }
  });

  it('may be form-encoded', async () => {
    const form = new URLSearchParams({ messaging_product: 'whatsapp', to: ana.phone, type: 'text', text: JSON.stringify({ body: 'form' }) });
    const answer = await call('POST', `/v23.0/${shop.phone_number_id}/messages`, { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(answer.status).toBe(200);
  });
});

describe('refusals', () => {
  const cases: readonly [string, object, number, number][] = [
    ['no recipient', { to: '', ...text('x') }, 100, 400],
    ['unknown type', { type: 'poll' }, 100, 400],
    ['no object', { type: 'text' }, 131008, 400],
    ['too long', text('x'.repeat(4097)), 131009, 400],
    ['a place beyond the globe', { type: 'location', location: { latitude: 91, longitude: 0 } }, 131009, 400],
    ['unknown file', { type: 'image', image: { id: '123456789' } }, 100, 400],
    ['reaction to nothing', { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }, 131009, 400],
    ['nobody', { to: '15559999999', ...text('x') }, 131026, 400],
    ['to itself', { to: '15551239000', ...text('x') }, 131021, 400],
    ['template', { type: 'template', template: { name: 'hello_world', language: { code: 'en' } } }, 132001, 404],
  ];
  it.each(cases)('%s', async (_, message, expected, status) => {
    const answer = await send(message);
    expect(code(answer)).toBe(expected);
    expect(answer.status).toBe(status);
  });

  it('name tokens and paths in the shape of the Graph API', async () => {
    const none = await send(text('x'), { token: '' });
    expect([none.status, code(none)]).toEqual([401, 104]);
    const wrong = await send(text('x'), { token: 'nonsense' });
    expect([wrong.status, code(wrong)]).toEqual([401, 190]);
    const person = await send(text('x'), { token: ana.token });
    expect([person.status, code(person)]).toEqual([401, 190]);
    const foreign = await send(text('x'), { token: other.token });
    expect([foreign.status, code(foreign)]).toEqual([400, 100]);
    for (const [method, path] of [['GET', `/v23.0/${shop.phone_number_id}/calls`], ['PUT', `/v23.0/${shop.phone_number_id}/messages`], ['POST', '/v23.0/nothing/here/at/all'], ['GET', '/v23.0/12345']] as const) {
      const answer = await call(method, path);
      expect([answer.status, code(answer), answer.json['error'].error_subcode], path).toEqual([400, 100, 33]);
    }
    const broken = await call('POST', `/v23.0/${shop.phone_number_id}/messages`, { body: '{', headers: { 'content-type': 'application/json' } });
    expect(code(broken)).toBe(100);
    const large = await call('POST', `/v23.0/${shop.phone_number_id}/messages`, { body: `{"a":"${'x'.repeat(300_000)}"}`, headers: { 'content-type': 'application/json' } });
    expect([large.status, code(large)]).toEqual([413, 100]);
  });

  it('end when the number is registered again', async () => {
    expect((await call('POST', `/v23.0/${other.phone_number_id}/deregister`, { token: other.token })).json).toEqual({ success: true });
    const body = { messaging_product: 'whatsapp', to: ana.phone, ...text('x') };
    expect(code(await call('POST', `/${other.phone_number_id}/messages`, { token: other.token, body }))).toBe(133010);
    expect((await call('POST', `/${other.phone_number_id}/register`, { token: other.token, body: { messaging_product: 'whatsapp', pin: '123456' } })).json).toEqual({ success: true });
    expect((await call('POST', `/${other.phone_number_id}/messages`, { token: other.token, body })).status).toBe(200);
  });
});

describe('reading', () => {
  it('turns ticks blue, and typing is seen', async () => {
    const writer = await Raw.open(server, shop.token, 'json');
    writer.socket.send(JSON.stringify({ request: '1', hello: { cursor: '0' } }));
    await until(() => writer.texts.some((frame) => 'caught_up' in frame), 'caught up');
    const sent = await send({ ...text('read me'), to: other.phone });
    const id = sent.json['messages'][0].id as string;

    const read = { messaging_product: 'whatsapp', status: 'read', message_id: id, typing_indicator: { type: 'text' } };
    const answer = await call('POST', `/v23.0/${other.phone_number_id}/messages`, { token: other.token, body: read });
    expect([answer.status, answer.json]).toEqual([200, { success: true }]);
    await until(() => contentOf(writer, 'read_to').length > 0, 'blue ticks');
    await until(() => contentOf(writer, '"typing"').length > 0, 'typing');

    const own = await call('POST', `/v23.0/${shop.phone_number_id}/messages`, { body: read });
    expect(code(own)).toBe(131009);
    writer.close();
  });
});

describe('files', () => {
  const upload = (parts: FormData, query = '') => call('POST', `/v23.0/${shop.phone_number_id}/media${query}`, { body: parts });
  const form = (...fields: readonly [string, string | Blob, string?][]) => {
    const parts = new FormData();
    for (const [name, value, file] of fields) value instanceof Blob ? parts.append(name, value, file ?? 'a.png') : parts.append(name, value);
    return parts;
  };
  const image = new Blob([png], { type: 'image/png' });

  it('go up in any order of parts and come down as they were', async () => {
    const forms = [form(['messaging_product', 'whatsapp'], ['type', 'image/png'], ['file', image]), form(['file', new Blob([png])], ['type', 'image'], ['messaging_product', 'whatsapp'])];
    for (const parts of forms) {
      const uploaded = await upload(parts);
      expect(uploaded.status, JSON.stringify(uploaded.json)).toBe(200);
      expect(uploaded.json['id']).toMatch(/^\d{1,15}$/);
    }
    const id = (await upload(form(['file', image]), '?messaging_product=whatsapp')).json['id'] as string;
    const facts = await call('GET', `/v23.0/${id}?phone_number_id=${shop.phone_number_id}`);
    expect(facts.json).toMatchObject({ messaging_product: 'whatsapp', id, mime_type: 'image/png', file_size: png.length });
    expect(facts.json['sha256']).toBe(createHash('sha256').update(png).digest('hex'));
    const url = facts.json['url'] as string;
    expect(new URL(url).origin).toBe(server.origin);

    const bytes = await fetch(url);
    expect([bytes.status, bytes.headers.get('content-type'), bytes.headers.get('content-length')]).toEqual([200, 'image/png', String(png.length)]);
    expect(Buffer.from(await bytes.arrayBuffer()).equals(png)).toBe(true);
    const spoiled = await fetch(`${url}?access_token=x`);
    expect(spoiled.status).toBe(401);
    const withToken = await fetch(`${url}?access_token=x`, { headers: { authorization: `Bearer ${shop.token}` } });
    expect(withToken.status).toBe(200);
    await withToken.arrayBuffer();

    const sent = await send({ type: 'image', image: { id, caption: 'look' } });
    expect(sent.status, JSON.stringify(sent.json)).toBe(200);
    expect((await send({ type: 'image', image: { id: Number(id) } })).status).toBe(200);
    expect(code(await send({ type: 'video', video: { id } }))).toBe(131053);
    expect(code(await call('GET', `/v23.0/${id}`, { token: other.token }))).toBe(100);

    expect((await call('DELETE', `/v23.0/${id}`)).json).toEqual({ success: true });
    const gone = await call('GET', `/v23.0/${id}`);
    expect([gone.status, code(gone), gone.json['error'].error_subcode]).toEqual([400, 100, 33]);
    expect((await fetch(url)).status).toBe(404);
    expect(code(await send({ type: 'image', image: { id } }))).toBe(100);
  });

  it('are refused with an answer that can be read', async () => {
    expect(code(await upload(form(['messaging_product', 'whatsapp'])))).toBe(100);
    expect(code(await upload(form(['file', image])))).toBe(100);
    expect(code(await upload(form(['messaging_product', 'whatsapp'], ['file', new Blob([])])))).toBe(100);
    expect(code(await upload(form(['messaging_product', 'whatsapp'], ['file', new Blob(['<html>'], { type: 'text/html' }), 'a.html'])))).toBe(100);
    const large = new Blob([Buffer.alloc(6 * 1024 * 1024)], { type: 'image/png' });
    expect([100, 131053]).toContain(code(await upload(form(['messaging_product', 'whatsapp'], ['file', large]))));
    expect(code(await call('POST', `/v23.0/${shop.phone_number_id}/media`, { token: 'x', body: form(['file', image]) }))).toBe(190);
  });
});

describe('the number and its profile', () => {
  it('are nodes with fields', async () => {
    const node = await call('GET', `/v23.0/${shop.phone_number_id}?fields=verified_name,unknown{x}`);
    expect(node.json).toEqual({ verified_name: 'Shop', id: shop.phone_number_id });
    const numbers = await call('GET', `/v23.0/${shop.waba_id}/phone_numbers`);
    expect(numbers.json['data']).toHaveLength(1);
    expect(numbers.json['data'][0]).toMatchObject({ id: shop.phone_number_id, display_phone_number: shop.phone });
  });

  it('keep what is set', async () => {
    const path = `/v23.0/${shop.phone_number_id}/whatsapp_business_profile`;
    const profile = { about: 'We sell', address: 'Here', email: 'a@example.com', websites: ['https://a.example'], vertical: 'RETAIL' };
    expect((await call('POST', path, { body: { messaging_product: 'whatsapp', ...profile } })).json).toEqual({ success: true });
    expect((await call('GET', path)).json).toEqual({ data: [{ messaging_product: 'whatsapp', ...profile }] });
    expect((await call('GET', `${path}?fields=about`)).json).toEqual({ data: [{ messaging_product: 'whatsapp', about: 'We sell' }] });
    expect(code(await call('POST', path, { body: { messaging_product: 'whatsapp', description: 'x'.repeat(513) } }))).toBe(100);
  });

  it('block and unblock', async () => {
    const path = `/v23.0/${shop.phone_number_id}/block_users`;
    const body = { messaging_product: 'whatsapp', block_users: [{ user: other.phone }, { user: '+15559999999' }] };
    const blocked = await call('POST', path, { body });
    expect(blocked.json['block_users'].added_users).toEqual([{ input: other.phone, wa_id: '15551239001' }]);
    expect(blocked.json['block_users'].failed_users).toHaveLength(1);
    expect((await call('GET', path)).json['data']).toEqual([{ messaging_product: 'whatsapp', wa_id: '15551239001' }]);
    expect((await call('DELETE', path, { body })).json['block_users'].removed_users).toHaveLength(1);
    expect((await call('GET', path)).json['data']).toEqual([]);
  });

  it('have groups', async () => {
    const made = await call('POST', `/v23.0/${shop.phone_number_id}/groups`, { body: { messaging_product: 'whatsapp', subject: 'Team' } });
    expect(made.json['request_id']).toBeTypeOf('string');
    const listed = await call('GET', `/v23.0/${shop.phone_number_id}/groups`);
    const group = listed.json['data'].groups[0].id as string;
    expect((await call('POST', `/v23.0/${group}/participants`, { body: { messaging_product: 'whatsapp', participants: [{ user: ana.phone }] } })).status).toBe(200);
    expect((await call('GET', `/v23.0/${group}`)).json).toMatchObject({ subject: 'Team', total_participant_count: 2 });
    expect((await send({ recipient_type: 'group', to: group, ...text('all') })).json['contacts'][0].wa_id).toBe(group);
    expect((await call('GET', `/v23.0/${group}`)).json).toMatchObject({ subject: 'Team' });
  });
});

describe('the on-premises form', () => {
  const login = (password: string, body?: object) =>
    call('POST', '/v1/users/login', {
      token: '',
      headers: { authorization: `Basic ${Buffer.from(`${shop.username}:${password}`).toString('base64')}` },
      ...(body ? { body } : {}),
    });

  it('logs in, sends, keeps files, logs out', async () => {
    const wrong = await login('nonsense');
    expect([wrong.status, wrong.json['errors'][0].code]).toEqual([401, 1005]);
    const logged = await login(shop.password, { new_password: 'Another-1' });
    expect(logged.json['users'][0].expires_after).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/);
    expect(logged.json['meta'].api_status).toBe('stable');
    const token = logged.json['users'][0].token as string;
    expect((await login(shop.password)).status).toBe(401);
    expect((await login('Another-1')).status).toBe(200);

    const checked = await call('POST', '/v1/contacts', { token, body: { blocking: 'wait', contacts: ['+1 555 123 9100', '+15559999999'] } });
    expect(checked.json['contacts']).toEqual([
      { input: '+1 555 123 9100', status: 'valid', wa_id: '15551239100' },
      { input: '+15559999999', status: 'invalid' },
    ]);
    const sent = await call('POST', '/v1/messages', { token, body: { to: '15551239100', type: 'text', text: { body: 'on premises' }, preview_url: true } });
    expect(sent.status).toBe(200);
    expect(sent.json['messages'][0].id).toMatch(/^[\w-]{32}$/);
    const refused = await call('POST', '/v1/messages', { token, body: { to: '15551239100', type: 'text' } });
    expect([refused.status, refused.json['errors'][0].code]).toEqual([400, 1008]);

    const uploaded = await call('POST', '/v1/media', { token, body: png, headers: { 'content-type': 'image/png' } });
    expect(uploaded.status).toBe(201);
    const id = uploaded.json['media'][0].id as string;
    const bytes = await fetch(`${server.origin}/v1/media/${id}`, { headers: { authorization: `Bearer ${token}` } });
    expect([bytes.status, bytes.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await bytes.arrayBuffer()).equals(png)).toBe(true);
    expect((await call('POST', '/v1/messages', { token, body: { to: '15551239100', type: 'image', image: { id } } })).status).toBe(200);
    expect((await call('DELETE', `/v1/media/${id}`, { token })).status).toBe(200);
    expect((await call('GET', `/v1/media/${id}`, { token })).status).toBe(404);

    expect((await call('GET', '/v1/health', { token })).json['health']).toEqual({ gateway_status: 'connected' });
    expect((await call('PATCH', '/v1/settings/profile/about', { token, body: { text: 'Hi' } })).status).toBe(200);
    expect((await call('GET', '/v1/settings/profile/about', { token })).json['settings'].profile.about.text).toBe('Hi');
    expect((await call('POST', '/v1/users/logout', { token })).status).toBe(200);
    expect((await call('GET', '/v1/health', { token })).status).toBe(401);
  });

  it('lets nobody in whose device was revoked or whose account is gone', async () => {
    const ends = [
      ['+15551239007', (bot: Bot) => server.cli('device', 'revoke', String(BigInt(`0x${bot.token.slice(0, 16)}`)))],
      ['+15551239008', (bot: Bot) => server.cli('account', 'remove', '--phone', bot.phone)],
    ] as const;
    for (const [phone, end] of ends) {
      const bot = await addBot(server, phone, 'Brief');
      const authorization = `Basic ${Buffer.from(`${bot.username}:${bot.password}`).toString('base64')}`;
      const enter = () => call('POST', '/v1/users/login', { token: '', headers: { authorization } });
      const token = (await enter()).json['users'][0].token as string;
      expect((await call('GET', '/v1/health', { token })).status).toBe(200);
      await end(bot);
      expect((await call('POST', '/v1/messages', { token, body: { to: '15551239100', type: 'text', text: { body: 'x' } } })).status).toBe(401);
      expect((await enter()).status).toBe(401);
    }
  });

  it('reads with PUT', async () => {
    const sent = await send({ ...text('read me too'), to: other.phone });
    const id = (sent.json['messages'][0].id as string).slice('wamid.'.length);
    expect((await call('PUT', `/v1/messages/${id}`, { token: other.token, body: { status: 'read' } })).status).toBe(200);
    expect((await call('PUT', '/v1/messages/nothing', { token: other.token, body: { status: 'read' } })).json['errors'][0].code).toBe(1009);
  });
});

describe('webhooks', () => {
  it('tell what comes and what becomes of what was sent', async () => {
    const receiver = await Receiver.open(shop.app_secret);
    const { origin } = receiver;
    const path = `/v23.0/${shop.waba_id}/subscribed_apps`;
    const refused = await call('POST', path, { body: { override_callback_uri: `${origin}/hook`, verify_token: 'another word' } });
    expect([refused.status, code(refused)]).toEqual([400, 100]);
    expect((await call('POST', path, { body: { override_callback_uri: `${origin}/hook`, verify_token: 'secret-word' } })).json).toEqual({ success: true });
    expect((await call('GET', path)).json['data'][0].override_callback_uri).toBe(`${origin}/hook`);

    const phone = await Raw.open(server, ana.token, 'json');
    phone.socket.send(JSON.stringify({ request: '1', hello: { cursor: '0' } }));
    phone.socket.send(JSON.stringify({ request: '2', send: { phone: shop.phone, client_id: Buffer.alloc(16, 7).toString('base64'), plain: { text: { text: 'to the shop é' } } } }));
    await until(() => receiver.values.some((value) => value.messages?.[0].text?.body === 'to the shop é'), 'the message at the webhook');
    const value = receiver.values.find((one) => one.messages?.[0].text?.body === 'to the shop é');
    expect(value.metadata).toEqual({ display_phone_number: '15551239000', phone_number_id: shop.phone_number_id });
    expect(value.contacts).toEqual([{ profile: { name: 'Ana' }, wa_id: '15551239100' }]);
    const inbound = value.messages[0].id as string;
    expect((await call('POST', `/v23.0/${shop.phone_number_id}/messages`, { body: { messaging_product: 'whatsapp', status: 'read', message_id: inbound } })).json).toEqual({ success: true });

    const sent = await send({ ...text('and back'), context: { message_id: inbound }, biz_opaque_callback_data: 'cb-9' });
    const id = sent.json['messages'][0].id as string;
    const status = (word: string) => receiver.values.flatMap((one) => one.statuses ?? []).find((one) => one.id === id && one.status === word);
    await until(() => status('sent') !== undefined, 'sent');
    expect(status('sent')).toMatchObject({ recipient_id: '15551239100', biz_opaque_callback_data: 'cb-9' });
    const arrived = () => phone.texts.map((frame) => frame['delivery'] as { position: string; envelope: { conversation: string; seq: string; event: unknown } } | undefined).find((one) => JSON.stringify(one)?.includes('and back'));
    await until(() => arrived() !== undefined, 'the answer');
    phone.socket.send(JSON.stringify({ request: '3', ack: { cursor: arrived()!.position } }));
    await until(() => status('delivered') !== undefined, 'delivered');
    phone.socket.send(JSON.stringify({ request: '4', mark_read: { conversation: arrived()!.envelope.conversation, seq: arrived()!.envelope.seq } }));
    await until(() => status('read') !== undefined, 'read');
    expect(receiver.signed.every((one) => one)).toBe(true);
    expect(receiver.bodies.every((body) => body.entry.length === 1 && body.entry[0].changes.length === 1)).toBe(true);

    expect((await call('DELETE', path)).json).toEqual({ success: true });
    expect((await call('GET', path)).json['data']).toEqual([]);
    phone.close();
    receiver.close();
  });

  it('and links are fetched', async () => {
    const receiver = await Receiver.open(shop.app_secret);
    const { origin } = receiver;
    const sent = await send({ type: 'image', image: { link: `${origin}/wall.png` } });
    expect(sent.status, JSON.stringify(sent.json)).toBe(200);

    // Nobody could be told later: refused at once.
    const nowhere = await send({ type: 'image', image: { link: `${origin}/nothing.png` } });
    expect([nowhere.status, code(nowhere)]).toEqual([400, 131053]);

    // What cannot be had is told later, as the original does.
    const path = `/v23.0/${shop.waba_id}/subscribed_apps`;
    await call('POST', path, { body: { override_callback_uri: `${origin}/hook`, verify_token: 'secret-word' } });
    for (const link of [`${origin}/nothing.png`, `${origin}/hook?hub.challenge=1&hub.verify_token=secret-word`, 'http://10.1.2.3/a.png']) {
      const lost = await send({ type: 'image', image: { link }, biz_opaque_callback_data: link });
      expect(lost.status, JSON.stringify(lost.json)).toBe(200);
      const id = lost.json['messages'][0].id as string;
      const failed = () => receiver.values.flatMap((value) => value.statuses ?? []).find((status) => status.id === id);
      await until(() => failed() !== undefined, `failed of ${link}`);
      expect(failed()).toMatchObject({ status: 'failed', recipient_id: '15551239100', biz_opaque_callback_data: link, errors: [{ code: 131053 }] });
    }
    // A key names one message, also one that came to nothing.
    const headers = { 'idempotency-key': 'gone-1' };
    const first = await send({ type: 'image', image: { link: `${origin}/nothing.png` } }, { headers });
    const again = await send({ type: 'image', image: { link: `${origin}/nothing.png` } }, { headers });
    expect(again.json['messages'][0].id).toBe(first.json['messages'][0].id);
    const reused = await send({ type: 'image', image: { link: `${origin}/wall.png` } }, { headers });
    expect([reused.status, code(reused)]).toEqual([400, 131009]);
    expect((await call('DELETE', path)).json).toEqual({ success: true });
    receiver.close();
  });

  it('and changes of groups are told under fields of their own', async () => {
    const receiver = await Receiver.open(shop.app_secret);
    const { origin } = receiver;
    const path = `/v23.0/${shop.waba_id}/subscribed_apps`;
    await call('POST', path, { body: { override_callback_uri: `${origin}/hook`, verify_token: 'secret-word' } });
    const made = await call('POST', `/v23.0/${shop.phone_number_id}/groups`, { body: { messaging_product: 'whatsapp', subject: 'Staff' } });
    const group = made.json['id'] as string;
    await call('POST', `/v23.0/${group}/participants`, { body: { messaging_product: 'whatsapp', participants: [{ user: ana.phone }] } });
    await call('POST', `/v23.0/${group}`, { body: { messaging_product: 'whatsapp', subject: 'Crew' } });
    await call('DELETE', `/v23.0/${group}`);
    const changes = () => receiver.bodies.map((body) => body.entry[0].changes[0]).filter((change) => change.value.groups !== undefined);
    await until(() => changes().length === 5, 'the changes');
    expect(changes().map((change) => [change.field, change.value.groups[0].type])).toEqual([
      ['group_lifecycle_update', 'group_create'],
      ['group_participants_update', 'group_add_participants'],
      ['group_settings_update', 'group_settings_update'],
      ['group_participants_update', 'group_remove_participants'],
      ['group_lifecycle_update', 'group_delete'],
    ]);
    expect(changes()[0].value.groups[0]).toMatchObject({ group_id: group, subject: 'Staff', request_id: made.json['request_id'] });
    expect(changes()[1].value.groups[0].added_participants).toEqual([{ input: '+15551239100', wa_id: '15551239100' }]);
    expect(receiver.values.some((value) => value.statuses !== undefined)).toBe(false);
    await call('DELETE', path);
    receiver.close();
  });
});

describe('small manners', () => {
  it('a GET may carry a body', async () => {
    const status = await new Promise<number>((done, failed) => {
      const asked = httpRequest(`${server.origin}/v23.0/${shop.phone_number_id}`, { method: 'GET', headers: { authorization: `Bearer ${shop.token}`, 'content-type': 'application/json', 'content-length': 2 } }, (answer) => {
        answer.resume();
        done(answer.statusCode ?? 0);
      });
      asked.once('error', failed);
      asked.end('{}');
    });
    expect(status).toBe(200);
  });

  it('a bot that is removed is gone', async () => {
    const bot = await addBot(server, '+15551239002', 'Brief');
    expect(await server.cli('bot', 'list')).toContain(bot.phone);
    await server.cli('bot', 'remove', '--phone', bot.phone);
    expect(await server.cli('bot', 'list')).not.toContain(bot.phone);
    const answer = await call('GET', `/v23.0/${bot.phone_number_id}`, { token: bot.token });
    expect([answer.status, code(answer)]).toEqual([401, 190]);
  });
});
