import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { consulKind, isConsulWrite } from '../harness/request-kinds.js';

import type { ClientRequest, IncomingMessage } from 'node:http';

/** What went over the wire for one kind of request. */
export interface Traffic {
  readonly requests: number;
  /** Of the bodies of the answers. */
  readonly bytes: number;
}

/** Counts since the last reset. */
export interface Metered {
  readonly total: Traffic;
  readonly kinds: ReadonlyMap<string, Traffic>;
  readonly writes: number;
  readonly acquireAttempts: number;
}

const CHANNEL = 'http.client.response.finish';
const CLAIM = /\/pods\/locks\/.*[?&]acquire=/;

/**
 * Counts what this process asks of one Consul, where Node's HTTP client tells of it: no proxy, which would cost as much
 * as what it measures.
 */
export class RequestMeter {
  readonly #port: number;
  #kinds = new Map<string, Traffic>();
  #writes = 0;
  #attempts = 0;
  #lastWriteAt = performance.now();

  constructor(port: number) {
    this.#port = port;
    subscribe(CHANNEL, this.#onAnswer);
  }

  /** When the last answer to a write came, in monotonic milliseconds. */
  get lastWriteAt(): number {
    return this.#lastWriteAt;
  }

  /** What was counted since the last `take`. */
  take(): Metered {
    const kinds = this.#kinds;
    const total = [...kinds.values()].reduce(add, NOTHING);
    const taken = { total, kinds, writes: this.#writes, acquireAttempts: this.#attempts };
    this.#kinds = new Map();
    this.#writes = 0;
    this.#attempts = 0;
    return taken;
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onAnswer);
  }

  readonly #onAnswer = (message: unknown): void => {
    const { request, response } = message as {
      readonly request: ClientRequest;
      readonly response: IncomingMessage;
    };
    if (!request.getHeader('host')?.toString().endsWith(`:${this.#port}`)) return;
    const recorded = { atMs: 0, method: request.method, path: request.path };
    const bytes = Number(response.headers['content-length'] ?? 0);
    const kind = kindOf(recorded);
    this.#kinds.set(kind, add(this.#kinds.get(kind) ?? NOTHING, { requests: 1, bytes }));
    if (CLAIM.test(decodeURIComponent(recorded.path))) this.#attempts += 1;
    if (!isConsulWrite(recorded)) return;
    this.#writes += 1;
    this.#lastWriteAt = performance.now();
  };
}

const NOTHING: Traffic = { requests: 0, bytes: 0 };

function add(a: Traffic, b: Traffic): Traffic {
  return { requests: a.requests + b.requests, bytes: a.bytes + b.bytes };
}

/** Of keys, also which records they are: their sizes differ by orders of magnitude. */
function kindOf(request: { readonly atMs: number; readonly method: string; readonly path: string }): string {
  const kind = consulKind(request);
  const folder = /^\/v1\/kv\/raftainer\/(pods\/\w+|\w+)\//.exec(decodeURIComponent(request.path))?.[1];
  const names = /[?&]keys/.test(request.path) ? ' names' : '';
  return folder === undefined ? kind : `${kind} ${folder}${names}`;
}
