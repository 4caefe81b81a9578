// Registration by code, with an operator's hook on the other side: what the hook is sent, and every way it can fail.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rest } from '../../web/src/client/rest';
import { Device } from './person';
import { outputFolder, Server } from './server';

interface Taken {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly body: { readonly phone: string; readonly code: string };
}

/** What an operator would connect to an SMS provider. */
class Hook {
  readonly taken: Taken[] = [];
  status = 204;
  delayMs = 0;
  readonly #http: HttpServer = createServer((request, response) => {
    void this.#take(request).then(() => setTimeout(() => response.writeHead(this.status).end(), this.delayMs));
  });

  async #take(request: IncomingMessage): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method, headers } = request;
    this.taken.push({ method, authorization: headers.authorization, type: headers['content-type'], body: JSON.parse(Buffer.concat(parts).toString()) });
  }
  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#http.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/codes`;
  }
  codeFor(phone: string): string {
    return this.taken.filter((each) => each.body.phone === phone).at(-1)?.body.code ?? '';
  }
  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((done) => this.#http.close(done));
  }
}

let server: Server;
let secrets: string;
const hook = new Hook();
beforeAll(async () => {
  secrets = mkdtempSync(join(tmpdir(), 'homing-e2e-secret-'));
  writeFileSync(join(secrets, 'hook'), 'of the operator\n');
  server = await Server.start('registration', [
    ...['--registration-code-hook-url', await hook.listen()],
    ...['--registration-code-hook-secret-file', join(secrets, 'hook')],
    ...['--registration-code-hook-timeout-seconds', '1'],
    ...['--trusted-proxies', '127.0.0.1'],
  ]);
});
afterAll(async () => {
  await server?.close();
  await hook.close();
  rmSync(secrets, { recursive: true, force: true });
});

// Each test comes from an address of its own, as people do; the rate of one address has a test below.
let nextAddress = 1;
function rest(address = `198.51.100.${nextAddress++}`): Rest {
  return new Rest((url, init) => fetch(url, { ...init, headers: { ...init?.headers, 'x-forwarded-for': address } }), server.origin);
}
const form = (phone: string, code: string, name = 'Eva') => ({ phone, name, deviceName: 'e2e', proof: { kind: 'code', code } as const });
const wrong = (code: string) => (code.startsWith('0') ? '1' : '0') + code.slice(1);

describe('a code', () => {
  it('goes to the hook with its secret, lets in once, and opens a working device', async () => {
    const phone = '+15554100001';
    expect((await rest().serverFacts()).registrationByCode).toBe(true);
    await rest().sendCode('+1 (555) 410-0001');
    expect(hook.taken.at(-1)).toEqual({
      method: 'POST',
      authorization: 'Bearer of the operator',
      type: 'application/json',
      body: { phone, code: expect.stringMatching(/^\d{6}$/) },
    });

    const made = await rest().register(form(phone, hook.codeFor(phone)));

    expect(made.phone).toBe(phone);
    const eva = await new Device(server, { account_id: made.accountId, phone, device_id: made.deviceId, token: made.token }).online();
    eva.close();
    await expect(rest().register(form(phone, hook.codeFor(phone)))).rejects.toMatchObject({ codeName: 'code_expired', field: 'code' });
  });

  it('adds a device to the account that has the phone, and keeps its name', async () => {
    const phone = '+15554100002';
    const first = await server.add('Fay', phone);
    await rest().sendCode(phone);
    const second = await rest().register(form(phone, hook.codeFor(phone), 'Somebody else'));
    expect(second.accountId).toBe(first.account_id);
    expect(second.deviceId).not.toBe(first.device_id);
    expect(JSON.parse((await server.cli('account', 'list')).split('\n').find((line) => line.includes(phone))!)).toMatchObject({ name: 'Fay' });
  });

  it('is worthless after five guesses, until a new one comes', async () => {
    const phone = '+15554100003';
    await rest().sendCode(phone);
    const right = hook.codeFor(phone);
    for (let i = 0; i < 5; ++i) await expect(rest().register(form(phone, wrong(right)))).rejects.toMatchObject({ codeName: 'code_wrong', field: 'code' });
    await expect(rest().register(form(phone, right))).rejects.toMatchObject({ codeName: 'too_many_attempts' });
    await rest().sendCode(phone);
    expect((await rest().register(form(phone, hook.codeFor(phone)))).phone).toBe(phone);
  });

  it('that was never asked for, or is for another phone, has expired', async () => {
    await rest().sendCode('+15554100004');
    await expect(rest().register(form('+15554100005', hook.codeFor('+15554100004')))).rejects.toMatchObject({ codeName: 'code_expired' });
  });

  it('is worthless once a newer one is on its way', async () => {
    const phone = '+15554100006';
    await rest().sendCode(phone);
    const older = hook.codeFor(phone);
    do await rest().sendCode(phone);
    while (hook.codeFor(phone) === older);
    await expect(rest().register(form(phone, older))).rejects.toMatchObject({ codeName: 'code_wrong' });
  });

  it('is sent five times an hour to one phone, from wherever it is asked for', async () => {
    const phone = '+15554100007';
    for (let i = 0; i < 5; ++i) await rest().sendCode(phone);
    const before = hook.taken.length;
    await expect(rest().sendCode(phone)).rejects.toMatchObject({ codeName: 'too_many_attempts', field: 'phone', retryAfterMs: expect.any(Number) });
    expect(hook.taken.length).toBe(before);
  });

  it('is not sent to what is no phone', async () => {
    const before = hook.taken.length;
    await expect(rest().sendCode('12')).rejects.toMatchObject({ codeName: 'phone_invalid' });
    expect(hook.taken.length).toBe(before);
  });
});

describe('one address', () => {
  it('asks and registers twenty times an hour; others are not affected', async () => {
    const busy = rest('203.0.113.7');
    for (let i = 0; i < 20; ++i) await expect(busy.register(form('+15554100010', '000000'))).rejects.toMatchObject({ codeName: 'code_expired' });
    await expect(busy.register(form('+15554100010', '000000'))).rejects.toMatchObject({ codeName: 'rate_limited' });
    // What the client itself says about where it comes from stands further left and is not believed.
    await expect(rest('192.0.2.1, 203.0.113.7').sendCode('+15554100010')).rejects.toMatchObject({ codeName: 'rate_limited' });
    await rest('203.0.113.8').sendCode('+15554100010');
  });
});

describe('a hook', () => {
  const undeliverable = { codeName: 'code_undeliverable', retry: true };

  it('that refuses, is slow or is gone is told as such, and works again when it is back', async () => {
    hook.status = 500;
    await expect(rest().sendCode('+15554100020')).rejects.toMatchObject(undeliverable);
    hook.status = 302;
    await expect(rest().sendCode('+15554100021')).rejects.toMatchObject(undeliverable);
    hook.status = 204;
    hook.delayMs = 3000;
    const begun = Date.now();
    await expect(rest().sendCode('+15554100022')).rejects.toMatchObject(undeliverable);
    expect(Date.now() - begun).toBeLessThan(2500);
    hook.delayMs = 0;
    await rest().sendCode('+15554100023');

    const nobody = await Server.start('registration-no-hook', ['--registration-code-hook-url', 'http://127.0.0.1:1/codes']);
    await expect(new Rest((url, init) => fetch(url, init), nobody.origin).sendCode('+15554100024')).rejects.toMatchObject(undeliverable);
    await nobody.close();
  });

  it('leaves no code in the log', () => {
    const log = readFileSync(join(outputFolder, 'registration.log'), 'utf8');
    for (const { body } of hook.taken) expect(log).not.toMatch(new RegExp(`\\b${body.code}\\b`));
  });
});
