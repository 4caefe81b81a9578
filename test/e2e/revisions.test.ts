// Messages that read otherwise later: edits, and deleting for everyone.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ErrorCode, ServerError } from '../../web/src/client/errors';
import { conversationId, seq } from '../../web/src/client/ids';
import type { Envelope } from '../../web/src/gen/events_pb';
import { Device, device, textOf, until } from './person';
import { picture } from './files';
import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start('revisions');
});
afterAll(async () => {
  await server?.close();
});

const history = async (of: Device, conversation: bigint): Promise<readonly Envelope[]> => (await of.client.history(conversationId(conversation), seq(0n))).envelopes;
const kinds = (envelopes: readonly Envelope[]) => envelopes.map((envelope) => envelope.event?.header?.kind.case);
const hears = (who: Device, kind: 'edited' | 'deleted') => until(() => kinds(who.delivered).includes(kind), `${who.added.phone} hears ${kind}`);
const codeOf = (promise: Promise<unknown>) => promise.then(() => ErrorCode.ok, (error: unknown) => (error instanceof ServerError ? error.code : ErrorCode.unavailable));

it('an edit reaches who is here, and who comes later reads the new words at the old place', async () => {
  const [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
  const { conversation, seq: at } = await ana.say(ben, 'helo');
  await ben.has('helo');

  const sent = await ana.client.edit(conversationId(conversation), seq(at), { kind: 'text', text: 'hello' });

  await hears(ben, 'edited');
  expect(textOf(ben.delivered.at(-1)!)).toBe('hello');
  expect(await codeOf(ben.client.edit(conversationId(conversation), seq(at), { kind: 'text', text: 'no' }))).toBe(ErrorCode.not_the_author);
  const later = await new Device(server, await server.add('', ben.added.phone)).online();
  const [message] = await history(later, conversation);
  expect(textOf(message!)).toBe('hello');
  expect(message!.event!.header!.edit).toBe(sent.seq);
  for (const each of [ana, ben, later]) each.close();
});

it('what was deleted for everyone is nowhere any more: not in history, REST, search or downloads', async () => {
  const [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
  const bearer = { authorization: `Bearer ${ben.added.token}` };
  const upload = await fetch(`${server.origin}/v1/media?name=Secret.png`, { method: 'POST', headers: { authorization: `Bearer ${ana.added.token}`, 'content-type': 'image/png' }, body: picture() as BodyInit });
  const { id } = (await upload.json()) as { id: string };
  const file = { id, kind: 'image', mimeType: 'image/png', size: 1, name: 'Secret.png', caption: 'unspeakable', width: 1, height: 1, durationMs: 0, thumbnail: new Uint8Array(), waveform: new Uint8Array() } as const;
  const sent = await ana.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'account', account: ben.account }, said: { kind: 'media', media: file } });
  const conversation = conversationId(sent.conversation);
  await until(() => ben.delivered.length === 1, 'Ben has it');
  await ana.client.edit(conversation, seq(sent.seq), { kind: 'media', media: { ...file, caption: 'unmentionable' } });
  await hears(ben, 'edited');
  const get = () => fetch(`${server.origin}/v1/media/${id}`, { headers: bearer });
  const search = async () => ((await (await fetch(`${server.origin}/v1/media?name=secret`, { headers: bearer })).json()) as { files: unknown[] }).files;
  expect([(await get()).status, (await search()).length]).toEqual([200, 1]);

  await ana.client.deleteForEveryone(conversation, seq(sent.seq));

  await hears(ben, 'deleted');
  expect([(await get()).status, (await search()).length]).toEqual([404, 0]);
  const later = await new Device(server, await server.add('', ben.added.phone)).online();
  const found = await history(later, conversation);
  expect(kinds(found)).toEqual(['posted', 'edited', 'deleted']);
  expect(found.map((envelope) => envelope.event!.body.case)).toEqual([undefined, undefined, undefined]);
  expect(found[0]!.event!.header).toMatchObject({ deletedBy: ana.account, media: [] });
  const rest = await server.add('', ben.added.phone);
  const unread = await (await fetch(`${server.origin}/messages?user_id=${ben.added.phone}`, { headers: { authorization: `Bearer ${rest.token}` } })).text();
  expect(unread).not.toMatch(/unspeakable|unmentionable|Secret/);
  expect(await codeOf(ana.client.deleteForEveryone(conversation, seq(sent.seq)))).toBe(ErrorCode.message_deleted);
  for (const each of [ana, ben, later]) each.close();
});

it('a deletion that was answered outlives kill -9', async () => {
  const [ana, ben] = await Promise.all([device(server, 'Ana'), device(server, 'Ben')]);
  const { conversation, seq: at } = await ana.say(ben, 'gone by then');
  await ana.client.deleteForEveryone(conversationId(conversation), seq(at));

  await server.kill();
  await server.start();

  await until(() => ana.client.caughtUp && ben.client.caughtUp, 'both are back');
  expect((await history(ben, conversation)).map((envelope) => textOf(envelope))).toEqual([undefined, undefined]);
  for (const each of [ana, ben]) each.close();
});
