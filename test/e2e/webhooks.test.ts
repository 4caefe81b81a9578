// What a bot's web server may do wrong, and what it is told all the same: with the real binary, killed in between.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pause, until } from './person';
import { Phone, Receiver, addBot, graph, subscribe, verifyToken } from './sdk';
import type { Bot } from './sdk';
import { Server } from './server';

let server: Server;
let ana: Phone;
let ben: Phone;
let bots = 0;
let receivers: Receiver[] = [];

beforeAll(async () => {
  server = await Server.start('webhooks', ['--webhooks-allow', '127.0.0.1']);
  [ana, ben] = [await Phone.of(server, 'Ana'), await Phone.of(server, 'Ben')];
});
afterAll(async () => {
  ana?.close();
  ben?.close();
  await server?.close();
});
afterEach(() => {
  for (const receiver of receivers) receiver.close();
  receivers = [];
});

type Post = (asked: IncomingMessage, answer: ServerResponse, words: string) => void;

/** A bot whose web server takes part in the handshake and then does `post`; `told` are the texts it was told, in order. */
async function bot(post: Post): Promise<{ readonly bot: Bot; readonly told: string[] }> {
  const made = await addBot(server, `+1555124${String(9000 + bots++)}`, 'Shop');
  const told: string[] = [];
  const receiver = await Receiver.open(made.app_secret, (asked, answer) => {
    const url = new URL(asked.url ?? '/', 'http://here');
    if (url.searchParams.get('hub.verify_token') === verifyToken) return void answer.end(url.searchParams.get('hub.challenge'));
    let body = '';
    asked.on('data', (piece: Buffer) => (body += piece.toString('latin1')));
    asked.on('end', () => {
      const words = JSON.parse(body).entry[0].changes[0].value.messages?.[0].text?.body as string | undefined;
      if (words === undefined) return void answer.end();
      told.push(words);
      post(asked, answer, words);
    });
  });
  receivers.push(receiver);
  await subscribe(server, made, receiver.hook);
  return { bot: made, told };
}
const says = (phone: Phone, to: Bot, words: string) => phone.say(to, { case: 'text', value: { text: words } });
interface Listed {
  readonly chats_waiting: number;
  readonly attempts: number;
  readonly last_failure?: string;
}
const listed = async (one: Bot): Promise<Listed> => JSON.parse(await server.cli('webhook', 'list', '--phone', one.phone)) as Listed;
/** Asks until it is so. */
async function listedWhen(one: Bot, so: (state: Listed) => boolean): Promise<Listed> {
  for (const end = Date.now() + 10_000; ; await pause(50)) {
    const state = await listed(one);
    if (so(state)) return state;
    if (Date.now() > end) throw new Error(`not so after 10 s: ${JSON.stringify(state)}`);
  }
}
const nothingWaits = (one: Bot) => listedWhen(one, (state) => state.chats_waiting === 0);
const failed = async (one: Bot) => (await listedWhen(one, (state) => state.attempts > 0)).last_failure;

describe('a bot whose web server', () => {
  it('is gone while the server is killed hears everything in order when both are back', async () => {
    let well = false;
    const { bot: shop, told } = await bot((_, answer) => answer.writeHead(well ? 200 : 503).end());
    for (let i = 1; i <= 5; ++i) await says(ana, shop, `word ${i}`);
    await until(() => told.length > 0, 'the first attempt');
    await server.kill();
    well = true;
    told.length = 0;
    await server.start();
    await server.cli('webhook', 'retry', '--phone', shop.phone);
    await until(() => told.length >= 5, 'all words');
    await nothingWaits(shop);
    expect(told).toEqual(['word 1', 'word 2', 'word 3', 'word 4', 'word 5']);
    ana.close();
    ben.close();
    [ana, ben] = [await Phone.of(server, 'Ana'), await Phone.of(server, 'Ben')];
  });

  it('fails for one chat hears of the others at once', async () => {
    let well = false;
    const { bot: shop, told } = await bot((_, answer, words) => answer.writeHead(words.startsWith('bad') && !well ? 500 : 200).end());
    await says(ana, shop, 'bad 1');
    await says(ana, shop, 'good, but behind bad');
    await until(() => told.includes('bad 1'), 'the attempt');
    await says(ben, shop, 'good');
    await until(() => told.includes('good'), 'the other chat');
    expect(told).not.toContain('good, but behind bad');
    expect((await listed(shop)).chats_waiting).toBe(1);
    expect((await listed(shop)).last_failure).toContain('500');
    well = true;
    await until(() => told.includes('good, but behind bad'), 'what was behind it');
    await nothingWaits(shop);
  });

  it('redirects is not followed', async () => {
    let elsewhere = 0;
    const trap = await Receiver.open('', (_, answer) => {
      ++elsewhere;
      answer.end();
    });
    receivers.push(trap);
    const { bot: shop } = await bot((_, answer) => answer.writeHead(307, { location: trap.hook }).end());
    await says(ana, shop, 'hello');
    expect(await failed(shop)).toContain('307');
    expect(elsewhere).toBe(0);
  });

  it('breaks off is asked again with the same bytes', async () => {
    const seen: string[] = [];
    const { bot: shop, told } = await bot((asked, answer) => {
      seen.push(String(asked.headers['x-hub-signature-256']));
      if (seen.length === 1) asked.socket.destroy();
      else answer.end();
    });
    await says(ana, shop, 'hello');
    await until(() => told.length === 2, 'the second attempt');
    expect(seen[0]).toBe(seen[1]);
    await nothingWaits(shop);
  });

  it('answers garbage or without end costs nothing but its own chat', async () => {
    let turn = 0;
    const { bot: shop, told } = await bot((asked, answer) => {
      if (++turn === 1) return void asked.socket.end('HELLO I AM NOT HTTP\r\n\r\n');
      answer.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => {
        while (!answer.destroyed && answer.write('x'.repeat(65536)));
        if (!answer.destroyed) answer.once('drain', more);
      };
      more();
    });
    await says(ana, shop, 'hello');
    await until(() => told.length === 2, 'the second attempt');
    await nothingWaits(shop);
    await says(ben, shop, 'good');
    await until(() => told.includes('good'), 'the next chat');
  });

  it('is inside is refused unless the operator allows it, before anything is sent', async () => {
    const made = await addBot(server, `+1555124${String(9000 + bots++)}`, 'Shop');
    for (const url of ['http://10.1.2.3/hook', 'http://169.254.169.254/latest/meta-data', 'http://[::1]:1/hook', 'http://0.0.0.0/hook', 'file:///etc/passwd', 'http://user:secret@127.0.0.1/hook']) {
      const answer = await graph(server, made, 'POST', `${made.waba_id}/subscribed_apps`, { override_callback_uri: url, verify_token: verifyToken });
      expect(answer.error?.code, url).toBe(100);
    }
    await expect(server.cli('webhook', 'list', '--phone', made.phone)).rejects.toThrow(/no webhook/);
  });
});
