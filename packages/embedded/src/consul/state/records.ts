/** When a record was made and last changed, in the server's index. */
export interface Indexed {
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** A key and its value. `flags` is an unsigned 64-bit number, hence a bigint. */
export interface KvEntry extends Indexed {
  readonly key: string;
  readonly value: Buffer;
  readonly flags: bigint;
  readonly lockIndex: number;
  readonly session?: string;
}

/** What becomes of the keys a session holds when it ends. */
export type SessionBehavior = 'release' | 'delete';

/** A session. Its durations are in nanoseconds, as Consul shows them; `ttl` is kept as it was written. */
export interface Session extends Indexed {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly lockDelayNs: number;
  readonly behavior: SessionBehavior;
  readonly ttl: string;
  readonly ttlMs: number;
  readonly nodeChecks: readonly string[];
  readonly serviceChecks: readonly string[] | undefined;
  /** The older name of `nodeChecks`; Consul keeps and shows both. */
  readonly checks: readonly string[] | undefined;
}

/** Until when a key may not be acquired, in epoch milliseconds. */
export interface LockDelay {
  readonly key: string;
  readonly untilMs: number;
}

/** A machine in the catalog. */
export interface NodeRecord extends Indexed {
  readonly id: string;
  readonly node: string;
  readonly address: string;
  readonly taggedAddresses: Readonly<Record<string, string>> | undefined;
  readonly meta: Readonly<Record<string, string>> | undefined;
}

/** An address that a service advertises for one kind of network. */
export interface TaggedAddress {
  readonly Address: string;
  readonly Port: number;
}

/** One instance of a service on a node. */
export interface ServiceRecord extends Indexed {
  readonly node: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly taggedAddresses: Readonly<Record<string, TaggedAddress>> | undefined;
  readonly weights: { readonly Passing: number; readonly Warning: number };
  readonly enableTagOverride: boolean;
  /** True when it was registered with this agent, which then lists it and runs its checks. */
  readonly agent: boolean;
}

/** A check's state; `warning` counts as alive for sessions. */
export type CheckStatus = 'passing' | 'warning' | 'critical';

/** How the agent finds out a check's status. */
export type CheckProbe =
  | { readonly kind: 'ttl'; readonly ttlMs: number }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly body: string;
      readonly tlsSkipVerify: boolean;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'tcp';
      readonly address: string;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'alias'; readonly node: string; readonly serviceId: string };

/** What the agent does for a check that it runs itself. */
export interface CheckRun {
  readonly probe: CheckProbe;
  /** Deregister the check's service after so long in `critical`; 0 = never. */
  readonly deregisterAfterMs: number;
  /** So many results in a row before the status follows. */
  readonly successesBeforePassing: number;
  readonly failuresBeforeCritical: number;
}

/** A check of a node (`serviceId` empty) or of a service on it. */
export interface CheckRecord extends Indexed {
  readonly node: string;
  readonly checkId: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly notes: string;
  readonly output: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceTags: readonly string[];
  readonly type: string;
  /** Present when it was registered with this agent. */
  readonly run: CheckRun | undefined;
}

/** Every table with the record it holds. */
export interface Tables {
  readonly kv: KvEntry;
  readonly sessions: Session;
  readonly lockDelays: LockDelay;
  readonly nodes: NodeRecord;
  readonly services: ServiceRecord;
  readonly checks: CheckRecord;
}

/** The name of a table. */
export type TableName = keyof Tables;

/** The key of a record that belongs to a node. */
export function nodeKey(node: string, id: string): string {
  return `${node}\u0000${id}`;
}
