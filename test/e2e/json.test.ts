// What somebody does with a command-line WebSocket client and curl: the JSON form, and registration.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rest } from '../../web/src/client/rest';
import { until } from './person';
import { Raw } from './raw';
import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start('json');
});
afterAll(() => server?.close());

const rest = () => new Rest((url, init) => fetch(url, init), server.origin);

describe('the JSON subprotocol', () => {
  it('carries the whole conversation', async () => {
    const [ana, ben] = [await server.add('Ana'), await server.add('Ben')];
    const a = await Raw.open(server, ana.token, 'json');
    const b = await Raw.open(server, ben.token, 'json');
    const say = (raw: Raw, frame: unknown) => raw.socket.send(JSON.stringify(frame));
    const has = async (raw: Raw, key: string): Promise<Record<string, never>> => {
      await until(() => raw.texts.some((text) => key in text), `a frame with ${key}`);
      return raw.texts.find((text) => key in text)![key] as Record<string, never>;
    };

    say(a, { request: '1', hello: { cursor: '0', agent: 'by hand' } });
    say(b, { request: '1', hello: { cursor: '0' } });
    expect(await has(a, 'welcome')).toMatchObject({ account: ana.account_id, phone: ana.phone, name: 'Ana' });
    await has(b, 'caught_up');

    const clientId = Buffer.alloc(16, 1).toString('base64');
    say(a, { request: '2', send: { phone: ben.phone, client_id: clientId, plain: { text: { text: 'hello by hand' } } } });
    const sent = await has(a, 'sent');
    expect(sent).toMatchObject({ seq: '1' });
    const delivery = (await has(b, 'delivery')) as unknown as { position: string; envelope: { conversation: string; event: { plain: unknown } } };
    expect(delivery.envelope.event.plain).toEqual({ text: { text: 'hello by hand' } });

    say(b, { ack: { cursor: delivery.position } });
    await until(() => JSON.stringify(a.texts).match(/delivered_?to":"1"/i) !== null, 'two ticks');
    say(b, { request: '3', mark_read: { conversation: delivery.envelope.conversation, seq: '1' } });
    await has(b, 'done');
    await until(() => JSON.stringify(a.texts).match(/read_?to":"1"/i) !== null, 'blue ticks');
    a.close();
    b.close();
  });

  it('takes the token from the Authorization header too', async () => {
    const ana = await server.add('Ana');
    const raw = await Raw.open(server, '', 'json', { authorization: `Bearer ${ana.token}` });
    raw.socket.send(JSON.stringify({ request: '1', hello: {} }));
    await until(() => raw.texts.length > 0, 'welcome');
    expect(raw.texts[0]).toHaveProperty('welcome');
    raw.close();
  });

  it('answers what is not JSON with an error, or ends', async () => {
    const ana = await server.add('Ana');
    const raw = await Raw.open(server, ana.token, 'json');
    raw.socket.send('{"request":');
    const end = await raw.ends();
    expect([1002, 1003, 1007, 4005]).toContain(end.code);
  });
});

describe('registration', () => {
  it('is closed without an invitation, and open once with one', async () => {
    const facts = await rest().serverFacts();
    expect(facts.registrationByCode).toBe(false);
    const { invite } = JSON.parse(await server.cli('invite', 'create')) as { invite: string };
    const form = (phone: string, secret: string) => ({ phone, name: 'Eva', deviceName: 'test', proof: { kind: 'invite', invite: secret } as const });

    await expect(rest().register(form('+15554000001', 'wrong'))).rejects.toMatchObject({ codeName: 'invite_invalid' });
    await expect(rest().register(form('12', invite))).rejects.toMatchObject({ codeName: 'phone_invalid' });
    const made = await rest().register(form('+1 555 400 0001', invite));
    expect(made.phone).toBe('+15554000001');
    expect(await rest().tokenRefused(made.token)).toBe(false);
    expect(await rest().tokenRefused(`${made.token.slice(0, -2)}xx`)).toBe(true);
    await expect(rest().register(form('+15554000002', invite))).rejects.toMatchObject({ codeName: 'invite_invalid' });
    await expect(rest().sendCode('+15554000003')).rejects.toMatchObject({ codeName: 'registration_closed' });
  });
});
