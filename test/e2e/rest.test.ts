// The plain calls, as a newcomer types them from docs/API.md: messages, statuses, what is unread and when it counts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curl, document, picture } from './files';
import { Device, device, pause } from './person';
import { outputFolder, Server } from './server';
import type { Added } from './server';

let server: Server;
let photo: string;
const open: Device[] = [];
beforeAll(async () => {
  server = await Server.start('rest');
  photo = join(outputFolder, 'photo.png');
  writeFileSync(photo, picture());
});
afterAll(async () => {
  for (const each of open) each.close();
  await server?.close();
});

const auth = (who: Added) => `Authorization: Bearer ${who.token}`;
const people = (ana: Added, ben: Added) => ({ sender_id: ana.phone, receiver_id: ben.phone });
const two = () => Promise.all([server.add('Ana'), server.add('Ben')]);
const post = (who: Added, body: object, path = '/messages', ...more: string[]) => curl(`${server.origin}${path}`, '-H', auth(who), ...more, '-d', JSON.stringify(body));
const unread = (who: Added, query = '') => curl(`${server.origin}/messages?user_id=${who.account_id}${query}`, '-H', auth(who));
const ack = (who: Added, up_to: string) => post(who, { up_to }, '/messages/ack');
async function online(name: string): Promise<Device> {
  const made = await device(server, name);
  open.push(made);
  return made;
}

describe('a message', () => {
  it('is a text, and arrives in the app', async () => {
    const [ana, ben] = [await server.add('Ana'), await online('Ben')];
    const sent = await post(ana, { ...people(ana, ben.added), text: 'Hello' });
    expect(sent).toMatchObject({ status: 201, body: { state: 'sent' } });
    expect(sent.body.message_id).toBe(`${sent.body.conversation_id}.1`);
    expect(Date.parse(sent.body.time)).toBeGreaterThan(Date.now() - 60_000);
    await ben.has('Hello');
  });

  it('is a photo that was uploaded before', async () => {
    const [ana, ben] = await two();
    const media = await curl(`${server.origin}/v1/media`, '-H', auth(ana), '-F', 'file_type=image', '-F', `file=@${photo}`);
    expect(media).toMatchObject({ status: 201, body: { name: 'photo.png', mime_type: 'image/png', media: [{ id: media.body.id }] } });
    const sent = await post(ana, { ...people(ana, ben), type: 'image', media_object: media.body.id, text: 'look' });
    expect(sent.status).toBe(201);
    const { messages } = (await unread(ben)).body;
    expect(messages).toMatchObject([{ id: sent.body.message_id, type: 'image', text: 'look', media: { id: media.body.id, mime_type: 'image/png', name: 'photo.png' }, from: { phone: ana.phone, name: 'Ana' } }]);
    const got = await fetch(server.origin + messages[0].media.url, { headers: { authorization: `Bearer ${ben.token}` } });
    expect(Buffer.from(await got.arrayBuffer())).toEqual(picture());
  });

  it('is a document in one request', async () => {
    const [ana, ben] = await two();
    const { path } = document(100_000);
    const sent = await curl(`${server.origin}/v1/messages`, '-H', auth(ana), '-F', `sender_id=${ana.phone}`, '-F', `receiver_id=${ben.phone}`, '-F', 'type=document', '-F', `document=@${path}`);
    expect(sent.status).toBe(201);
    expect((await unread(ben)).body.messages).toMatchObject([{ type: 'document', media: { name: 'report.txt', size: 100_000 } }]);
  });

  it('is a location or a contact', async () => {
    const [ana, ben] = await two();
    expect((await post(ana, { ...people(ana, ben), type: 'location', location: { latitude: 0, longitude: 13.4, name: 'Here' } })).status).toBe(201);
    expect((await post(ana, { ...people(ana, ben), type: 'contact', contact: { name: 'Cy', phone: '+15551230003' } })).status).toBe(201);
    expect((await unread(ben)).body.messages).toMatchObject([
      { type: 'location', location: { latitude: 0, longitude: 13.4, name: 'Here' } },
      { type: 'contact', contacts: [{ name: { formatted_name: 'Cy' }, phones: [{ phone: '+15551230003' }] }] },
    ]);
  });

  it('is written in other spellings, with ids, and into a group', async () => {
    const [ana, ben] = [await online('Ana'), await server.add('Ben')];
    expect((await post(ana.added, { sender_ID: ana.added.account_id, reciever_ID: ben.phone.slice(1), text: 'a' }, '/v1/messages')).status).toBe(201);
    expect((await post(ana.added, { sender_id: ana.added.phone, receiver_ID: ben.account_id, text: 'b' })).status).toBe(201);
    const group = await ana.group('team', new Device(server, ben));
    expect((await post(ana.added, { sender_id: ana.added.phone, conversation_id: String(group), text: 'c' })).status).toBe(201);
    expect((await unread(ben)).body.messages).toMatchObject([{ text: 'a', conversation_kind: 'direct' }, { text: 'b' }, { text: 'c', conversation_kind: 'group', group_name: 'team' }]);
  });

  it('is refused with a code', async () => {
    const [ana, ben] = await two();
    const code = async (body: object, who = ana) => {
      const { status, body: answer } = await post(who, body);
      return `${status} ${answer.error?.code}`;
    };
    const to = people(ana, ben);
    expect(await code({ ...to, text: '' })).toBe('400 empty_text');
    expect(await code({ ...to, text: 'x'.repeat(65_536) })).toBe('201 undefined');
    expect(await code({ ...to, text: 'x'.repeat(65_537) })).toMatch(/^400/);
    expect(await code({ ...to, text: 'x', sender_id: ben.phone })).toBe('403 forbidden');
    expect(await code({ ...to, text: 'x', receiver_id: '+15559999999' })).toBe('404 unknown_recipient');
    expect(await code({ ...to, text: 'x', receiver_id: 'nobody' })).toBe('400 phone_invalid');
    expect(await code({ receiver_id: ben.phone, text: 'x' })).toBe('400 invalid_argument');
    expect(await code({ ...to, type: 'poem', text: 'x' })).toBe('400 unknown_kind');
    expect(await code({ ...to, type: 'image', media_object: '123456' })).toBe('404 media_unknown');
    expect(await code({ ...to, text: 'x' }, { ...ana, token: 'none' })).toBe('401 unauthenticated');
    expect((await curl(`${server.origin}/messages`, '-H', auth(ana), '-d', '{')).body.error.code).toBe('bad_frame');
  });

  it('is sent once, however often it is said', async () => {
    const [ana, ben] = await two();
    const body = { ...people(ana, ben), text: 'once', client_id: 'order 17' };
    const first = await post(ana, body);
    expect(await post(ana, body)).toEqual(first);
    expect(await post(ana, { ...people(ana, ben), text: 'once' }, '/messages', '-H', 'Idempotency-Key: order 17')).toEqual(first);
    expect(await post(ana, { ...body, text: 'twice' })).toMatchObject({ status: 409, body: { error: { code: 'client_id_reused' } } });
    const form = (file: string) => curl(`${server.origin}/messages`, '-H', auth(ana), '-H', 'Idempotency-Key: 18', '-F', `sender_id=${ana.phone}`, '-F', `receiver_id=${ben.phone}`, '-F', `media_object=@${file}`);
    const photoOnce = await form(photo);
    expect(photoOnce.status).toBe(201);
    expect(await form(photo)).toEqual(photoOnce);
    expect((await form(document(10).path)).status).toBe(409);
    expect((await unread(ben)).body.messages).toHaveLength(2);
    const files = await curl(`${server.origin}/v1/media`, '-H', auth(ana));
    expect(files.body.files).toHaveLength(1);
  });
});

describe('a status', () => {
  it('is shown to those one talks with, and nobody else', async () => {
    const [ana, ben, cy] = [...(await two()), await server.add('Cy')];
    await post(ana, { ...people(ana, ben), text: 'hi' });
    const shown = await post(ana, { text: 'At the sea' }, '/status');
    expect(shown).toMatchObject({ status: 201, body: { state: 'sent' } });
    expect((await curl(`${server.origin}/status`, '-H', auth(ana), '-F', `media_object=@${photo}`)).status).toBe(201);
    expect((await unread(ben)).body.messages).toMatchObject([{ text: 'hi' }, { text: 'At the sea', conversation_kind: 'status' }, { type: 'image', conversation_kind: 'status' }]);
    expect((await unread(cy)).body.messages).toEqual([]);
    expect(await post(ana, { location: { latitude: 1, longitude: 1 } }, '/status')).toMatchObject({ status: 400 });
    expect(await post(ana, { sender_id: ben.phone, text: 'x' }, '/status')).toMatchObject({ status: 403 });
  });
});

describe('what is unread', () => {
  it('counts as delivered when it was acknowledged, not when it was fetched', async () => {
    const [ana, ben] = [await online('Ana'), await server.add('Ben')];
    const sent = await ana.say(new Device(server, ben).account, 'tick?');
    const page = (await unread(ben)).body;
    expect(page.messages).toMatchObject([{ text: 'tick?' }]);
    expect((await unread(ben)).body).toEqual(page);
    await pause(200);
    expect(ana.ticks(sent.conversation).delivered).toBe(0n);
    expect(await ack(ben, page.next)).toEqual({ status: 200, body: {} });
    await ana.sees('delivered', sent.conversation, sent.seq);
    expect((await unread(ben)).body.messages).toEqual([]);
    expect(await ack(ben, page.next)).toEqual({ status: 200, body: {} });
  });

  it('comes page by page, oldest first, and the next page acknowledges the one before', async () => {
    const [ana, ben] = [await online('Ana'), await server.add('Ben')];
    let last = { conversation: 0n, seq: 0n };
    for (let i = 0; i < 5; i++) last = await ana.say(new Device(server, ben).account, `m${i}`);
    const texts: string[] = [];
    let next = '';
    for (let page = 0; page < 3; page++) {
      const { body } = await unread(ben, `&limit=2${next}`);
      texts.push(...body.messages.map((message: any) => message.text));
      next = `&after=${body.next}`;
      expect(body.more).toBe(page < 2);
    }
    expect(texts).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    await ana.sees('delivered', last.conversation, 4n as never);
    await pause(100);
    expect(ana.ticks(last.conversation).delivered).toBe(4n);
    expect((await unread(ben, next)).body.messages).toEqual([]);
    await ana.sees('delivered', last.conversation, 5n as never);
  });

  it('waits for a message, if it is asked to', async () => {
    const [ana, ben] = await two();
    const began = Date.now();
    const waiting = unread(ben, '&wait=30');
    await pause(700);
    await post(ana, { ...people(ana, ben), text: 'now' });
    expect((await waiting).body.messages).toMatchObject([{ text: 'now' }]);
    expect(Date.now() - began).toBeLessThan(10_000);
    await ack(ben, (await unread(ben)).body.next);
    const empty = Date.now();
    expect((await unread(ben, '&wait=1')).body.messages).toEqual([]);
    expect(Date.now() - empty).toBeGreaterThanOrEqual(950);
  });

  it('is nobody else\'s, and has limits', async () => {
    const [ana, ben] = await two();
    const status = async (query: string) => (await curl(`${server.origin}/messages${query}`, '-H', auth(ana))).status;
    expect(await status(`?user_id=${ben.account_id}`)).toBe(403);
    expect(await status(`?user_id=${encodeURIComponent(ana.phone)}`)).toBe(200);
    expect(await status(`?user_id=${ana.phone}`), 'a plus that was not escaped').toBe(200);
    expect(await status('?limit=1000')).toBe(200);
    for (const wrong of ['?limit=0', '?limit=1001', '?limit=x', '?wait=61', '?wait=-1', '?after=x', '?after=99999999999999999']) expect(await status(wrong), wrong).toBe(400);
    expect(await ack(ana, '99999999999999999')).toMatchObject({ status: 400, body: { error: { field: 'up_to' } } });
    expect((await curl(`${server.origin}/messages`)).status).toBe(401);
  });

  it('survives kill -9', async () => {
    const [ana, ben] = await two();
    await post(ana, { ...people(ana, ben), text: 'kept' });
    const before = (await unread(ben)).body;
    await server.kill();
    await server.start();
    expect((await unread(ben)).body.messages).toEqual(before.messages);
  });
});

describe('the rates', () => {
  it('of an account and of an address are held, by name', async () => {
    const slow = await Server.start('rest_rates', ['--limits-api-burst', '3', '--limits-api-per-second', '0.1', '--limits-api-address-burst', '8', '--limits-api-address-per-second', '0.1']);
    try {
      const [ana, ben] = [await slow.add('Ana'), await slow.add('Ben')];
      const say = (from: Added, to: Added) => fetch(`${slow.origin}/messages`, { method: 'POST', headers: { authorization: `Bearer ${from.token}` }, body: JSON.stringify({ ...people(from, to), text: 'x' }) });
      for (let i = 0; i < 3; i++) expect((await say(ana, ben)).status).toBe(201);
      const refused = await say(ana, ben);
      expect(refused.status).toBe(429);
      expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited', field: 'api_account' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      for (let i = 0; i < 3; i++) expect((await say(ben, ana)).status).toBe(201);
      expect((await say(ben, ana)).status).toBe(429); // the eighth of this address
      expect(await (await say(ben, ana)).json()).toMatchObject({ error: { code: 'rate_limited', field: 'api_address' } });
      const reading = await fetch(`${slow.origin}/messages`, { headers: { authorization: `Bearer ${ben.token}` } });
      expect(reading.status).toBe(200);
    } finally {
      await slow.close();
    }
  });
});

describe('the description', () => {
  it('and the page are there, and run nothing', async () => {
    const api = await (await fetch(`${server.origin}/openapi.json`)).json() as any;
    expect(api.openapi).toBe('3.1.0');
    expect(api.paths['/messages'].post.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/NewMessage');
    expect(api.components.schemas.NewMessage.properties.text.maxLength).toBe(65_536);
    const page = await fetch(`${server.origin}/api`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('curl $HOMING/messages');
  });
});
