import type { Mount, Token } from '../state/records.js';

/** What a request wants, in the words of policies. A write is `create` where nothing is there yet, if the route can tell. */
export type Operation = 'create' | 'read' | 'update' | 'delete' | 'list';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One request as the routes see it. */
export interface VaultCall {
  readonly operation: Operation;
  /** The whole path after `/v1/`, such as `kv/data/web`. */
  readonly path: string;
  /** Where the path is served. */
  readonly mount: Mount;
  /** The placeholders of the route's pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
  /** Whose token the request carries; `undefined` on routes that need none. */
  readonly caller: Token | undefined;
  /** The token as it was sent, known or not; empty when there is none. */
  readonly tokenId: string;
}

/** How a lease is shown in an answer. */
export interface LeaseAnswer {
  readonly id: string;
  readonly renewable: boolean;
  /** In seconds. */
  readonly durationSec: number;
}

/** The answer of a route, before it is put into the envelope. */
export interface VaultAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly data?: JsonObject | null;
  /** The `auth` part: what a login or a renewal of a token gives. */
  readonly auth?: JsonObject;
  readonly lease?: LeaseAnswer;
  readonly warnings?: readonly string[];
  /** The data is also shown beside the envelope's own fields, as the oldest paths of `sys/` do. */
  readonly flat?: boolean;
  /** The whole body, without an envelope. */
  readonly plain?: JsonObject;
  /** The whole body, which is no JSON. */
  readonly text?: { readonly type: string; readonly body: string };
}

/** Answers one operation; `undefined` is an answer without content (204). */
export type VaultHandler = (call: VaultCall) => VaultAnswer | undefined | Promise<VaultAnswer | undefined>;

/** A path of an engine with what can be done there. */
export interface VaultRoute {
  /** Relative to the mount. `:name` takes one segment, a final `*name` the rest, which may be empty. */
  readonly path: string;
  readonly read?: VaultHandler;
  readonly write?: VaultHandler;
  readonly delete?: VaultHandler;
  readonly list?: VaultHandler;
  /** Tells a write that creates from one that updates. Without it every write is an update. */
  readonly exists?: (call: VaultCall) => boolean;
  /** Needs no token. */
  readonly open?: boolean;
  /** Needs the capability `sudo` beside the one of the operation. */
  readonly sudo?: boolean;
}

/** A placeholder of the route's pattern; every pattern that a handler serves has it. */
export function param(call: VaultCall, name: string): string {
  return call.params[name] ?? '';
}
