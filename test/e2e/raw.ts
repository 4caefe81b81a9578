// A socket without a client: says exactly what a test wants said, in either subprotocol.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { WebSocket } from 'ws';
import { ErrorCode } from '../../web/src/client/errors';
import { ClientFrameSchema, ServerFrameSchema } from '../../web/src/gen/frames_pb';
import type { ServerFrame } from '../../web/src/gen/frames_pb';
import { until } from './person';
import type { Server } from './server';

export type Kind = NonNullable<MessageInitShape<typeof ClientFrameSchema>['kind']>;

export class Raw {
  readonly messages: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;
  httpStatus: number | undefined;
  #request = 100n;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(new Uint8Array(data as Buffer)));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      this.httpStatus = response.statusCode;
      this.closed = { code: 1006, reason: '' };
      response.destroy();
    });
  }

  static async open(server: Server, token: string, form: 'proto' | 'json' = 'proto', headers: Record<string, string> = {}): Promise<Raw> {
    const protocols = headers['authorization'] === undefined ? [`homing.v1.${form}`, `homing.bearer.${token}`] : [`homing.v1.${form}`];
    const raw = new Raw(new WebSocket(`${server.origin.replace('http', 'ws')}/v1/ws`, protocols, { headers }));
    await until(() => raw.socket.readyState === WebSocket.OPEN || raw.closed !== undefined, 'socket opens or is refused');
    return raw;
  }
  static async greeted(server: Server, token: string): Promise<Raw> {
    const raw = await Raw.open(server, token);
    await raw.ask({ case: 'hello', value: { agent: 'raw' } });
    return raw;
  }

  get frames(): readonly ServerFrame[] {
    return this.messages.map((bytes) => fromBinary(ServerFrameSchema, bytes));
  }
  get texts(): readonly Record<string, unknown>[] {
    return this.messages.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>);
  }

  async ask(kind: Kind): Promise<ServerFrame> {
    const request = this.#request++;
    return this.askBytes(request, toBinary(ClientFrameSchema, create(ClientFrameSchema, { request, kind })));
  }
  async askBytes(request: bigint, bytes: Uint8Array): Promise<ServerFrame> {
    this.socket.send(bytes);
    const found = () => this.frames.find((frame) => frame.request === request);
    await until(() => found() !== undefined || this.closed !== undefined, `an answer to request ${request}`);
    const answer = found();
    if (answer === undefined) throw new Error(`closed with ${JSON.stringify(this.closed)}`);
    return answer;
  }
  /** The name of the code with which this is refused; "" if it is not. */
  async refusal(kind: Kind): Promise<string> {
    return codeOf(await this.ask(kind));
  }
  async ends(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined, 'the server closes');
    return this.closed!;
  }
  close(): void {
    this.socket.terminate();
  }
}

export const codeOf = (frame: ServerFrame): string => (frame.kind.case === 'error' ? (ErrorCode[frame.kind.value.code] ?? '?') : '');
