// What is refused, with which code; and that one bad client is its own problem only.
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClientFrameSchema } from '../../web/src/gen/frames_pb';
import { codeOf, Raw } from './raw';
import type { Kind } from './raw';
import { Server } from './server';
import type { Added } from './server';

let server: Server;
let ana: Added;
let ben: Added;
let raw: Raw;
beforeAll(async () => {
  server = await Server.start('bad_input');
  [ana, ben] = [await server.add('Ana'), await server.add('Ben')];
  raw = await Raw.greeted(server, ana.token);
});
afterEach(() => expect(raw.closed).toBeUndefined()); // whatever happened to others
afterAll(async () => {
  raw?.close();
  await server?.close();
});

let nextId = 1;
const id = () => Uint8Array.from({ length: 16 }, (_, i) => (i < 4 ? (nextId >> (8 * i)) & 255 : 9), nextId++);
type SendValue = Extract<Kind, { case: 'send' }>['value'];
const text = (words: string) => ({ case: 'plain', value: { kind: { case: 'text', value: { text: words } } } }) as const;
const send = (more: Partial<SendValue> = {}): Kind => ({
  case: 'send',
  value: { to: { case: 'account', value: BigInt(ben.account_id) }, clientId: id(), body: text('x'), ...more } as SendValue,
});

describe('a message', () => {
  it.each([
    ['to nobody', () => send({ to: { case: 'account', value: 999_999n } }), 'unknown_recipient'],
    ['to a phone that nobody has', () => send({ to: { case: 'phone', value: '+15550000009' } }), 'unknown_recipient'],
    ['to a phone that is none', () => send({ to: { case: 'phone', value: 'abc' } }), 'phone_invalid'],
    ['to no conversation', () => send({ to: { case: 'conversation', value: 424_242n } }), 'unknown_conversation'],
    ['without an address', () => send({ to: { case: undefined } }), 'invalid_argument'],
    ['with an empty text', () => send({ body: text('') }), 'empty_text'],
    ['with a text over the limit', () => send({ body: text('x'.repeat(65_537)) }), 'text_too_long'],
    ['with a client id of 15 bytes', () => send({ clientId: new Uint8Array(15) }), 'bad_client_id'],
    ['without a client id', () => send({ clientId: new Uint8Array(0) }), 'bad_client_id'],
    ['of no kind', () => send({ body: { case: 'plain', value: {} } }), 'unknown_kind'],
  ] as const)('%s is refused', async (_name, kind, code) => {
    expect(await raw.refusal(kind())).toBe(code);
  });

  it('of exactly the longest text is taken', async () => {
    expect(await raw.refusal(send({ body: text('x'.repeat(65_536)) }))).toBe('');
  });

  it('with a client id that was used for other words is refused', async () => {
    const clientId = id();
    expect(await raw.refusal(send({ clientId, body: text('one') }))).toBe('');
    expect(await raw.refusal(send({ clientId, body: text('one') }))).toBe('');
    expect(await raw.refusal(send({ clientId, body: text('two') }))).toBe('client_id_reused');
  });

  it('that is not UTF-8 is refused', async () => {
    const frame = toBinary(ClientFrameSchema, create(ClientFrameSchema, { request: 9000n, kind: send({ body: text('abcd') }) }));
    const at = Buffer.from(frame).indexOf('abcd');
    frame[at] = 0xff;
    expect(codeOf(await raw.askBytes(9000n, frame))).toBe('invalid_utf8');
  });
});

describe('a group', () => {
  const make = async (members: bigint[] = [BigInt(ben.account_id)]) => {
    const answer = await raw.ask({ case: 'createGroup', value: { clientId: id(), name: 'g', members } });
    return answer.kind.case === 'sent' ? answer.kind.value.conversation : 0n;
  };

  it('needs a name that is not too long, and members that exist', async () => {
    const create = (value: object) => raw.refusal({ case: 'createGroup', value: { clientId: id(), name: 'g', members: [], ...value } });
    expect(await create({ name: '' })).toMatch(/empty_text|invalid_argument/);
    expect(await create({ name: 'n'.repeat(201) })).toMatch(/text_too_long|invalid_argument/);
    expect(await create({ members: [999_999n] })).toBe('unknown_recipient');
  });

  it('refuses members twice, strangers, and people who are not in it', async () => {
    const group = await make();
    const change = (value: object) => raw.refusal({ case: 'changeMembers', value: { clientId: id(), conversation: group, ...value } });
    expect(await change({ add: [BigInt(ben.account_id)] })).toBe('already_member');
    expect(await change({ add: [999_999n] })).toBe('unknown_recipient');
    expect(await change({ remove: [999_999n] })).toBe('not_a_member');

    const stranger = await Raw.greeted(server, (await server.add('Cy')).token);
    // Somebody who was never in it is not told that it exists.
    expect(await stranger.refusal(send({ to: { case: 'conversation', value: group } }))).toMatch(/not_a_member|unknown_conversation/);
    expect(await stranger.refusal({ case: 'readHistory', value: { conversation: group } })).toMatch(/not_a_member|unknown_conversation/);
    stranger.close();
    const member = await Raw.greeted(server, ben.token);
    expect(await member.refusal({ case: 'changeMembers', value: { clientId: id(), conversation: group, add: [BigInt(ana.account_id)] } })).toBe('not_an_admin');
    member.close();
  });

  it('is not a conversation of two', async () => {
    const sent = await raw.ask(send());
    const conversation = sent.kind.case === 'sent' ? sent.kind.value.conversation : 0n;
    expect(await raw.refusal({ case: 'leaveGroup', value: { clientId: id(), conversation } })).toBe('not_a_group');
    expect(await raw.refusal({ case: 'renameGroup', value: { clientId: id(), conversation, name: 'x' } })).toBe('not_a_group');
  });

  it('has no marks beyond its messages', async () => {
    const group = await make();
    expect(await raw.refusal({ case: 'markRead', value: { conversation: group, seq: 99n } })).toBe('seq_unknown');
    expect(await raw.refusal({ case: 'markRead', value: { conversation: 31_337n, seq: 1n } })).toBe('unknown_conversation');
  });
});

describe('a connection', () => {
  it('with a wrong token is refused with 401', async () => {
    for (const token of ['', 'nonsense', `${ana.token.slice(0, -1)}${ana.token.endsWith('A') ? 'B' : 'A'}`, 'a'.repeat(4000)]) {
      const refused = await Raw.open(server, token);
      expect(refused.httpStatus, token.slice(0, 10)).toBe(401);
    }
  });

  it('must begin with hello, and say it once', async () => {
    const cy = await server.add('Cy');
    const early = await Raw.open(server, cy.token);
    early.socket.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { request: 1n, kind: { case: 'ping', value: {} } })));
    expect((await early.ends()).code).toBe(4005);
    const twice = await Raw.greeted(server, cy.token);
    twice.socket.send(toBinary(ClientFrameSchema, create(ClientFrameSchema, { request: 2n, kind: { case: 'hello', value: {} } })));
    expect((await twice.ends()).code).toBe(4005);
  });

  it('ends when its bytes are no frame, or too many', async () => {
    const cy = await server.add('Cy');
    const bad = await Raw.greeted(server, cy.token);
    bad.socket.send(Uint8Array.from([0xff, 0xff, 0xff, 0xff]));
    expect((await bad.ends()).code).toBe(1003);
    const big = await Raw.greeted(server, cy.token);
    big.socket.send(new Uint8Array(200_000));
    expect((await big.ends()).code).toBe(1009);
  });

  it('is answered when it asks for a kind that is not known here', async () => {
    const unknown = Uint8Array.from([0x08, 0xb9, 0x60, 0xfa, 0x3f, 0x00]); // request 12345, field 1023
    expect(codeOf(await raw.askBytes(12_345n, unknown))).toBe('unknown_kind');
  });

  it('may carry fields that are not known here', async () => {
    const ping = toBinary(ClientFrameSchema, create(ClientFrameSchema, { request: 777n, kind: { case: 'ping', value: {} } }));
    const answer = await raw.askBytes(777n, Uint8Array.from([...ping, 0xfa, 0x3f, 0x00]));
    expect(answer.kind.case).toBe('pong');
  });
});

describe('HTTP', () => {
  const status = async (path: string, init?: RequestInit) => {
    const answer = await fetch(server.origin + path, init);
    const body = (await answer.json().catch(() => ({}))) as { error?: { code?: string } };
    return [answer.status, body.error?.code];
  };
  const post = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it('answers what it does not know, and what is not JSON, with codes', async () => {
    expect(await status('/v1/nothing')).toEqual([404, 'not_found']);
    expect(await status('/v1/register', post('{'))).toEqual([400, 'bad_frame']);
    expect(await status('/v1/register', post('{}'))).toEqual([400, expect.any(String)]);
    expect((await status('/v1/register', post(JSON.stringify({ phone: 'x'.repeat(100_000) }))))[0]).toBe(413);
    expect(await status('/v1/register')).toEqual([405, 'wrong_method']);
    expect(await status('/v1/ws')).toEqual([426, 'upgrade_required']);
    expect(await status('/v1/register', post('{"phone":[]}'))).toEqual([400, 'bad_frame']);
    expect(await status('/', { headers: { 'x-long': 'x'.repeat(20_000) } })).toEqual([431, 'head_too_big']);
    expect(await status('/v1/me')).toEqual([401, 'unauthenticated']);
  });

  it('says that it is alive, and serves the app with a strict policy', async () => {
    expect((await status('/healthz'))[0]).toBe(200);
    const page = await fetch(server.origin);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src '(none|self)'/);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });
});
