// Clients of somebody else's making, and how connections begin and end.
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { device, pause, until } from './person';
import { Raw } from './raw';
import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start('connections', ['--limits-ping-seconds', '1', '--drain-seconds', '30']);
});
afterAll(() => server?.close());

/** A WebSocket whose client never says anything again, not even a close frame. */
async function deaf(token: string): Promise<{ socket: Socket; ended: () => boolean }> {
  const socket = createConnection({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  let ended = false;
  socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
  socket.on('end', () => (ended = true));
  socket.on('error', () => {});
  socket.write(
    [
      'GET /v1/ws HTTP/1.1',
      'Host: here',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: homing.v1.proto, homing.bearer.${token}`,
      '\r\n',
    ].join('\r\n'),
  );
  await until(() => heard.includes('101 Switching Protocols'), 'the upgrade');
  return { socket, ended: () => ended };
}

describe('silence', () => {
  it('of a client whose library answers pings is fine', async () => {
    const raw = await Raw.greeted(server, (await server.add('Ana')).token);
    let pings = 0;
    raw.socket.on('ping', () => ++pings);
    await until(() => pings >= 3, 'three pings');
    expect(raw.closed).toBeUndefined();
    raw.close();
  });

  it('of a client that does not answer ends the connection', async () => {
    const { socket, ended } = await deaf((await server.add('Ana')).token);
    await until(ended, 'the server ends it');
    socket.destroy();
  });
});

describe('SIGTERM', () => {
  it('waits for clients that have not gone; a second one ends the process at once, and nothing is lost', async () => {
    const [ana, ben] = [await device(server, 'Ana'), await device(server, 'Ben')];
    ben.offline();
    const sent = await ana.say(ben, 'before the end');
    const { socket } = await deaf((await server.add('Cy')).token);
    let ended = false;
    void server.ended().then(() => (ended = true));

    server.terminate();
    await until(() => ana.states.at(-1)?.kind === 'waiting', 'Ana is told');
    await pause(500);
    expect(ended).toBe(false);
    const second = Date.now();
    server.terminate();
    await until(() => ended, 'the process ends');
    expect(Date.now() - second).toBeLessThan(1000);

    socket.destroy();
    await server.start();
    await ben.online();
    await ben.has('before the end');
    await ana.sees('delivered', sent.conversation, sent.seq);
    ana.close();
    ben.close();
  });
});
