// The calls before anybody is logged in: what the server offers, a code for a phone, becoming an account.
import { fromJson } from '@bufbuild/protobuf';
import { RegisteredSchema, ServerFactsSchema } from '../gen/rest_pb';
import type { Registered, ServerFacts } from '../gen/rest_pb';
import { codeOf, ErrorCode, ServerError, Unreachable } from './errors';

interface Response {
  readonly status: number;
  json(): Promise<unknown>;
}
export type Fetch = (url: string, init?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<Response>;

export interface Registration {
  readonly phone: string;
  readonly name: string;
  readonly deviceName: string;
  readonly proof: { readonly kind: 'code'; readonly code: string } | { readonly kind: 'invite'; readonly invite: string };
}

export class Rest {
  constructor(
    private readonly fetch: Fetch,
    private readonly origin: string,
  ) {}

  async serverFacts(): Promise<ServerFacts> {
    return fromJson(ServerFactsSchema, (await this.#call('GET', '/v1/server')) as never, { ignoreUnknownFields: true });
  }

  async sendCode(phone: string): Promise<void> {
    await this.#call('POST', '/v1/register/code', { phone });
  }

  async register(registration: Registration): Promise<Registered> {
    const { phone, name, deviceName, proof } = registration;
    const body = { phone, name, device_name: deviceName, ...(proof.kind === 'code' ? { code: proof.code } : { invite: proof.invite }) };
    return fromJson(RegisteredSchema, (await this.#call('POST', '/v1/register', body)) as never, { ignoreUnknownFields: true });
  }

  /** One more device of the account whose device made this code. */
  async link(code: string, deviceName: string): Promise<Registered> {
    return fromJson(RegisteredSchema, (await this.#call('POST', '/v1/devices/link', { code, device_name: deviceName })) as never, { ignoreUnknownFields: true });
  }

  /** Whether the server refuses this token. Throws Unreachable when it cannot be asked. */
  async tokenRefused(token: string): Promise<boolean> {
    const response = await this.#fetch('/v1/me', { headers: { authorization: `Bearer ${token}` } });
    return response.status === 401;
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await this.#fetch(path, init);
    const answer = await response.json().catch(() => undefined);
    if (response.status < 300) return answer ?? {};
    throw errorIn(answer) ?? new Unreachable(`HTTP ${response.status}`);
  }

  async #fetch(path: string, init: Parameters<Fetch>[1]): Promise<Response> {
    try {
      return await this.fetch(this.origin + path, init);
    } catch (cause) {
      throw new Unreachable('The server cannot be reached.', { cause });
    }
  }
}

// {"error":{"code":"not_a_member","text":"...","field":"...","retry_after_ms":0}}
export function errorIn(answer: unknown): ServerError | undefined {
  const error = (answer as { error?: { code?: unknown; text?: unknown; field?: unknown; retry_after_ms?: unknown } } | undefined)?.error;
  if (typeof error?.code !== 'string') return undefined;
  const text = typeof error.text === 'string' ? error.text : '';
  const field = typeof error.field === 'string' ? error.field : '';
  return new ServerError(codeOf(error.code) ?? ErrorCode.unavailable, text, field, Number(error.retry_after_ms ?? 0));
}
