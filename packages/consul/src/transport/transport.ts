import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { CallOptions } from '../call-options.js';
import { ConsulError, isConsulError } from '../consul-error.js';
import type { ConsulOptions } from '../consul-options.js';
import { allowManyListeners } from './allow-many-listeners.js';
import { createWireClient } from './create-wire-client.js';
import { Token } from '../credentials/token.js';
import type { TokenState } from '../credentials/token.js';
import { isUnknownToken, toConsulError } from './to-consul-error.js';
import type { WireArguments, WireClient, WireContext, WireResult } from './wire-client.js';

/** A blocking query: answer when the state is beyond `index`, or after `waitMs`. */
export interface BlockingQuery {
  readonly index: number;
  readonly waitMs: number;
}

/** A read that may block. */
export interface ReadOptions extends CallOptions {
  readonly blocking?: BlockingQuery;
}

/** One request. */
export interface CallSpec {
  /** What is being done, to what: completes "Consul … while". */
  readonly doing: string;
  readonly options: CallOptions | undefined;
  readonly blocking?: BlockingQuery | undefined;
  /** Query parameters that the library does not know. */
  readonly query?: Readonly<Record<string, string>>;
  readonly run: (wire: WireClient, input: WireArguments) => Promise<WireResult>;
}

/** What Consul answered. */
export interface Reply {
  readonly body: unknown;
  readonly statusCode: number;
  /** `X-Consul-Index`; undefined when the answer has none. */
  readonly index: number | undefined;
  /** Consul left out what the token may not read. Older than 1.12 does not say so. */
  readonly filtered?: boolean;
}

/** Sends requests with a deadline and an abort, and turns every failure into a `ConsulError`. */
export interface Transport {
  call(spec: CallSpec): Promise<Reply>;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  readonly token: TokenState;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** Default of `maxSockets`; see `ConsulOptions`. */
const DEFAULT_SOCKETS = 32;
/** Default of `maxWatchSockets`; see `ConsulOptions`. */
const DEFAULT_WATCH_SOCKETS = 128;

/** A transport for one agent. Blocking queries get sockets of their own, so that they never starve the other calls. */
export function createTransport(options: ConsulOptions): Transport {
  const calls = createWireClient(options, options.maxSockets ?? DEFAULT_SOCKETS);
  const watches = createWireClient(options, options.maxWatchSockets ?? DEFAULT_WATCH_SOCKETS);
  const closing = new AbortController();
  const token = new Token(options);
  return {
    closed: closing.signal,
    get token() {
      return token.state;
    },
    call: (spec) => {
      const wire = spec.blocking === undefined ? calls : watches;
      return sendKnown(spec, { options, wire, token, closed: closing.signal });
    },
    close: () => {
      closing.abort();
      calls.destroy();
      watches.destroy();
    },
  };
}

interface SendContext {
  readonly options: ConsulOptions;
  readonly wire: WireClient;
  readonly closed: AbortSignal;
  readonly token: Token;
}

/** One try, of one token. */
interface Attempt {
  readonly token: string | undefined;
  /** When the call was made, in milliseconds of `performance.now()`: a second try has the rest of the time. */
  readonly since: number;
}

/**
 * Sends, and once more when Consul refuses the token and there is another by now. A refused request has done nothing, so that
 * is safe for writes as well.
 */
async function sendKnown(spec: CallSpec, context: SendContext): Promise<Reply> {
  const since = performance.now();
  const { token } = context;
  const first = { since, token: token.current() };
  try {
    return await send(spec, context, first);
  } catch (error) {
    if (!isConsulError(error) || error.code !== 'CONSUL_FORBIDDEN') throw error;
    if (!token.replaces(first.token)) throw error;
  }
  return send(spec, context, { since, token: token.current() });
}

async function send(spec: CallSpec, context: SendContext, attempt: Attempt): Promise<Reply> {
  const signals = [context.closed, spec.options?.signal].filter((signal) => signal !== undefined);
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) throw abortError(spec, context.closed);

  const ctx: WireContext = Object.assign(new EventEmitter(), {
    includeResponse: true as const,
    query: spec.query ?? {},
  });
  const cancel = (): void => void ctx.emit('cancel');
  signals.forEach((signal) => {
    allowManyListeners(signal);
    signal.addEventListener('abort', cancel, { once: true });
  });
  const timeoutMs = deadlineOf(spec, context.options);
  const timeout = Math.max(1, Math.ceil(timeoutMs - (performance.now() - attempt.since)));
  try {
    const input = wireArguments(spec, context.options, { ctx, timeout });
    const { token } = attempt;
    const reply = toReply(await spec.run(context.wire, token === undefined ? input : { ...input, token }));
    if (asksTheServers(ctx.sent?.path)) context.token.accepted();
    return reply;
  } catch (error) {
    if (signals.some((signal) => signal.aborted)) throw abortError(spec, context.closed);
    const { tokenFile } = context.options;
    const failure = { doing: spec.doing, timeoutMs, address: addressOf(context.options), request: ctx.sent };
    const consulError = toConsulError(error, { ...failure, tokenFile });
    if (isUnknownToken(consulError)) context.token.refuse(attempt.token, consulError);
    throw consulError;
  } finally {
    signals.forEach((signal) => {
      signal.removeEventListener('abort', cancel);
    });
  }
}

/** The local agent remembers tokens for a while, and `/status` asks for none: their answers say nothing of the token. */
function asksTheServers(path = ''): boolean {
  return /^\/v1\/(kv|session|txn|catalog|health)(\/|$|\?)/.test(path);
}

function addressOf({ tls, host = '127.0.0.1', port = 8500 }: ConsulOptions): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}`;
}

/**
 * Consul adds up to a sixteenth of the wait to spread its answers, so a blocking query is late only after
 * that. https://developer.hashicorp.com/consul/api-docs/features/blocking
 */
function deadlineOf(
  { blocking, options: call }: CallSpec,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: ConsulOptions,
): number {
  const margin = call?.timeoutMs ?? timeoutMs;
  return blocking === undefined ? margin : Math.ceil(blocking.waitMs * (1 + 1 / 16)) + margin;
}

function wireArguments(
  spec: CallSpec,
  options: ConsulOptions,
  base: Pick<WireArguments, 'ctx' | 'timeout'>,
): WireArguments {
  const { datacenter } = options;
  return {
    ...base,
    ...(datacenter === undefined ? {} : { dc: datacenter }),
    ...(spec.blocking === undefined
      ? {}
      : { index: String(spec.blocking.index), wait: `${spec.blocking.waitMs}ms` }),
  };
}

function toReply([response, body]: WireResult): Reply {
  const filtered = response.headers['x-consul-results-filtered-by-acls'] === 'true';
  return { body, statusCode: response.statusCode ?? 0, index: indexOf(response), filtered };
}

function indexOf(response: IncomingMessage): number | undefined {
  const header = response.headers['x-consul-index'];
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined;
}

function abortError(spec: CallSpec, closed: AbortSignal): ConsulError {
  const why = closed.aborted ? 'the client was closed' : 'the caller aborted';
  return new ConsulError('CONSUL_ABORTED', `Gave up ${spec.doing}: ${why}.`, {
    retryable: false,
    cause: spec.options?.signal?.reason,
  });
}
