// Makes a Dial from a WebSocket class: the browser's, or the one of the `ws` package in Node.
import type { Dial, WireEnd } from './ports';

/** The part of a WebSocket that we use. Both implementations fit it. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Only in Node: tells the HTTP status of a refused upgrade. */
  on?(event: 'unexpected-response', listener: (request: unknown, response: { statusCode?: number }) => void): void;
}
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

export const kProtocol = 'homing.v1.proto';
const kBearer = 'homing.bearer.';

/** `http://host:port` becomes `ws://host:port/v1/ws`. */
export function socketUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws').replace(/\/$/, '')}/v1/ws`;
}

// The token travels as a subprotocol: a browser cannot set headers on a WebSocket.
export function webSocketDial(Class: WebSocketClass, origin: string, token: string): Dial {
  return (events) => {
    const socket = new Class(socketUrl(origin), [kProtocol, kBearer + token]);
    socket.binaryType = 'arraybuffer';
    let httpStatus: number | undefined;
    let over = false;
    const end = (closed: WireEnd) => {
      if (over) return;
      over = true;
      events.closed(httpStatus === undefined ? closed : { ...closed, httpStatus });
    };
    socket.on?.('unexpected-response', (_request, response) => {
      httpStatus = response.statusCode;
      end({ code: 1006, reason: '' });
      socket.close();
    });
    socket.onopen = () => events.opened();
    socket.onmessage = (event: { data: unknown }) => {
      if (over) return;
      if (event.data instanceof ArrayBuffer) events.received(new Uint8Array(event.data));
    };
    socket.onclose = (event: { code: number; reason: string }) => end({ code: event.code, reason: event.reason });
    socket.onerror = () => {}; // a close event follows
    return {
      send: (bytes) => socket.send(bytes),
      close: (code, reason) => {
        over = true;
        socket.close(code, reason);
      },
    };
  };
}
