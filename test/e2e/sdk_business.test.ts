// whatsapp-business against the real server. Its constructor takes no address; the seam is the axios instance that every
// client shows as `restClient.fetch`: its base URL is set. Its WebhookClient stands on an express app, which it lets one give.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { WABAClient, WebhookClient } from 'whatsapp-business';
import type { Message, WABAErrorAPI, WebhookContact, WebhookMessage, WebhookMetadata, WebhookStatus } from 'whatsapp-business';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaKind } from '../../web/src/gen/events_pb';
import { samples } from './files';
import type { Sample } from './files';
import { until } from './person';
import { addBot, card, digits, found, Phone, place, Receiver, sayEverything, shown, subscribe, verifyToken } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';

// The express that this SDK brings: it has no types here, and is nobody else's.
const require = createRequire(createRequire(import.meta.url).resolve('whatsapp-business'));
const express = require('express');

interface Heard {
  readonly message: any; // its own type for what comes in is not what comes in: ids as numbers, types as objects
  readonly contact: WebhookContact;
  readonly metadata: WebhookMetadata | undefined;
}
let server: Server;
let shop: Bot;
let ana: Phone;
let client: WABAClient;
let hook: Receiver;
let folder: string;
const messages: Heard[] = [];
const texts: string[] = [];
const statuses: { readonly status: WebhookStatus; readonly metadata: WebhookMetadata | undefined }[] = [];

function sdk(token: string, phoneId = shop.phone_number_id): WABAClient {
  const made = new WABAClient({ apiToken: token, phoneId, accountId: shop.waba_id });
  made.restClient.fetch.defaults.baseURL = `${server.origin}/v17.0`;
  return made;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homing-e2e-sdk-'));
  server = await Server.start('sdk_business', ['--webhooks-allow', '127.0.0.1']);
  shop = await addBot(server, '+15551239000', 'Shop');
  ana = await Phone.of(server, 'Ana');
  client = sdk(shop.token);

  const app = express();
  app.use(express.json({ verify: (asked: IncomingMessage, _answer: unknown, bytes: Buffer) => hook.takes(bytes, asked.headers) }));
  new WebhookClient({ expressApp: { app, shouldStartListening: false }, path: '/hook', token: verifyToken }).initWebhook({
    onMessageReceived: (message: WebhookMessage, contact, metadata) => void messages.push({ message, contact, metadata }),
    onTextMessageReceived: (message) => void texts.push(message.text?.body ?? ''),
    onStatusReceived: (status, metadata) => void statuses.push({ status, metadata }),
    onError: (error) => expect.fail(JSON.stringify(error)),
  });
  hook = await Receiver.open(shop.app_secret, app);
  await subscribe(server, shop, hook.hook);
});
afterAll(async () => {
  ana?.close();
  hook?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Said = Omit<Message, 'to' | 'messaging_product'>;
const send = async (message: Said, to = ana.number): Promise<string> => (await client.sendMessage({ to, ...message })).messages[0].id;
async function upload(file: Sample, type = file.type): Promise<string> {
  const path = join(folder, file.name);
  writeFileSync(path, file.bytes);
  return (await client.uploadMedia({ file: path, type: type as 'image/png' })).id;
}
async function download(url: string): Promise<Buffer> {
  const path = join(folder, 'came');
  await finished(await client.downloadMedia(url, path));
  return readFileSync(path);
}
const hears = (wanted: (message: any) => boolean, what: string): Promise<Heard> => found(() => messages, ({ message }) => wanted(message), `the hook hears ${what}`);

/** What this SDK throws: the `error` of the answer, with its own words for the codes it knows. */
async function refusal(call: Promise<unknown>): Promise<WABAErrorAPI> {
  const error = await call.then(
    (answer) => expect.fail(`it was done: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason as WABAErrorAPI,
  );
  expect(error).toMatchObject({ message: expect.any(String), type: expect.any(String), code: expect.any(Number), fbtrace_id: expect.any(String), error_data: { details: expect.any(String) } });
  return error;
}

describe('messages', () => {
  it('are texts, with or without a preview', async () => {
    const answer = await client.sendMessage({ to: ana.number, type: 'text', text: { body: 'héllo 😀 https://example.com', preview_url: true } });
    expect(answer).toMatchObject({ messaging_product: 'whatsapp', contacts: [{ input: ana.number, wa_id: ana.waId }], messages: [{ id: expect.stringMatching(/^wamid\./) }] });
    expect(await ana.next()).toMatchObject({ content: { case: 'text', value: { text: 'héllo 😀 https://example.com' } } });
    await send({ text: { body: 'a text unless it says otherwise' }, recipient_type: 'individual' });
    expect(await ana.next()).toMatchObject({ content: { value: { text: 'a text unless it says otherwise' } } });
  });

  const files = [
    ['an image', samples.jpeg, MediaKind.image, { caption: 'look ☂' }, (at: object): Said => ({ type: 'image', image: { ...at, caption: 'look ☂' } })],
    ['a video', samples.mp4, MediaKind.video, { caption: 'a clip' }, (at: object): Said => ({ type: 'video', video: { ...at, caption: 'a clip' } })],
    ['a film of a phone', samples.threegp, MediaKind.video, {}, (at: object): Said => ({ type: 'video', video: at })],
    ['music', samples.mp3, MediaKind.audio, {}, (at: object): Said => ({ type: 'audio', audio: at })],
    ['a voice', samples.opus, MediaKind.audio, {}, (at: object): Said => ({ type: 'audio', audio: at })],
    ['a document', samples.pdf, MediaKind.document, { caption: 'pay', name: 'März.pdf' }, (at: object): Said => ({ type: 'document', document: { ...at, caption: 'pay', filename: 'März.pdf', provider: 'mine' } })],
    ['a document with the name that it has', samples.pdf, MediaKind.document, { name: samples.pdf.name }, (at: object): Said => ({ type: 'document', document: at })],
    ['a sticker', samples.webp, MediaKind.sticker, {}, (at: object): Said => ({ type: 'sticker', sticker: at })],
  ] as const;
  it.each(files)('are files by id and by link: %s', async (_, file, kind, more, message) => {
    for (const at of [{ id: await upload(file) }, { link: hook.link(file) }]) {
      await send(message(at));
      const got = await ana.next();
      expect(got).toMatchObject(shown.file(file, kind, more));
      expect(await ana.fetches(got)).toEqual(file.bytes);
    }
  });

  it('are places and people', async () => {
    await send({ type: 'location', location: { ...place, latitude: String(place.latitude), longitude: String(place.longitude) } }); // strings here
    expect((await ana.next()).content).toMatchObject(shown.place);
    await send({ type: 'contacts', contacts: [card] as never }); // its type has no list, its documentation and the API have
    expect((await ana.next()).content).toMatchObject(shown.card);
  });

  it('answer others and react to them, and take that back', async () => {
    const asked = await ana.say(shop, { case: 'text', value: { text: 'open on Sunday?' } });
    const { message } = await hears((one) => one.text?.body === 'open on Sunday?', 'the question');
    await send({ type: 'text', text: { body: 'from ten' }, context: { message_id: message.id } });
    expect(await ana.next()).toMatchObject({ replyTo: asked.seq, content: { value: { text: 'from ten' } } });
    await send({ type: 'reaction', reaction: { message_id: message.id, emoji: '👍' } });
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '👍' } } });
    await send({ type: 'reaction', reaction: { message_id: message.id, emoji: '' } });
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '' } } });
  });

  it('ask by buttons, and hear which one was pressed', async () => {
    const buttons = [{ type: 'reply' as const, reply: { id: 'yes', title: 'Ja 👍' } }, { type: 'reply' as const, reply: { id: 'no', title: 'Nein' } }];
    const header = { type: 'video' as const, video: { id: await upload(samples.mp4) } };
    const asked = await send({ type: 'interactive', interactive: { type: 'button', header, body: { text: 'Really?' }, footer: { text: 'small print' }, action: { buttons } } });
    const got = await ana.next();
    expect(got.content).toMatchObject({ case: 'interactive', value: { body: 'Really?', footer: 'small print', headerMedia: { kind: MediaKind.video }, action: { case: 'buttons', value: { buttons: buttons.map(({ reply }) => reply) } } } });
    expect(await ana.fetches(got)).toEqual(samples.mp4.bytes);
    await ana.say(shop, { case: 'interactiveReply', value: { id: 'no', title: 'Nein' } }, { replyTo: got.seq });
    const { message } = await hears((one) => one.context?.id === asked, 'the button');
    expect(message).toMatchObject({ type: 'interactive', context: { from: digits(shop.phone) }, interactive: { type: 'button_reply', button_reply: { id: 'no', title: 'Nein' } } });
  });

  it('ask by a list, and hear what was chosen', async () => {
    const rows = [{ id: 'tea', title: 'Tea', description: 'green' }, { id: 'coffee', title: 'Coffee' }];
    const sections = [{ title: 'Hot', rows }] as never; // its type wants products in the rows' section, too
    const asked = await send({ type: 'interactive', interactive: { type: 'list', header: { type: 'text', text: 'Drinks' }, body: { text: 'Drink?' }, action: { button: 'Choose', sections } } });
    const got = await ana.next();
    expect(got.content).toMatchObject({ value: { header: 'Drinks', body: 'Drink?', action: { case: 'choices', value: { button: 'Choose', sections } } } });
    await ana.say(shop, { case: 'interactiveReply', value: { id: 'tea', title: 'Tea', description: 'green' } }, { replyTo: got.seq });
    const { message } = await hears((one) => one.context?.id === asked, 'the choice');
    expect(message.interactive).toEqual({ type: 'list_reply', list_reply: { id: 'tea', title: 'Tea', description: 'green' } });
  });
});

describe('files', () => {
  it('go up, are described, come down and go', async () => {
    const id = await upload(samples.pdf);
    const facts = await client.getMedia(id);
    expect(facts).toMatchObject({ messaging_product: 'whatsapp', id, mime_type: 'application/pdf', file_size: samples.pdf.bytes.length });
    expect(await download(facts.url)).toEqual(samples.pdf.bytes);
    expect(await client.deleteMedia(id)).toEqual({ success: true });
    expect(await refusal(client.getMedia(id))).toMatchObject({ code: 100, error_subcode: 33 });
    expect(await refusal(client.deleteMedia(id))).toMatchObject({ code: 100, error_subcode: 33 });
    const gone = (await client.downloadMedia(facts.url, join(folder, 'gone')).catch((answer: unknown) => answer)) as IncomingMessage;
    expect(gone.statusCode).toBe(404); // here it throws the answer itself, unread
    gone.destroy();
  });

  it('that are not what they say are refused', async () => {
    expect(await refusal(upload({ ...samples.png, name: 'a.html', bytes: Buffer.from('<html>') }, 'text/html'))).toMatchObject({ code: 100 });
    expect(await refusal(upload({ ...samples.png, bytes: Buffer.from('words') }))).toMatchObject({ code: 100 });
    expect(await refusal(upload({ ...samples.png, bytes: Buffer.alloc(0) }))).toMatchObject({ code: 100 });
    const large = Buffer.concat([samples.png.bytes, Buffer.alloc(5 * 1024 * 1024)]);
    expect(await refusal(upload({ ...samples.png, bytes: large }))).toMatchObject({ code: 100 });
  });
});

describe('webhooks', () => {
  it('bring everything that a person can say', async () => {
    const id = await send({ text: { body: 'go on' } });
    const quoted = await ana.next();
    const before = messages.length;
    const expected = await sayEverything(ana, shop, quoted, id);
    await until(() => messages.length >= before + expected.length, 'everything at the hook');
    for (const [index, { type, message, file }] of expected.entries()) {
      const got = messages[before + index]!;
      expect(got).toMatchObject({ message, contact: { wa_id: ana.waId, profile: { name: 'Ana' } }, metadata: { phone_number_id: shop.phone_number_id, display_phone_number: digits(shop.phone) } });
      if (file) expect(await download((await client.getMedia(got.message[type].id)).url)).toEqual(file.bytes);
    }
    expect(messages).toHaveLength(before + expected.length);
    expect(texts).toContain('héllo 😀 a/b \x7f');
  });

  it('tell sent, delivered and read in this order, with the data of the caller', async () => {
    const id = await send({ text: { body: 'track me' }, ...{ biz_opaque_callback_data: 'cb-9 é' } });
    const mine = () => statuses.filter(({ status }) => status.id === id);
    await until(() => mine().length === 1, 'sent');
    const got = await ana.next();
    await until(() => mine().length === 2, 'delivered');
    await ana.reads(got);
    await until(() => mine().length === 3, 'read');
    expect(mine().map(({ status }) => status.status)).toEqual(['sent', 'delivered', 'read']);
    for (const { status, metadata } of mine()) {
      expect(status).toMatchObject({ recipient_id: ana.waId, biz_opaque_callback_data: 'cb-9 é', timestamp: expect.stringMatching(/^\d{10}$/) });
      expect(metadata?.phone_number_id).toBe(shop.phone_number_id);
    }
  });

  it('are signed, which this SDK leaves to its user', () => {
    expect(hook.signed.length).toBeGreaterThan(10);
    expect(hook.signed.every((one) => one)).toBe(true);
  });
});

describe('reading', () => {
  it('turns ticks blue, and typing is seen', async () => {
    const sent = await ana.say(shop, { case: 'text', value: { text: 'read me' } });
    const { message } = await hears((one) => one.text?.body === 'read me', 'the text');
    expect(await client.markMessageAsRead(message.id)).toEqual({ success: true });
    await ana.seesRead(sent);
    // No function of its own for this one, but the client that its functions use.
    const typing = { messaging_product: 'whatsapp', status: 'read', message_id: message.id, typing_indicator: { type: 'text' } };
    expect(await client.restClient.post(`${client.phoneId}/messages`, typing)).toEqual({ success: true });
    await ana.seesTyping();
    expect(await refusal(client.markMessageAsRead('wamid.nothing'))).toMatchObject({ code: 131009, message: 'Parameter value is not valid' });
  });
});

describe('refusals are thrown as the error of the Graph API', () => {
  const cases = [
    ['nobody', () => send({ text: { body: 'x' } }, '+15559999999'), { code: 131026 }],
    ['to itself', () => send({ text: { body: 'x' } }, shop.phone), { code: 131021, message: 'Bad User' }],
    ['no text', () => send({ type: 'text' }), { code: 131008, message: 'Required parameter is missing' }],
    ['too long', () => send({ text: { body: 'x'.repeat(4097) } }), { code: 131009, error_data: { messaging_product: 'whatsapp', details: expect.stringContaining('text[body]') } }],
    ['an unknown file', () => send({ type: 'image', image: { id: '123456789' } }), { code: 100, message: 'Invalid parameter' }],
    ['a file of another kind', async () => send({ type: 'video', video: { id: await upload(samples.pdf) } }), { code: 131053 }],
    ['a reaction to nothing', () => send({ type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }), { code: 131009 }],
    ['a template', () => send({ type: 'template', template: { name: 'hello_world', language: { policy: 'deterministic', code: 'en_US' } } }), { code: 132001, message: 'Template does not exist' }],
    ['products', () => send({ type: 'interactive', interactive: { type: 'product', body: { text: 'x' }, action: { catalog_id: '1', product_retailer_id: '2' } } }), { code: 131009 }],
    ['a wrong token', () => sdk('nonsense').sendMessage({ to: ana.number, text: { body: 'x' } }), { code: 190, type: 'OAuthException', message: 'Access token has expired' }],
    ['somebody else’s number', () => sdk(shop.token, '123456').sendMessage({ to: ana.number, text: { body: 'x' } }), { code: 100, error_subcode: 33 }],
    ['a check of identity', () => client.updateIdentityCheckState({ enable_identity_key_check: true }), { code: 100, error_subcode: 33 }],
    ['a PIN', () => client.setupTwoStepAuth({ phoneNumberId: shop.phone_number_id, pin: '123456' }), { code: 100 }],
  ] as const;
  it.each(cases)('%s', async (_, call, expected) => {
    expect(await refusal(call())).toMatchObject(expected);
  });

  it('but a link to nothing fails later', async () => {
    const id = await send({ type: 'image', image: { link: `${hook.origin}/nothing.png` } });
    const { status } = await found(() => statuses, (one) => one.status.id === id, 'the failure');
    expect(status).toMatchObject({ status: 'failed', recipient_id: ana.waId, errors: [{ code: 131053 }] });
  });
});

describe('the number and its profile', () => {
  it('are told', async () => {
    const node = { id: shop.phone_number_id, display_phone_number: shop.phone, verified_name: 'Shop', quality_rating: 'GREEN', code_verification_status: 'VERIFIED' };
    expect(await client.getSingleBusinessPhoneNumber(shop.phone_number_id)).toEqual(node);
    expect(await client.getBusinessPhoneNumbers()).toMatchObject({ data: [node], paging: { cursors: { before: expect.any(String), after: expect.any(String) } } });
  });

  it('are set', async () => {
    const profile = { address: 'Here 1', description: 'Things', email: 'a@example.com', vertical: 'RETAIL' as const, websites: ['https://a.example'] };
    expect(await client.updateBusinessProfile(profile)).toEqual({ success: true });
    expect((await client.getBusinessProfile()).data[0]).toMatchObject({ messaging_product: 'whatsapp', ...profile });
    expect((await client.getBusinessProfile(['email'])).data[0]).toEqual({ messaging_product: 'whatsapp', email: 'a@example.com' });
  });

  it('are registered again', async () => {
    const phoneNumberId = shop.phone_number_id;
    expect(await client.deregisterPhone(phoneNumberId)).toEqual({ success: true });
    expect(await refusal(send({ text: { body: 'x' } }))).toMatchObject({ code: 133010 });
    expect(await client.requestPhoneNumberVerificationCode({ phoneNumberId, code_method: 'SMS', language: 'en_US' })).toEqual({ success: true });
    expect(await client.verifyPhoneNumberCode({ phoneNumberId, code: '123456' })).toEqual({ success: true });
    expect(await client.registerPhone({ phoneNumberId, pin: '123456' })).toEqual({ success: true });
    await send({ text: { body: 'back' } });
    expect((await ana.next()).content).toMatchObject({ value: { text: 'back' } });
  });
});
