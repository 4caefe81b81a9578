// whatsapp-api-js against the real server. It knows one address, https://graph.facebook.com, and no option for another; but
// it takes a `ponyfill.fetch`, which leads that origin here and leaves all others as they are.
import { webcrypto } from 'node:crypto';
import { WhatsAppAPIFailedToVerifyError, WhatsAppAPIFailedToVerifyTokenError } from 'whatsapp-api-js/errors';
import { ActionButtons, ActionCTA, ActionCatalog, ActionList, ActionLocation, Address, Audio, Birthday, Body, Button, Contacts, Document, Email, Footer, Header, Image, Interactive, Language, ListSection, Location, Name, Organization, Phone as ContactPhone, Reaction, Row, Sticker, Template, Text, Url, Video } from 'whatsapp-api-js/messages';
import { WhatsAppAPI } from 'whatsapp-api-js/middleware/node-http';
import { Node18 } from 'whatsapp-api-js/setup/node';
import type { OnMessageArgs, OnStatusArgs } from 'whatsapp-api-js/emitters';
import type { ClientMessage, ServerErrorResponse } from 'whatsapp-api-js/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaKind } from '../../web/src/gen/events_pb';
import { samples } from './files';
import type { Sample } from './files';
import { until } from './person';
import { addBot, card, digits, found, graph, Phone, place, Receiver, sayEverything, shown, subscribe, verifyToken } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';

// On Node 18 its Node18() sets what imports the key, but what verifies is the global `crypto`, which Node 18 has not.
if (globalThis.crypto === undefined) Object.defineProperty(globalThis, 'crypto', { value: webcrypto });

let server: Server;
let shop: Bot;
let ana: Phone;
let api: WhatsAppAPI;
let hook: Receiver;
const messages: OnMessageArgs[] = [];
const statuses: OnStatusArgs[] = [];
const hookAnswers: number[] = [];

const toHere = ((asked: string | URL, options?: RequestInit) => {
  const url = new URL(asked);
  return fetch(url.origin === 'https://graph.facebook.com' ? new URL(url.pathname + url.search, server.origin) : url, options);
}) as typeof fetch;
const sdk = (token: string) => new WhatsAppAPI(Node18({ token, appSecret: shop.app_secret, webhookVerifyToken: verifyToken, v: 'v24.0', ponyfill: { fetch: toHere } }));

beforeAll(async () => {
  server = await Server.start('sdk_api_js', ['--webhooks-allow', '127.0.0.1']);
  shop = await addBot(server, '+15551239000', 'Shop');
  ana = await Phone.of(server, 'Ana');
  api = sdk(shop.token);
  api.on.message = (message) => void messages.push(message);
  api.on.status = (status) => void statuses.push(status);
  hook = await Receiver.open(shop.app_secret, async (asked, answer) => {
    if (asked.method === 'GET') {
      try {
        return void answer.end(api.handle_get(asked));
      } catch (status) {
        return void answer.writeHead(status as number).end();
      }
    }
    answer.statusCode = await api.handle_post(asked);
    hookAnswers.push(answer.statusCode);
    answer.end();
  });
  await subscribe(server, shop, hook.hook);
});
afterAll(async () => {
  ana?.close();
  hook?.close();
  await server?.close();
});

/** Sends, and is the id of what was sent. */
async function send(message: ClientMessage, context?: string, to: Parameters<WhatsAppAPI['sendMessage']>[1] = ana.number as never): Promise<string> {
  const answer = await api.sendMessage(shop.phone_number_id, to as never, message, context);
  if (!('messages' in answer)) throw new Error(JSON.stringify(answer));
  return answer.messages[0].id;
}
async function upload(file: Sample): Promise<string> {
  const form = new FormData();
  const type = file.type === 'video/3gpp' ? 'video/3gp' : file.type; // the one name of it that this SDK lets through
  form.set('file', new Blob([file.bytes as BlobPart], { type }), file.name);
  const answer = await api.uploadMedia(shop.phone_number_id, form);
  if (answer.error) throw new Error(JSON.stringify(answer.error));
  return answer.id;
}
const hears = (wanted: (message: any) => boolean, what: string): Promise<OnMessageArgs & { message: any }> => found(() => messages, ({ message }) => wanted(message), `the hook hears ${what}`);
/** This SDK does not throw; it returns the error that the server said. */
const refusal = async (call: Promise<unknown>): Promise<ServerErrorResponse['error']> => {
  const answer = (await call) as ServerErrorResponse;
  expect(answer.error, JSON.stringify(answer)).toMatchObject({ message: expect.any(String), type: expect.any(String), code: expect.any(Number), fbtrace_id: expect.any(String) });
  return answer.error;
};

describe('messages', () => {
  it('are texts, with or without a preview', async () => {
    const answer = await api.sendMessage(shop.phone_number_id, ana.number, new Text('héllo 😀 https://example.com', true));
    expect(answer).toMatchObject({ messaging_product: 'whatsapp', contacts: [{ input: ana.number, wa_id: ana.waId }], messages: [{ id: expect.stringMatching(/^wamid\./) }] });
    expect(await ana.next()).toMatchObject({ content: { case: 'text', value: { text: 'héllo 😀 https://example.com' } } });
    await send(new Text('the number counts'), undefined, { phone: ana.number, bsuid: 'US.13491208655302741918' });
    expect(await ana.next()).toMatchObject({ content: { value: { text: 'the number counts' } } });
  });

  it('go to many at once', async () => {
    const answers = await Promise.all(api.broadcastMessage(shop.phone_number_id, [ana.number, ana.number, '+15559999999'], new Text('to all'), 2, 10));
    expect(answers.map((answer) => 'messages' in answer)).toEqual([true, true, false]);
    for (let index = 0; index < 2; index++) expect(await ana.next()).toMatchObject({ content: { value: { text: 'to all' } } });
  });

  const files = [
    ['an image', samples.jpeg, MediaKind.image, { caption: 'look ☂' }, (at: string, byId: boolean) => new Image(at, byId, 'look ☂')],
    ['a video', samples.mp4, MediaKind.video, { caption: 'a clip' }, (at: string, byId: boolean) => new Video(at, byId, 'a clip')],
    ['a film of a phone', samples.threegp, MediaKind.video, {}, (at: string, byId: boolean) => new Video(at, byId)],
    ['music', samples.mp3, MediaKind.audio, {}, (at: string, byId: boolean) => new Audio(at, byId)],
    ['a voice note', samples.opus, MediaKind.voice, {}, (at: string, byId: boolean) => new Audio(at, byId, true)],
    ['a document', samples.pdf, MediaKind.document, { caption: 'pay', name: 'März.pdf' }, (at: string, byId: boolean) => new Document(at, byId, 'pay', 'März.pdf')],
    ['a document with the name that it has', samples.pdf, MediaKind.document, { name: samples.pdf.name }, (at: string, byId: boolean) => new Document(at, byId)],
    ['a sticker', samples.webp, MediaKind.sticker, {}, (at: string, byId: boolean) => new Sticker(at, byId)],
  ] as const;
  it.each(files)('are files by id and by link: %s', async (_, file, kind, more, message) => {
    for (const [at, byId] of [[await upload(file), true], [hook.link(file), false]] as const) {
      await send(message(at, byId));
      const got = await ana.next();
      expect(got).toMatchObject(shown.file(file, kind, more));
      expect(await ana.fetches(got)).toEqual(file.bytes);
    }
  });

  it('are places and people', async () => {
    await send(new Location(place.longitude, place.latitude, place.name, place.address));
    expect((await ana.next()).content).toMatchObject(shown.place);
    const { name, phones, emails, urls, addresses, org } = card;
    const [phone, email, url, address] = [phones[0]!, emails[0]!, urls[0]!, addresses[0]!];
    const contact = [
      new Name(name.formatted_name, name.first_name, name.last_name, name.middle_name, name.suffix, name.prefix),
      new ContactPhone(phone.phone, phone.type, phone.wa_id),
      new Email(email.email, email.type),
      new Url(url.url, url.type),
      new Address(address.country, address.country_code, address.state, address.city, address.street, address.zip, address.type),
      new Organization(org.company, org.department, org.title),
      new Birthday('2012', '08', '18'),
    ] as const;
    await send(new Contacts([...contact])); // this SDK sends the list as a JSON string
    expect((await ana.next()).content).toMatchObject(shown.card);
  });

  it('answer others and react to them, and take that back', async () => {
    const asked = await ana.say(shop, { case: 'text', value: { text: 'open on Sunday?' } });
    const { message, reply } = await hears((one) => one.text?.body === 'open on Sunday?', 'the question');
    expect(await reply(new Text('from ten'), true)).toMatchObject({ messages: [{ id: expect.any(String) }] });
    expect(await ana.next()).toMatchObject({ replyTo: asked.seq, content: { value: { text: 'from ten' } } });
    await send(new Text('and on Monday'), 'wamid.of-nothing');
    expect(await ana.next()).toMatchObject({ replyTo: 0n, content: { value: { text: 'and on Monday' } } });
    await send(new Reaction(message.id, '👍'));
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '👍' } } });
    await send(new Reaction(message.id));
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '' } } });
  });

  it('ask by buttons, and hear which one was pressed', async () => {
    for (const header of [new Header(new Image(await upload(samples.png), true)), new Header(new Document(hook.link(samples.pdf))), new Header('Question')]) {
      const asked = await send(new Interactive(new ActionButtons(new Button('yes', 'Ja 👍'), new Button('no', 'Nein')), new Body('Really?'), header, new Footer('small print')));
      const got = await ana.next();
      expect(got.content).toMatchObject({ case: 'interactive', value: { body: 'Really?', footer: 'small print', header: header.text ?? '', action: { value: { buttons: [{ id: 'yes', title: 'Ja 👍' }, { id: 'no', title: 'Nein' }] } } } });
      if (header.type !== 'text') expect(await ana.fetches(got)).toEqual((header.type === 'image' ? samples.png : samples.pdf).bytes);
      await ana.say(shop, { case: 'interactiveReply', value: { id: 'yes', title: 'Ja 👍' } }, { replyTo: got.seq });
      const { message } = await hears((one) => one.context?.id === asked, 'the button');
      expect(message).toMatchObject({ type: 'interactive', context: { from: digits(shop.phone) }, interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Ja 👍' } } });
    }
  });

  it('ask by a list, and hear what was chosen', async () => {
    const list = new ActionList('Choose', new ListSection('Hot', new Row('tea', 'Tea', 'green'), new Row('coffee', 'Coffee')), new ListSection('Cold', new Row('water', 'Water')));
    const asked = await send(new Interactive(list, new Body('Drink?'), new Header('Drinks')));
    const got = await ana.next();
    expect(got.content).toMatchObject({ value: { header: 'Drinks', action: { case: 'choices', value: { button: 'Choose', sections: [{ title: 'Hot', rows: [{ id: 'tea', title: 'Tea', description: 'green' }, { id: 'coffee' }] }, { rows: [{ id: 'water' }] }] } } } });
    await ana.say(shop, { case: 'interactiveReply', value: { id: 'tea', title: 'Tea', description: 'green' } }, { replyTo: got.seq });
    const { message } = await hears((one) => one.context?.id === asked, 'the choice');
    expect(message.interactive).toEqual({ type: 'list_reply', list_reply: { id: 'tea', title: 'Tea', description: 'green' } });
  });

  it('offer a link or ask for a place', async () => {
    await send(new Interactive(new ActionCTA('See dates', 'https://example.com/?a=b'), new Body('Our dates')));
    expect((await ana.next()).content).toMatchObject({ value: { action: { case: 'link', value: { text: 'See dates', url: 'https://example.com/?a=b' } } } });
    await send(new Interactive(new ActionLocation(), new Body('Where are you?')));
    const got = await ana.next();
    expect(got.content).toMatchObject({ value: { body: 'Where are you?', action: { case: 'locationRequest' } } });
    await ana.say(shop, { case: 'location', value: place }, { replyTo: got.seq });
    expect((await hears((one) => one.type === 'location', 'the place')).message).toMatchObject({ location: place });
  });
});

describe('files', () => {
  it('go up, are described, come down and go', async () => {
    const id = await upload(samples.pdf);
    const facts = await api.retrieveMedia(id, shop.phone_number_id);
    if (facts.error) throw new Error(JSON.stringify(facts.error));
    expect(facts).toMatchObject({ id, mime_type: 'application/pdf', file_size: samples.pdf.bytes.length });
    expect(new URL(facts.url).origin).toBe(server.origin);
    const bytes = await api.fetchMedia(facts.url);
    expect([bytes.status, bytes.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(samples.pdf.bytes);

    expect(await refusal(api.retrieveMedia(id, '1234'))).toMatchObject({ code: 100 });
    expect(await api.deleteMedia(id, shop.phone_number_id)).toEqual({ success: true });
    expect(await refusal(api.retrieveMedia(id))).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
    expect((await api.fetchMedia(facts.url)).status).toBe(404);
    expect(await refusal(api.deleteMedia(id))).toMatchObject({ code: 100, error_subcode: 33 });
  });
});

describe('files of every type that the SDK lets through', () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504)]);
  const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), Buffer.alloc(40)]);
  const office = 'application/vnd.openxmlformats-officedocument';
  const types = [
    ['audio/aac', Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc]), Buffer.alloc(40)])],
    ['audio/mp4', Buffer.from('\0\0\0\x18ftypM4A \0\0\x02\0M4A mp42\0\0\0\x08free', 'latin1')],
    ['audio/mpeg', samples.mp3.bytes],
    ['audio/amr', Buffer.from('#!AMR\n\0\0\0\0')],
    ['audio/ogg', samples.opus.bytes],
    ['text/plain', Buffer.from('words')],
    ['application/pdf', samples.pdf.bytes],
    ['application/vnd.ms-powerpoint', ole],
    ['application/msword', ole],
    ['application/vnd.ms-excel', ole],
    [`${office}.wordprocessingml.document`, zip],
    [`${office}.presentationml.presentation`, zip],
    [`${office}.spreadsheetml.sheet`, zip],
    ['image/jpeg', samples.jpeg.bytes],
    ['image/png', samples.png.bytes],
    ['video/mp4', samples.mp4.bytes],
    ['video/3gp', samples.threegp.bytes],
    ['image/webp', samples.webp.bytes],
  ] as const;
  it.each(types)('%s', async (type, bytes) => {
    const id = await upload({ name: 'file', type, bytes });
    expect(await api.retrieveMedia(id)).toMatchObject({ mime_type: type === 'video/3gp' ? 'video/3gpp' : type, file_size: bytes.length });
    const kind = type.startsWith('audio/') ? new Audio(id, true) : type.startsWith('video/') ? new Video(id, true) : type === 'image/webp' ? new Sticker(id, true) : type.startsWith('image/') ? new Image(id, true) : new Document(id, true);
    await send(kind);
    expect(await ana.fetches(await ana.next())).toEqual(bytes);
  });
});

describe('webhooks', () => {
  it('bring everything that a person can say', async () => {
    const id = await send(new Text('go on'));
    const quoted = await ana.next();
    const before = messages.length;
    const expected = await sayEverything(ana, shop, quoted, id);
    await until(() => messages.length >= before + expected.length, 'everything at the hook');
    for (const [index, { type, message, file }] of expected.entries()) {
      const got = messages[before + index]!;
      expect(got).toMatchObject({ phoneID: shop.phone_number_id, from: ana.waId, name: 'Ana', contact: { wa_id: ana.waId }, recipient: { phone: ana.waId }, message });
      if (!file) continue;
      const facts = await api.retrieveMedia((got.message as any)[type].id, shop.phone_number_id);
      if (facts.error) throw new Error(JSON.stringify(facts.error));
      expect(Buffer.from(await (await api.fetchMedia(facts.url)).arrayBuffer())).toEqual(file.bytes);
    }
    expect(messages).toHaveLength(before + expected.length);
    expect(hookAnswers.every((status) => status === 200)).toBe(true);
  });

  it('tell sent, delivered and read in this order, with the data of the caller', async () => {
    const answer = await api.sendMessage(shop.phone_number_id, ana.number, new Text('track me'), undefined, 'cb-9 é');
    const id = 'messages' in answer ? answer.messages[0].id : '';
    const mine = () => statuses.filter((status) => status.id === id);
    await until(() => mine().length === 1, 'sent');
    const got = await ana.next();
    await until(() => mine().length === 2, 'delivered');
    await ana.reads(got);
    await until(() => mine().length === 3, 'read');
    expect(mine().map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    for (const one of mine()) expect(one).toMatchObject({ phoneID: shop.phone_number_id, phone: ana.waId, type: 'individual', biz_opaque_callback_data: 'cb-9 é', timestamp: expect.stringMatching(/^\d{10}$/) });
  });

  it('tell that a message failed, not that it was blocked', async () => {
    const ben = await Phone.of(server, 'Ben');
    await ben.blocks(await ben.accountOf(shop), true);
    const id = await send(new Text('anybody?'), undefined, ben.number as never);
    const status = await found(() => statuses, (one) => one.id === id, 'the failure');
    expect(status).toMatchObject({ status: 'failed', phone: ben.waId, error: { code: 131026, title: expect.any(String), error_data: { details: expect.any(String) } } });
    ben.close();
  });

  it('tell that a link led to nothing', async () => {
    const id = await send(new Image(`${hook.origin}/nothing.png`));
    const status = await found(() => statuses, (one) => one.id === id, 'the failure');
    expect(status).toMatchObject({ status: 'failed', phone: ana.waId, error: { code: 131053 } });
  });

  it('are refused by the SDK when the signature is not right', async () => {
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
    const forged = await fetch(hook.hook, { method: 'POST', headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, body });
    expect(forged.status).toBe(401);
    await expect(api.post(JSON.parse(body), body, `sha256=${'0'.repeat(64)}`)).rejects.toThrow(WhatsAppAPIFailedToVerifyError);
    expect(() => api.get({ 'hub.mode': 'subscribe', 'hub.verify_token': 'wrong', 'hub.challenge': '1' })).toThrow(WhatsAppAPIFailedToVerifyTokenError);
    const refused = await graph(server, shop, 'POST', `${shop.waba_id}/subscribed_apps`, { override_callback_uri: hook.hook, verify_token: 'wrong' });
    expect(refused.error.code).toBe(100);
  });
});

describe('groups', () => {
  it('are written to and heard from', async () => {
    await graph(server, shop, 'POST', `${shop.phone_number_id}/groups`, { subject: 'Team' });
    const group = (await graph(server, shop, 'GET', `${shop.phone_number_id}/groups`)).data.groups[0].id as string;
    await graph(server, shop, 'POST', `${group}/participants`, { participants: [{ user: ana.number }] });
    const answer = await api.sendMessage(shop.phone_number_id, { group }, new Text('hello all'));
    expect(answer).toMatchObject({ contacts: [{ input: group, wa_id: group }] });
    const got = await ana.next();
    expect(got.content).toMatchObject({ value: { text: 'hello all' } });
    const id = 'messages' in answer ? answer.messages[0].id : '';
    const delivered = await found(() => statuses, (status) => status.id === id && status.status === 'delivered', 'delivered in the group');
    expect(delivered).toMatchObject({ type: 'group', recipient: { group } });

    await ana.say(got.conversation, { case: 'text', value: { text: 'hello bot' } });
    const heard = await hears((message) => message.text?.body === 'hello bot', 'the group');
    expect(heard).toMatchObject({ from: ana.waId, name: 'Ana', recipient: { group }, message: { group_id: group } });
    await heard.reply(new Text('hello Ana'), true);
    expect(await ana.next()).toMatchObject({ conversation: got.conversation, content: { value: { text: 'hello Ana' } } });
  });
});

describe('reading', () => {
  it('turns ticks blue, and typing is seen', async () => {
    const sent = await ana.say(shop, { case: 'text', value: { text: 'read me' } });
    const { received } = await hears((message) => message.text?.body === 'read me', 'the text');
    expect(await received('text')).toEqual({ success: true });
    await ana.seesRead(sent);
    await ana.seesTyping();
    expect(await refusal(api.markAsRead(shop.phone_number_id, 'wamid.nothing'))).toMatchObject({ code: 131009 });
  });
});

describe('refusals come back as the error of the Graph API', () => {
  const sends = (message: ClientMessage, to: string = ana.number) => api.sendMessage(shop.phone_number_id, to, message);
  const cases = [
    ['nobody', () => sends(new Text('x'), '+15559999999'), { code: 131026 }],
    ['to itself', () => sends(new Text('x'), shop.phone), { code: 131021 }],
    ['an unknown file', () => sends(new Image('123456789', true)), { code: 100, error_data: { messaging_product: 'whatsapp', details: expect.stringContaining('image[id]') } }],
    ['a file of another kind', async () => sends(new Video(await upload(samples.pdf), true)), { code: 131053 }],
    ['a reaction to nothing', () => sends(new Reaction('wamid.x', '👍')), { code: 131009 }],
    ['a template', () => sends(new Template('hello_world', new Language('en_US'))), { code: 132001 }],
    ['a catalogue', () => sends(new Interactive(new ActionCatalog(), new Body('All'))), { code: 131009 }],
    ['a call', () => api.initiateCall(shop.phone_number_id, ana.number, 'v=0'), { code: 100, error_subcode: 33 }],
    ['QR codes', () => api.retrieveQR(shop.phone_number_id), { code: 100, error_subcode: 33 }],
    ['a new QR code', () => api.createQR(shop.phone_number_id, 'hi'), { code: 100, error_subcode: 33 }],
    ['a wrong token', () => sdk('nonsense').sendMessage(shop.phone_number_id, ana.number, new Text('x')), { code: 190, type: 'OAuthException' }],
  ] as const;
  it.each(cases)('%s', async (_, call, expected) => {
    expect(await refusal(call())).toMatchObject(expected);
  });
});

describe('blocking', () => {
  it('and unblocking somebody', async () => {
    const { block } = messages.at(-1)!;
    expect(await block()).toMatchObject({ block_users: { added_users: [{ input: ana.waId, wa_id: ana.waId }] } });
    expect(await api.unblockUser(shop.phone_number_id, ana.number)).toMatchObject({ block_users: { removed_users: [{ input: ana.number, wa_id: ana.waId }] } });
    expect(await api.blockUser(shop.phone_number_id, '+15559999999')).toMatchObject({ block_users: { failed_users: [{ input: '+15559999999', errors: [{ code: expect.any(Number) }] }] } });
  });
});
