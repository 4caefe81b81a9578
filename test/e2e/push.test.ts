// Web Push against a push service of this test, which opens what it gets as a browser does (RFC 8291), and checks who signed
// it (RFC 8292).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import type { ECDH } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Welcome } from '../../web/src/gen/frames_pb';
import { Device, device, pause, until } from './person';
import { Server } from './server';

interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let server: Server;
let service: HttpServer;
let got: Got[] = [];
let answers: { status: number; headers?: Record<string, string> }[] = [];
const origin = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

beforeAll(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      const { status, headers } = answers.shift() ?? { status: 201 };
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done));
  server = await Server.start('push', ['--webhooks-allow', '127.0.0.0/8', '--push-contact', 'mailto:ops@chat.example']);
});
afterAll(async () => {
  service?.close();
  await server?.close();
});
beforeEach(() => {
  got = [];
  answers = [];
});

/** The part of a browser that has keys of its own. */
class Browser {
  readonly keys: ECDH = createECDH('prime256v1');
  readonly secret = randomBytes(16);
  constructor(readonly path: string) {
    this.keys.generateKeys();
  }
  get address() {
    return { endpoint: origin() + this.path, key: new Uint8Array(this.keys.getPublicKey()), secret: new Uint8Array(this.secret) };
  }
  open(body: Buffer): Record<string, unknown> {
    const [salt, theirs, cipher] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(), theirs]);
    const mixed = Buffer.from(hkdfSync('sha256', this.keys.computeSecret(theirs), this.secret, info, 32));
    const key = Buffer.from(hkdfSync('sha256', mixed, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', mixed, salt, 'Content-Encoding: nonce\0', 12));
    const opener = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(cipher.subarray(-16));
    const plain = Buffer.concat([opener.update(cipher.subarray(0, -16)), opener.final()]);
    expect(plain.at(-1)).toBe(2);
    return JSON.parse(plain.subarray(0, -1).toString()) as Record<string, unknown>;
  }
}

async function person(name: string): Promise<{ who: Device; welcome: () => Welcome }> {
  let last: Welcome | undefined;
  const who = await device(server, name, { onWelcome: (welcome) => (last = welcome) });
  return { who, welcome: () => last! };
}

it('tells a browser that is closed what came, signed by this server and readable by that browser alone', async () => {
  const [{ who: ana }, { who: ben, welcome }] = await Promise.all([person('Ana'), person('Ben')]);
  const browser = new Browser('/send/1');
  await ben.client.setPush({ ...browser.address, previews: true });
  ben.offline();

  const sent = await ana.say(ben, 'are you there?');

  await until(() => got.length > 0, 'a push', 20_000);
  const push = got[0]!;
  expect(push.path).toBe('/send/1');
  expect(push.headers['content-encoding']).toBe('aes128gcm');
  expect(Number(push.headers['ttl'])).toBeGreaterThan(0);
  expect(browser.open(push.body)).toEqual({ kind: 'message', conversation: String(sent.conversation), seq: String(sent.seq), author: 'Ana', content: 'text', text: 'are you there?' });
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(push.headers['authorization'] ?? '')!;
  expect(Buffer.from(key!, 'base64url')).toEqual(Buffer.from(welcome().pushKey));
  const point = Buffer.from(key!, 'base64url');
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }, format: 'jwk' });
  const [head, claims, signature] = token!.split('.');
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature!, 'base64url'))).toBe(true);
  expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({ aud: origin(), sub: 'mailto:ops@chat.example' });
  for (const each of [ana, ben]) each.close();
});

it('tells nobody who is here, and only that something is there without previews', async () => {
  const [{ who: ana }, { who: ben }] = await Promise.all([person('Ana'), person('Ben')]);
  const here = new Browser('/here');
  await ben.client.setPush({ ...here.address, previews: false });
  await ana.say(ben, 'at once');
  await ben.has('at once');
  await pause(6500);
  expect(got).toEqual([]);

  ben.offline();
  const sent = await ana.say(ben, 'secret');
  await until(() => got.length > 0, 'a push', 20_000);
  expect(here.open(got[0]!.body)).toEqual({ kind: 'message', conversation: String(sent.conversation), seq: String(sent.seq) });
  for (const each of [ana, ben]) each.close();
}, 40_000);

it('forgets an address that is gone, and `homing push test` says so', async () => {
  const { who: ben } = await person('Ben');
  const browser = new Browser('/gone');
  await ben.client.setPush({ ...browser.address, previews: true });
  const test = async () => (await server.cli('push', 'test', '--phone', ben.added.phone)).trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(await test()).toMatchObject([{ answer: 'taken', device_id: ben.added.device_id }]);
  expect(browser.open(got[0]!.body)).toEqual({ kind: 'test' });
  answers = [{ status: 410 }];
  expect(await test()).toMatchObject([{ answer: 'gone' }]);
  expect(await test()).toEqual([]);
  ben.close();
});

it('keeps its key in a file of its own, over restarts', async () => {
  const { who: ben, welcome } = await person('Ben');
  const before = Buffer.from(welcome().pushKey);
  expect(before).toHaveLength(65);
  const file = join(server.data, 'push.key');
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await server.kill();
  await server.start();
  await until(() => ben.client.caughtUp, 'Ben is back');
  expect(Buffer.from(welcome().pushKey)).toEqual(before);
  ben.close();
});

it('asks no address inside this machine unless the operator allows it', async () => {
  const strict = await Server.start('push-strict', ['--push-contact', 'mailto:ops@chat.example']);
  const ben = await device(strict, 'Ben');
  const browser = new Browser('/inside');
  await expect(ben.client.setPush({ ...browser.address, previews: false })).rejects.toThrow();
  await ben.client.setPush({ ...browser.address, endpoint: browser.address.endpoint.replace('http:', 'https:'), previews: false });
  expect(JSON.parse((await strict.cli('push', 'test', '--phone', ben.added.phone)).trim())).toMatchObject({ answer: 'none' });
  expect(got).toEqual([]);
  ben.close();
  await strict.close();
});
