import type { VaultOptions } from '../vault-options.js';
import { toVaultError } from './to-vault-error.js';
import { failureOf } from './refusal-of.js';
import { createWireClient } from './wire-client.js';
import type { WireClient } from './wire-client.js';

/** One request. */
export interface RequestSpec {
  /** What is being done, to what: completes "while …". Never a secret. */
  readonly doing: string;
  /** `LIST` is sent as `GET` with `list=true`, as HashiCorp's own client does: not every server and proxy takes the verb. */
  readonly method: 'GET' | 'LIST' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v1/`, encoded: `kv/data/web`. */
  readonly path: string;
  /** With its `?`. */
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Absent: the request needs none. */
  readonly token?: string;
  /** Statuses beside 200 and 204 that are answers, not failures. */
  readonly accept?: readonly number[];
  /** The request logs in: refusals are the login's. */
  readonly login?: boolean;
  /** The body holds secrets, which must not come back in a message. */
  readonly sensitive?: boolean;
}

/** What Vault answered. */
export interface Reply {
  readonly status: number;
  /** Undefined: none. */
  readonly body: unknown;
  /** Of the request, for messages. */
  readonly spec: RequestSpec;
}

/** Sends requests, and turns every failure into a `VaultError`. */
export interface Transport {
  readonly address: string;
  /** Default deadline of a call, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  /** The signal's reason, when it aborts, is what is thrown. */
  send(spec: RequestSpec, signal: AbortSignal): Promise<Reply>;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** A transport to one address. Nothing is sent until the first request. */
export function createTransport(options: VaultOptions): Transport {
  const wire = createWireClient(options);
  const closing = new AbortController();
  return {
    address: options.address,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    closed: closing.signal,
    send: (spec, signal) => send(spec, signal, { wire, address: options.address }),
    close: () => {
      closing.abort();
      wire.destroy();
    },
  };
}

interface Route {
  readonly wire: WireClient;
  readonly address: string;
}

async function send(spec: RequestSpec, signal: AbortSignal, { wire, address }: Route): Promise<Reply> {
  signal.throwIfAborted();
  const answer = await wire
    .request({
      method: spec.method === 'LIST' ? 'GET' : spec.method,
      path: `/${spec.path}${spec.method === 'LIST' ? '?list=true' : (spec.query ?? '')}`,
      headers: spec.token === undefined ? {} : { 'X-Vault-Token': spec.token },
      signal,
      ...(spec.body === undefined ? {} : { json: spec.body }),
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw toVaultError(error, { spec, address });
    });
  const failure = failureOf({ status: answer.statusCode, body: answer.body, spec });
  if (failure !== undefined) throw failure;
  return { status: answer.statusCode, body: answer.body, spec };
}
