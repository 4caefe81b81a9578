// @kapso/whatsapp-cloud-api against the real server: its `baseUrl` leads here, nothing else is changed.
import { GraphApiError, WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaKind } from '../../web/src/gen/events_pb';
import { samples } from './files';
import { until } from './person';
import { addBot, camel, card, digits, found, Phone, place, Receiver, sayEverything, shown, subscribe } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';

let server: Server;
let shop: Bot;
let ana: Phone;
let client: WhatsAppClient;
let hook: Receiver;
let to: { readonly phoneNumberId: string; readonly to: string };

beforeAll(async () => {
  server = await Server.start('sdk_kapso', ['--webhooks-allow', '127.0.0.1']);
  shop = await addBot(server, '+15551239000', 'Shop');
  ana = await Phone.of(server, 'Ana');
  client = new WhatsAppClient({ accessToken: shop.token, baseUrl: server.origin, graphVersion: 'v23.0' });
  hook = await Receiver.open(shop.app_secret);
  await subscribe(server, shop, hook.hook);
  to = { phoneNumberId: shop.phone_number_id, to: ana.number };
});
afterAll(async () => {
  ana?.close();
  hook?.close();
  await server?.close();
});

const upload = async (file: (typeof samples)[keyof typeof samples]) =>
  (await client.media.upload({ phoneNumberId: shop.phone_number_id, type: file.type, file: new Blob([file.bytes as BlobPart], { type: file.type }), fileName: file.name })).id;
const heard = () => hook.posts.map((post) => normalizeWebhook(JSON.parse(post.bytes.toString())));
const hears = async (wanted: (message: any) => boolean, what: string): Promise<any> =>
  found(() => heard().flatMap((one) => one.messages as readonly any[]), wanted, `the hook hears ${what}`);

/** What the SDK makes of a refusal. */
async function refusal(call: Promise<unknown>): Promise<GraphApiError> {
  const error = await call.then(
    (answer) => expect.fail(`it was done: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphApiError);
  expect((error as GraphApiError).fbtraceId).toBeTypeOf('string');
  return error as GraphApiError;
}

describe('messages', () => {
  it('are texts, with or without a preview', async () => {
    const answer = await client.messages.sendText({ ...to, body: 'héllo 😀 https://example.com', previewUrl: true });
    expect(answer).toMatchObject({ messagingProduct: 'whatsapp', contacts: [{ input: ana.number, waId: ana.waId }] });
    expect(answer.messages[0]?.id).toMatch(/^wamid\./);
    expect(await ana.next()).toMatchObject({ content: { case: 'text', value: { text: 'héllo 😀 https://example.com' } } });

    await client.messages.sendText({ ...to, recipient: 'US.13491208655302741918', body: 'the number counts' });
    expect(await ana.next()).toMatchObject({ content: { value: { text: 'the number counts' } } });
    await client.messages.sendRaw({ phoneNumberId: to.phoneNumberId, payload: { messaging_product: 'whatsapp', to: to.to, text: { body: 'raw' } } as never });
    expect(await ana.next()).toMatchObject({ content: { value: { text: 'raw' } } });
  });

  const files = [
    ['an image', samples.jpeg, MediaKind.image, { caption: 'look ☂' }, (file: object) => client.messages.sendImage({ ...to, image: { ...file, caption: 'look ☂' } })],
    ['a video', samples.mp4, MediaKind.video, { caption: 'a clip' }, (file: object) => client.messages.sendVideo({ ...to, video: { ...file, caption: 'a clip' } })],
    ['music', samples.mp3, MediaKind.audio, {}, (file: object) => client.messages.sendAudio({ ...to, audio: { ...file } })],
    ['a voice note', samples.opus, MediaKind.voice, {}, (file: object) => client.messages.sendAudio({ ...to, audio: { ...file, voice: true } })],
    ['a document', samples.pdf, MediaKind.document, { caption: 'pay', name: 'März.pdf' }, (file: object) => client.messages.sendDocument({ ...to, document: { ...file, caption: 'pay', filename: 'März.pdf' } })],
    ['a sticker', samples.webp, MediaKind.sticker, {}, (file: object) => client.messages.sendSticker({ ...to, sticker: { ...file } })],
  ] as const;
  it.each(files)('are files by id and by link: %s', async (_, file, kind, more, send) => {
    for (const where of [{ id: await upload(file) }, { link: hook.link(file) }]) {
      expect((await send(where)).messages[0]?.id).toMatch(/^wamid\./);
      const got = await ana.next();
      expect(got).toMatchObject(shown.file(file, kind, more));
      expect(await ana.fetches(got)).toEqual(file.bytes);
    }
  });

  it('are places and people', async () => {
    await client.messages.sendLocation({ ...to, location: place });
    expect((await ana.next()).content).toMatchObject(shown.place);
    await client.messages.sendLocation({ ...to, location: { latitude: 0, longitude: -180 } });
    expect((await ana.next()).content).toMatchObject({ value: { latitude: 0, longitude: -180 } });
    await client.messages.sendContacts({ ...to, contacts: [camel(card)] });
    expect((await ana.next()).content).toMatchObject(shown.card);
  });

  it('answer others and react to them, and take that back', async () => {
    const asked = await ana.say(shop, { case: 'text', value: { text: 'open on Sunday?' } });
    const { id } = await hears((message) => message.text?.body === 'open on Sunday?', 'the question');
    await client.messages.sendText({ ...to, contextMessageId: id, body: 'from ten' });
    expect(await ana.next()).toMatchObject({ replyTo: asked.seq, content: { value: { text: 'from ten' } } });
    await client.messages.sendReaction({ ...to, reaction: { messageId: id, emoji: '👍' } });
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '👍' } } });
    await client.messages.sendReaction({ ...to, reaction: { messageId: id } });
    expect(await ana.next()).toMatchObject({ reactedTo: asked.seq, content: { case: 'reaction', value: { emoji: '' } } });
  });

  it('ask by buttons, and hear which one was pressed', async () => {
    const id = await upload(samples.png);
    const buttons = [{ id: 'yes', title: 'Ja 👍' }, { id: 'no', title: 'Nein' }];
    const asked = await client.messages.sendInteractiveButtons({ ...to, header: { type: 'image', image: { id } }, bodyText: 'Really?', footerText: 'small print', buttons });
    const got = await ana.next();
    expect(got.content).toMatchObject({ case: 'interactive', value: { body: 'Really?', footer: 'small print', headerMedia: { kind: MediaKind.image }, action: { case: 'buttons', value: { buttons } } } });
    expect(await ana.fetches(got)).toEqual(samples.png.bytes);
    await ana.say(shop, { case: 'interactiveReply', value: { id: 'yes', title: 'Ja 👍' } }, { replyTo: got.seq });
    expect(await hears((message) => message.interactive?.type === 'button_reply', 'the button')).toMatchObject({
      from: ana.waId,
      context: { id: asked.messages[0]?.id, from: digits(shop.phone) },
      interactive: { buttonReply: { id: 'yes', title: 'Ja 👍' } },
    });
  });

  it('ask by a list, and hear what was chosen', async () => {
    const sections = [{ title: 'Hot', rows: [{ id: 'tea', title: 'Tea', description: 'green' }, { id: 'coffee', title: 'Coffee' }] }, { title: 'Cold', rows: [{ id: 'water', title: 'Water' }] }];
    const long = 'What would you like? '.repeat(190); // this SDK and the original take 4096 characters here
    for (const bodyText of ['What would you like?', long]) {
      const asked = await client.messages.sendInteractiveList({ ...to, header: { type: 'text', text: 'Drinks' }, bodyText, buttonText: 'Choose', sections });
      const got = await ana.next();
      expect(got.content).toMatchObject({ case: 'interactive', value: { header: 'Drinks', body: bodyText, action: { case: 'choices', value: { button: 'Choose', sections } } } });
      await ana.say(shop, { case: 'interactiveReply', value: { id: 'coffee', title: 'Coffee' } }, { replyTo: got.seq });
      expect(await hears((message) => message.context?.id === asked.messages[0]?.id, 'the choice')).toMatchObject({ interactive: { type: 'list_reply', listReply: { id: 'coffee', title: 'Coffee' } } });
    }
  });

  it('offer a link or ask for a place', async () => {
    await client.messages.sendInteractiveCtaUrl({ ...to, bodyText: 'Our dates', parameters: { displayText: 'See dates', url: 'https://example.com/?a=b' } });
    expect((await ana.next()).content).toMatchObject({ value: { body: 'Our dates', action: { case: 'link', value: { text: 'See dates', url: 'https://example.com/?a=b' } } } });
    await client.messages.sendInteractiveLocationRequest({ ...to, bodyText: 'Where are you?', parameters: { requestMessage: 'Where?' } });
    const got = await ana.next();
    expect(got.content).toMatchObject({ value: { body: 'Where are you?', action: { case: 'locationRequest' } } });
    await ana.say(shop, { case: 'location', value: place }, { replyTo: got.seq });
    expect(await hears((message) => message.type === 'location', 'the place')).toMatchObject({ location: place });
  });
});

describe('files', () => {
  it('go up, are described, come down and go', async () => {
    const mediaId = await upload(samples.pdf);
    const phoneNumberId = shop.phone_number_id;
    const facts = await client.media.get({ mediaId, phoneNumberId });
    expect(facts).toMatchObject({ id: mediaId, mimeType: 'application/pdf', fileSize: samples.pdf.bytes.length });
    for (const auth of ['auto', 'always', 'never'] as const) {
      expect(Buffer.from((await client.media.download({ mediaId, auth })) as ArrayBuffer)).toEqual(samples.pdf.bytes);
    }
    const response = (await client.media.download({ mediaId, as: 'response' })) as Response;
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(response.headers.get('content-disposition')).toContain(encodeURIComponent(samples.pdf.name));
    await response.arrayBuffer();

    expect(await client.media.delete({ mediaId, phoneNumberId })).toEqual({ success: true });
    expect(await refusal(client.media.get({ mediaId }))).toMatchObject({ httpStatus: 400, code: 100, errorSubcode: 33, category: 'parameter' });
  });

  it('without a name or a type of the part, by the type of the form alone', async () => {
    const { id } = await client.media.upload({ phoneNumberId: shop.phone_number_id, type: 'video/3gp', file: samples.threegp.bytes.buffer.slice(samples.threegp.bytes.byteOffset, samples.threegp.bytes.byteOffset + samples.threegp.bytes.length) as ArrayBuffer });
    expect(await client.media.get({ mediaId: id })).toMatchObject({ mimeType: 'video/3gpp', fileSize: samples.threegp.bytes.length });
  });
});

describe('webhooks', () => {
  it('bring everything that a person can say', async () => {
    const { messages: sent } = await client.messages.sendText({ ...to, body: 'go on' });
    const quoted = await ana.next();
    const before = heard().flatMap((one) => one.messages).length;
    const expected = await sayEverything(ana, shop, quoted, sent[0]!.id);
    const messages = () => heard().flatMap((one) => one.messages as readonly any[]).slice(before);
    await until(() => messages().length >= expected.length, 'everything at the hook');
    for (const [index, { message, file }] of expected.entries()) {
      const got = messages()[index];
      expect(got).toMatchObject({ ...camelMessage(message), kapso: { direction: 'inbound' } });
      if (file) expect(Buffer.from((await client.media.download({ mediaId: got[got.type].id })) as ArrayBuffer)).toEqual(file.bytes);
    }
    expect(messages()).toHaveLength(expected.length);
    expect(heard().at(-1)).toMatchObject({ object: 'whatsapp_business_account', phoneNumberId: shop.phone_number_id, displayPhoneNumber: digits(shop.phone), contacts: [{ profile: { name: 'Ana' }, waId: ana.waId }] });
  });

  it('tell sent, delivered and read in this order, with the data of the caller', async () => {
    const answer = await client.messages.sendText({ ...to, body: 'track me', bizOpaqueCallbackData: 'cb-9 é' });
    const id = answer.messages[0]!.id;
    const statuses = () => heard().flatMap((one) => one.statuses).filter((one) => one.id === id);
    await until(() => statuses().length === 1, 'sent');
    const got = await ana.next();
    await until(() => statuses().length === 2, 'delivered');
    await ana.reads(got);
    await until(() => statuses().length === 3, 'read');
    expect(statuses().map((one) => one.status)).toEqual(['sent', 'delivered', 'read']);
    for (const one of statuses()) expect(one).toMatchObject({ recipientId: ana.waId, bizOpaqueCallbackData: 'cb-9 é', timestamp: expect.stringMatching(/^\d{10}$/) });
  });

  it('are signed: by this secret, over these bytes', async () => {
    expect(hook.posts.length).toBeGreaterThan(10);
    for (const { bytes, signature } of hook.posts) {
      const right = { appSecret: shop.app_secret, rawBody: bytes, signatureHeader: signature };
      expect(verifySignature(right)).toBe(true);
      expect(verifySignature({ ...right, rawBody: bytes.toString('utf8') })).toBe(true);
      expect(verifySignature({ ...right, appSecret: `${shop.app_secret}x` })).toBe(false);
      expect(verifySignature({ ...right, rawBody: Buffer.concat([bytes, Buffer.from(' ')]) })).toBe(false);
    }
    expect(hook.signed.every((one) => one)).toBe(true);
  });
});

describe('reading', () => {
  it('turns ticks blue, and typing is seen', async () => {
    const sent = await ana.say(shop, { case: 'text', value: { text: 'read me' } });
    const { id } = await hears((message) => message.text?.body === 'read me', 'the text');
    expect(await client.messages.markRead({ phoneNumberId: shop.phone_number_id, messageId: id, typingIndicator: { type: 'text' } })).toEqual({ success: true });
    await ana.seesRead(sent);
    await ana.seesTyping();
    expect(await refusal(client.messages.markRead({ phoneNumberId: shop.phone_number_id, messageId: 'wamid.nothing' }))).toMatchObject({ code: 131009, category: 'parameter' });
  });
});

describe('refusals are GraphApiErrors', () => {
  const text = (more: object = {}) => client.messages.sendText({ ...to, body: 'x', ...more });
  const cases = [
    ['nobody', () => text({ to: '+15559999999' }), { code: 131026, httpStatus: 400, category: 'parameter', retry: { action: 'fix_and_retry' } }],
    ['to itself', () => text({ to: shop.phone }), { code: 131021, httpStatus: 400, category: 'parameter' }],
    ['a user id without a number', () => text({ to: undefined, recipient: 'US.13491208655302741918' }), { code: 131026, category: 'parameter' }],
    ['too long', () => text({ body: 'x'.repeat(4097) }), { code: 131009, httpStatus: 400, category: 'parameter', details: expect.stringContaining('text[body]') }],
    ['an unknown file', () => client.messages.sendImage({ ...to, image: { id: '123456789' } }), { code: 100, category: 'parameter', details: expect.stringContaining('image[id]') }],
    ['a file of another kind', async () => client.messages.sendVideo({ ...to, video: { id: await upload(samples.pdf) } }), { code: 131053, category: 'media' }],
    ['a reaction to nothing', () => client.messages.sendReaction({ ...to, reaction: { messageId: 'wamid.x', emoji: '👍' } }), { code: 131009, category: 'parameter' }],
    ['a template', () => client.messages.sendTemplate({ ...to, template: { name: 'hello_world', language: { code: 'en_US' } } }), { code: 132001, httpStatus: 404, category: 'template' }],
    ['a catalogue', () => client.messages.sendInteractiveCatalogMessage({ ...to, bodyText: 'All', parameters: {} }), { code: 131009, category: 'parameter', details: expect.stringContaining('interactive[type]') }],
    ['a flow', () => client.messages.sendInteractiveFlow({ ...to, bodyText: 'x', parameters: { flowId: '1', flowCta: 'Go' } }), { code: 131009, category: 'parameter' }],
    ['templates of the account', () => client.templates.list({ businessAccountId: shop.waba_id }), { code: 100, errorSubcode: 33, type: 'GraphMethodException', category: 'parameter' }],
    ['a call', () => client.calls.connect({ phoneNumberId: shop.phone_number_id, to: ana.number, session: { sdpType: 'offer', sdp: 'v=0' } }), { code: 100, category: 'parameter' }],
    ['somebody else’s number', () => text({ phoneNumberId: '123456' }), { code: 100, errorSubcode: 33, category: 'parameter' }],
  ] as const;
  it.each(cases)('%s', async (_, call, expected) => {
    expect(await refusal(call())).toMatchObject(expected);
  });

  it.each(['/nothing.png', 'http://10.1.2.3/a.png'])('but a link to nothing fails later: %s', async (path) => {
    const link = new URL(path, hook.origin).href;
    const id = (await client.messages.sendImage({ ...to, image: { link } })).messages[0]!.id;
    const status = await found(() => heard().flatMap((one) => one.statuses as readonly any[]), (one) => one.id === id, 'the failure');
    expect(status).toMatchObject({ status: 'failed', recipientId: ana.waId, errors: [{ code: 131053 }] });
  });

  it('a wrong token asks for a new one', async () => {
    const stranger = new WhatsAppClient({ accessToken: 'nonsense', baseUrl: server.origin });
    const error = await refusal(stranger.messages.sendText({ ...to, body: 'x' }));
    expect(error).toMatchObject({ httpStatus: 401, code: 190, category: 'authorization', retry: { action: 'refresh_token' } });
    expect([error.isAuthError(), error.requiresTokenRefresh()]).toEqual([true, true]);
  });

  it('too much for one person says how long to wait', async () => {
    const ben = await Phone.of(server, 'Ben');
    let error: GraphApiError | undefined;
    for (let round = 0; round < 30 && error === undefined; round++) {
      const answers = await Promise.allSettled(Array.from({ length: 50 }, () => client.messages.sendText({ ...to, to: ben.number, body: 'again' })));
      const refused = answers.find((answer) => answer.status === 'rejected');
      if (refused) error = await refusal(Promise.reject(refused.reason));
    }
    expect(error).toMatchObject({ httpStatus: 429, code: 131056, category: 'throttling', retry: { action: 'retry_after', retryAfterMs: expect.any(Number) } });
    expect(error?.retry.retryAfterMs).toBeGreaterThan(0);
    expect(error?.isRateLimit()).toBe(true);
    ben.close();
  });

  it('a number that is not registered, until it is again', async () => {
    const phoneNumberId = shop.phone_number_id;
    expect(await client.phoneNumbers.deregister({ phoneNumberId })).toEqual({ success: true });
    expect(await refusal(text())).toMatchObject({ code: 133010, category: 'phoneRegistration' });
    expect(await client.phoneNumbers.requestCode({ phoneNumberId, codeMethod: 'SMS', language: 'en_US' })).toEqual({ success: true });
    expect(await client.phoneNumbers.verifyCode({ phoneNumberId, code: '123456' })).toEqual({ success: true });
    expect(await client.phoneNumbers.register({ phoneNumberId, pin: '123456' })).toEqual({ success: true });
    await text({ body: 'back' });
    expect((await ana.next()).content).toMatchObject({ value: { text: 'back' } });
  });
});

describe('the profile', () => {
  it('keeps what is set', async () => {
    const phoneNumberId = shop.phone_number_id;
    const profile = { about: 'We sell', address: 'Here 1', description: 'Things', email: 'a@example.com', vertical: 'RETAIL', websites: ['https://a.example'] };
    expect(await client.phoneNumbers.businessProfile.update({ phoneNumberId, ...profile })).toEqual({ success: true });
    expect(await client.phoneNumbers.businessProfile.get({ phoneNumberId })).toMatchObject({ data: [{ messagingProduct: 'whatsapp', ...profile }] });
  });
});

// Only the names of members, not the asymmetric matchers in them.
function camelMessage(message: any): any {
  const { type } = message;
  const object = message[type];
  const renamed = Array.isArray(object) ? camel(object) : Object.fromEntries(Object.entries(object).map(([key, value]) => [Object.keys(camel({ [key]: 0 }))[0], value]));
  return { ...message, [type]: renamed };
}
