import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { SentRequest } from './needed-right.js';

/**
 * One request's context, as the `consul` package understands it: `cancel` aborts the request,
 * `includeResponse` makes results `[response, body]`. `query` and `sent` are ours: see `createWireClient`.
 */
export interface WireContext extends EventEmitter {
  readonly includeResponse: true;
  readonly query: Readonly<Record<string, string>>;
  sent?: SentRequest;
}

/** Arguments of the library's methods. Its own types leave out `ctx`, `timeout` and more. */
export interface WireArguments extends Readonly<Record<string, unknown>> {
  readonly ctx: WireContext;
  readonly timeout: number;
  readonly token?: string;
  readonly dc?: string;
  readonly index?: string;
  readonly wait?: string;
}

/** With `includeResponse`: the response, then the decoded body, if there is one. */
export type WireResult = readonly [IncomingMessage, unknown?];

type WireMethod = (input: WireArguments) => Promise<WireResult>;

/** One GET as `papi`, the library's base, takes it: the body comes decoded from JSON, and otherwise as it is. */
export interface WireGet {
  readonly name: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly ctx: WireContext;
  readonly timeout: number;
}

/** What this package uses of the `consul` library, typed as it behaves. */
export interface WireClient {
  readonly _get: (request: WireGet) => Promise<WireResult[0] & { readonly body?: unknown }>;
  readonly kv: Readonly<Record<'set' | 'del', WireMethod>>;
  readonly session: Readonly<Record<'create' | 'destroy' | 'info' | 'list' | 'renew', WireMethod>>;
  readonly transaction: {
    readonly create: (operations: readonly unknown[], input: WireArguments) => Promise<WireResult>;
  };
  readonly agent: {
    readonly self: WireMethod;
    readonly service: Readonly<Record<'list' | 'register' | 'deregister', WireMethod>>;
    readonly check: Readonly<Record<'list' | 'pass' | 'warn' | 'fail', WireMethod>>;
  };
  readonly health: Readonly<Record<'service', WireMethod>>;
  readonly status: Readonly<Record<'leader' | 'peers', WireMethod>>;
  readonly destroy: () => void;
}
