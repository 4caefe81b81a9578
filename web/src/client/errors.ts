// What can go wrong, as types. Code and retry come from the schema (proto/errors.proto); never match on the text.
import { getOption } from '@bufbuild/protobuf';
import { ErrorCode, ErrorCodeSchema } from '../gen/errors_pb';
import type { Error as WireError } from '../gen/frames_pb';
import { error as errorFact } from '../gen/options_pb';

export { ErrorCode };
export type ErrorName = keyof typeof ErrorCode;

/** The server understood the request and refused it. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  constructor(
    readonly code: ErrorCode,
    text: string,
    readonly field = '',
    readonly retryAfterMs = 0,
  ) {
    super(text || factsOf(code).text);
  }

  get codeName(): string {
    return nameOf(this.code);
  }
  /** Whether the same request can succeed later. */
  get retry(): boolean {
    return factsOf(this.code).retry;
  }

  static of(wire: WireError): ServerError {
    return new ServerError(wire.code, wire.text, wire.field, wire.retryAfterMs);
  }
}

/** The connection ended before the answer came: the request may or may not have taken effect. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor() {
    super('The connection ended before the answer came.');
  }
}

/** The server could not be reached at all, or answered with something that is not Homing. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The person gave up what was under way. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** The server broke the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export function nameOf(code: ErrorCode): string {
  return ErrorCodeSchema.value[code]?.localName ?? `code_${code}`;
}

export function codeOf(name: string): ErrorCode | undefined {
  return ErrorCodeSchema.values.find((value) => value.name === name)?.number;
}

export function factsOf(code: ErrorCode): { readonly http: number; readonly retry: boolean; readonly text: string } {
  const value = ErrorCodeSchema.value[code];
  // A code from a newer server: say so, and do not try again.
  return value === undefined ? { http: 500, retry: false, text: `Unknown error ${code}.` } : getOption(value, errorFact);
}
