// Further users of the On-Premises login, over real HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from './server';

interface Bot {
  readonly username: string;
  readonly password: string;
  readonly phone_number_id: string;
}
interface Answer {
  readonly status: number;
  readonly json: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

let server: Server;
let shop: Bot;
let other: Bot;

beforeAll(async () => {
  server = await Server.start('business_users');
  shop = JSON.parse(await server.cli('bot', 'add', '--phone', '+15551239000', '--name', 'Shop')) as Bot;
  other = JSON.parse(await server.cli('bot', 'add', '--phone', '+15551239001', '--name', 'Other')) as Bot;
});
afterAll(() => server?.close());

async function call(method: string, path: string, token: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    headers: { authorization: token.includes(' ') ? token : `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Answer['json'] };
}
async function login(user: string, password: string): Promise<Answer> {
  return call('POST', '/v1/users/login', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
}
const token = async (user: string, password: string): Promise<string> => (await login(user, password)).json['users'][0].token as string;
const code = (answer: Answer): number => (answer.json as { errors: { code: number }[] }).errors[0]!.code;

describe('users', () => {
  it('come, change their passwords and go', async () => {
    const admin = await token(shop.username, shop.password);
    const made = await call('POST', '/v1/users', admin, { username: 'till-1', password: 'Strong-12' });
    expect([made.status, made.json['users']]).toEqual([201, [{ username: 'till-1' }]]);
    expect((await call('GET', '/v1/users/till-1', admin)).json['users']).toEqual([{ username: 'till-1' }]);
    expect((await call('GET', `/v1/users/${shop.username}`, admin)).status).toBe(200);

    const till = await token('till-1', 'Strong-12');
    expect((await call('GET', '/v1/health', till)).json['health']).toEqual({ gateway_status: 'connected' });
    expect((await call('PUT', '/v1/users/till-1', till, { password: 'Strong-13' })).status).toBe(200);
    expect((await login('till-1', 'Strong-12')).status).toBe(401);
    expect((await login('till-1', 'Strong-13')).status).toBe(200);

    expect((await call('DELETE', '/v1/users/till-1', admin)).status).toBe(200);
    expect((await call('GET', '/v1/health', till)).status).toBe(401);
    expect((await login('till-1', 'Strong-13')).status).toBe(401);
  });

  it('are managed by the bot itself only', async () => {
    const admin = await token(shop.username, shop.password);
    const foreign = await token(other.username, other.password);
    expect((await call('POST', '/v1/users', admin, { username: 'till-2', password: 'Strong-12' })).status).toBe(201);
    const till = await token('till-2', 'Strong-12');
    for (const [method, path, who] of [['POST', '/v1/users', till], ['DELETE', '/v1/users/till-2', till], ['PUT', `/v1/users/${shop.username}`, till], ['DELETE', `/v1/users/${shop.username}`, admin]] as const) {
      const answer = await call(method, path, who, method === 'DELETE' ? undefined : { username: 'x', password: 'Strong-12' });
      expect([answer.status, code(answer)], `${method} ${path}`).toEqual([403, 1005]);
    }
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await call(method, '/v1/users/till-2', foreign, method === 'PUT' ? { password: 'Strong-13' } : undefined);
      expect([answer.status, code(answer)], method).toEqual([404, 1006]);
    }
    expect(code(await call('POST', '/v1/users', foreign, { username: 'till-2', password: 'Strong-12' }))).toBe(1014);
  });

  it('need a name and a good password', async () => {
    const admin = await token(shop.username, shop.password);
    expect(code(await call('POST', '/v1/users', admin, { password: 'Strong-12' }))).toBe(1008);
    expect(code(await call('POST', '/v1/users', admin, { username: 'till-3' }))).toBe(1008);
    expect(code(await call('POST', '/v1/users', admin, { username: 'till-3', password: 'weak' }))).toBe(1009);
    expect(code(await call('POST', '/v1/users', admin, { username: other.username, password: 'Strong-12' }))).toBe(1009);
    expect((await login(other.username, other.password)).status).toBe(200);
  });
});

describe('settings', () => {
  it('say which statuses are told', async () => {
    const admin = await token(shop.username, shop.password);
    const told = async () => (await call('GET', '/v1/settings/application', admin)).json['settings'].application;
    expect(await told()).toMatchObject({ sent_status: true, webhooks: { message: { sent: true, delivered: true, read: true } } });
    expect((await call('PATCH', '/v1/settings/application', admin, { sent_status: false, webhooks: { message: { read: false } } })).status).toBe(200);
    expect(await told()).toMatchObject({ sent_status: false, webhooks: { message: { sent: false, delivered: true, read: false } } });
    expect((await call('PATCH', '/v1/settings/application', admin, { media: { auto_download: ['image'] } })).status).toBe(200);
    expect((await told()).sent_status).toBe(false);
    await call('PATCH', '/v1/settings/application', admin, { webhooks: { message: { sent: true, read: true } } });
    expect(await told()).toMatchObject({ sent_status: true });
  });
});
