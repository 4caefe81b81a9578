// What the tests of other people's SDKs share: a bot, its web server, a person with a phone, and what they say.
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { expect } from 'vitest';
import { MediaKind } from '../../web/src/gen/events_pb';
import type { Content, ContentSchema } from '../../web/src/gen/events_pb';
import { TypingKind } from '../../web/src/gen/frames_pb';
import type { Sent } from '../../web/src/gen/frames_pb';
import { samples, sha256 } from './files';
import type { Sample } from './files';
import { until } from './person';
import { Raw } from './raw';
import type { Added, Server } from './server';

/** A bot as `homing bot add` prints it. */
export interface Bot {
  readonly phone: string;
  readonly phone_number_id: string;
  readonly waba_id: string;
  readonly token: string;
  readonly app_secret: string;
  readonly username: string;
  readonly password: string;
}
export async function addBot(server: Server, phone: string, name: string): Promise<Bot> {
  return JSON.parse(await server.cli('bot', 'add', '--phone', phone, '--name', name)) as Bot;
}
export const verifyToken = 'secret-word';

/** A call that an SDK has no function for. */
export async function graph(server: Server, bot: Bot, method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(`${server.origin}/v23.0/${path}`, {
    method,
    headers: { authorization: `Bearer ${bot.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify({ messaging_product: 'whatsapp', ...body }) }),
  });
  return answer.json();
}
/** Has the bot's webhooks go there; the server shakes hands with it first. */
export async function subscribe(server: Server, bot: Bot, url: string): Promise<void> {
  expect(await graph(server, bot, 'POST', `${bot.waba_id}/subscribed_apps`, { override_callback_uri: url, verify_token: verifyToken })).toEqual({ success: true });
}

export const digits = (phone: string): string => phone.replace(/\D/g, '');

/** A bot's own web server: files for links to lead to, and its hook, which an SDK may answer instead. */
export class Receiver {
  readonly posts: { readonly bytes: Buffer; readonly signature: string }[] = [];
  readonly signed: boolean[] = [];
  readonly #server;
  origin = '';

  private constructor(
    readonly secret: string,
    hook?: RequestListener,
  ) {
    this.#server = createServer((asked, answer) => {
      const url = new URL(asked.url ?? '/', 'http://here');
      const file = Object.values(samples).find((each) => url.pathname === `/${encodeURIComponent(each.name)}`);
      if (file) return void answer.writeHead(200, { 'content-type': file.type }).end(file.bytes);
      if (hook && url.pathname === '/hook') return hook(asked, answer);
      if (url.searchParams.has('hub.challenge')) {
        const right = url.searchParams.get('hub.verify_token') === verifyToken;
        return void answer.writeHead(right ? 200 : 403).end(right ? url.searchParams.get('hub.challenge') : '');
      }
      if (asked.method !== 'POST') return void answer.writeHead(404).end();
      const pieces: Buffer[] = [];
      asked.on('data', (piece: Buffer) => pieces.push(piece));
      asked.on('end', () => {
        this.takes(Buffer.concat(pieces), asked.headers);
        answer.writeHead(200).end('ok');
      });
    });
  }
  static async open(secret: string, hook?: RequestListener): Promise<Receiver> {
    const receiver = new Receiver(secret, hook);
    await new Promise<void>((done) => receiver.#server.listen(0, '127.0.0.1', done));
    receiver.origin = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`;
    return receiver;
  }
  /** One webhook; for a hook that an SDK answers, where that lets one look. */
  takes(bytes: Buffer, headers: IncomingHttpHeaders): void {
    const signature = String(headers['x-hub-signature-256']);
    const right = `sha256=${createHmac('sha256', this.secret).update(bytes).digest('hex')}`;
    this.signed.push(signature === right && headers['content-length'] === String(bytes.length));
    this.posts.push({ bytes, signature });
  }
  get hook(): string {
    return `${this.origin}/hook`;
  }
  link(file: Sample): string {
    return `${this.origin}/${encodeURIComponent(file.name)}`;
  }
  get bodies(): readonly any[] {
    return this.posts.map((post) => JSON.parse(post.bytes.toString('latin1')));
  }
  get values(): readonly any[] {
    return this.bodies.map((body) => body.entry[0].changes[0].value);
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The first of these that is so, once there is one. */
export async function found<T>(list: () => readonly T[], wanted: (one: T) => boolean, what: string): Promise<T> {
  await until(() => list().some(wanted), what);
  return list().find(wanted)!;
}

type Kind = NonNullable<MessageInitShape<typeof ContentSchema>['kind']>;
/** A message as a phone gets it. */
export interface Got {
  readonly conversation: bigint;
  readonly seq: bigint;
  readonly replyTo: bigint;
  readonly reactedTo: bigint | undefined;
  readonly content: Content['kind'];
}

/** Somebody's phone: one device on one socket, which says and shows whatever a message can be. */
export class Phone {
  #taken = 0;
  private constructor(
    readonly server: Server,
    readonly name: string,
    readonly added: Added,
    readonly raw: Raw,
  ) {}
  static async of(server: Server, name: string): Promise<Phone> {
    const added = await server.add(name);
    return new Phone(server, name, added, await Raw.greeted(server, added.token));
  }
  get number(): string {
    return this.added.phone;
  }
  get waId(): string {
    return digits(this.added.phone);
  }

  get #arrived(): readonly (Got & { readonly position: bigint })[] {
    return this.raw.frames.flatMap(({ kind }) => {
      if (kind.case !== 'delivery' || kind.value.envelope?.event?.body.case !== 'plain') return [];
      const { position, envelope } = kind.value;
      const { header, body } = envelope.event!;
      const reactedTo = header?.kind.case === 'reacted' ? header.kind.value.seq : undefined;
      return [{ position, conversation: envelope.conversation, seq: envelope.seq, replyTo: header?.replyTo ?? 0n, reactedTo, content: (body.value as Content).kind }];
    });
  }
  /** The next message in order; from then on this device has it. */
  async next(): Promise<Got> {
    const index = this.#taken++;
    await until(() => this.#arrived.length > index, `message ${index + 1} for ${this.name}`);
    const { position, ...got } = this.#arrived[index]!;
    await this.raw.ask({ case: 'ack', value: { cursor: position } });
    return got;
  }
  async reads(got: Got): Promise<void> {
    expect((await this.raw.ask({ case: 'markRead', value: { conversation: got.conversation, seq: got.seq } })).kind.case).toBe('done');
  }
  async blocks(account: bigint, blocked: boolean): Promise<void> {
    expect((await this.raw.ask({ case: 'setBlocked', value: { account, blocked } })).kind.case).toBe('done');
  }
  async accountOf(bot: Bot): Promise<bigint> {
    const { kind } = await this.raw.ask({ case: 'findAccounts', value: { phones: [bot.phone] } });
    return kind.case === 'accounts' ? kind.value.accounts[0]!.id : 0n;
  }

  /** To a bot, or into a conversation. */
  async say(to: Bot | bigint, kind: Kind, about: { readonly replyTo?: bigint; readonly reactedTo?: bigint } = {}): Promise<Sent> {
    const media = kind.case === 'media' ? [kind.value.id!] : [];
    const answer = await this.raw.ask({
      case: 'send',
      value: { to: typeof to === 'bigint' ? { case: 'conversation', value: to } : { case: 'phone', value: to.phone }, clientId: randomBytes(16), body: { case: 'plain', value: { kind } }, media, ...about },
    });
    if (answer.kind.case !== 'sent') throw new Error(`${this.name} cannot send: ${JSON.stringify(answer.kind.value)}`);
    return answer.kind.value;
  }
  async sayFile(to: Bot, file: Sample, kind: MediaKind, caption = ''): Promise<Sent> {
    const answer = await fetch(`${this.server.origin}/v1/media?name=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.added.token}`, 'content-type': file.type },
      body: file.bytes as BodyInit,
    });
    const { id } = (await answer.json()) as { id: string };
    const hash = Buffer.from(sha256(file.bytes), 'hex');
    return this.say(to, { case: 'media', value: { id, kind, mimeType: file.type, size: BigInt(file.bytes.length), sha256: hash, name: file.name, caption } });
  }
  /** The bytes of a file that a message shows. */
  async fetches(got: Got): Promise<Buffer> {
    const id = got.content.case === 'media' ? got.content.value.id : got.content.case === 'interactive' ? got.content.value.headerMedia?.id : undefined;
    const answer = await fetch(`${this.server.origin}/v1/media/${id}`, { headers: { authorization: `Bearer ${this.added.token}` } });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  }
  async seesTyping(): Promise<void> {
    await until(() => this.raw.frames.some(({ kind }) => kind.case === 'somebodyTypes' && kind.value.kind === TypingKind.typing), `${this.name} sees somebody type`);
  }
  async seesRead(sent: Sent): Promise<void> {
    await until(() => this.raw.frames.some(({ kind }) => kind.case === 'receipts' && kind.value.conversation === sent.conversation && kind.value.readTo >= sent.seq), `${this.name} sees blue ticks`);
  }
  close(): void {
    this.raw.close();
  }
}

/** first_name -> firstName, all the way down: as our frames and one of the SDKs spell what the API spells with a line. */
export function camel(value: any): any {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), camel(inner)]));
}

// One of everything, as the API spells it.
export const place = { latitude: 48.2084, longitude: 16.3731, name: 'Stephansdom', address: 'Stephansplatz 3, Wien' };
export const card = {
  name: { formatted_name: 'Zoë Lee', first_name: 'Zoë', last_name: 'Lee', middle_name: 'Q', prefix: 'Dr', suffix: 'Jr' },
  phones: [{ phone: '+1 650 555 0100', type: 'WORK', wa_id: '16505550100' }],
  emails: [{ email: 'zoe@example.com', type: 'WORK' }],
  urls: [{ url: 'https://zoe.example', type: 'HOME' }],
  addresses: [{ street: '1 Main St', city: 'Menlo Park', state: 'CA', zip: '94025', country: 'United States', country_code: 'us', type: 'HOME' }],
  org: { company: 'Example', department: 'Doves', title: 'Keeper' },
  birthday: '2012-08-18',
};
/** What a phone shows of them. */
export const shown = {
  place: { case: 'location', value: place },
  card: { case: 'contacts', value: { cards: [camel(card)] } },
  file: (file: Sample, kind: MediaKind, more: object = {}) => ({
    content: { case: 'media', value: { kind, mimeType: file.type, size: BigInt(file.bytes.length), sha256: new Uint8Array(Buffer.from(sha256(file.bytes), 'hex')), ...more } },
  }),
};

/**
 * What a phone says to a bot, one of each kind; with what has to be at the hook in the same order. `quoted` is a message of
 * the bot, which calls it `id`.
 */
export async function sayEverything(from: Phone, to: Bot, quoted: Got, id: string): Promise<readonly { readonly type: string; readonly message: any; readonly file?: Sample }[]> {
  const heard: { type: string; message: any; file?: Sample }[] = [];
  const expects = (type: string, object: unknown, more: { file?: Sample; context?: object } = {}) =>
    heard.push({ type, message: { from: from.waId, type, [type]: object, ...(more.context ? { context: more.context } : {}) }, ...(more.file ? { file: more.file } : {}) });
  const file = (sent: Sample) => ({ id: expect.stringMatching(/^\d{1,15}$/), mime_type: sent.type, sha256: base64Hash(sent) });

  await from.say(to, { case: 'text', value: { text: 'héllo 😀 a/b \x7f' } });
  expects('text', { body: 'héllo 😀 a/b \x7f' });
  await from.say(to, { case: 'text', value: { text: 'an answer' } }, { replyTo: quoted.seq });
  expects('text', { body: 'an answer' }, { context: { from: digits(to.phone), id } });
  await from.sayFile(to, samples.jpeg, MediaKind.image, 'look ☂');
  expects('image', { ...file(samples.jpeg), caption: 'look ☂' }, { file: samples.jpeg });
  await from.sayFile(to, samples.mp4, MediaKind.video, 'a clip');
  expects('video', { ...file(samples.mp4), caption: 'a clip' }, { file: samples.mp4 });
  await from.sayFile(to, samples.opus, MediaKind.voice);
  expects('audio', { ...file(samples.opus), voice: true }, { file: samples.opus });
  await from.sayFile(to, samples.mp3, MediaKind.audio);
  expects('audio', { ...file(samples.mp3), voice: false }, { file: samples.mp3 });
  await from.sayFile(to, samples.pdf, MediaKind.document, 'please pay');
  expects('document', { ...file(samples.pdf), filename: samples.pdf.name, caption: 'please pay' }, { file: samples.pdf });
  await from.sayFile(to, samples.webp, MediaKind.sticker);
  expects('sticker', { ...file(samples.webp), animated: false }, { file: samples.webp });
  await from.say(to, { case: 'location', value: place });
  expects('location', place);
  await from.say(to, { case: 'contacts', value: { cards: [camel(card)] } });
  expects('contacts', [card]);
  await from.say(to, { case: 'reaction', value: { emoji: '👍' } }, { reactedTo: quoted.seq });
  expects('reaction', { message_id: id, emoji: '👍' });
  await from.say(to, { case: 'reaction', value: { emoji: '' } }, { reactedTo: quoted.seq });
  expects('reaction', { message_id: id, emoji: '' });
  return heard;
}
const base64Hash = (file: Sample) => Buffer.from(sha256(file.bytes), 'hex').toString('base64');
