import type { JsonObject } from '../wire/vault-call.js';

/** The engines that can be mounted, beside those that are always there. */
export type EngineType =
  'kv' | 'cubbyhole' | 'system' | 'identity' | 'database' | 'pki' | 'transit' | 'token' | 'approle' | 'jwt';

/** An engine at a path: secrets (`kv/`) or a way to log in (`auth/approle/`). */
export interface Mount {
  /** With `auth/` in front for ways to log in, and a slash behind. */
  readonly path: string;
  readonly type: EngineType;
  readonly uuid: string;
  readonly accessor: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>> | null;
  /** Seconds; 0 = the server's default. */
  readonly defaultTtlSec: number;
  readonly maxTtlSec: number;
}

/** A policy as it was written; it is parsed when it is written and when the server starts. */
export interface PolicyRecord {
  readonly text: string;
}

/** A service token. Moments are milliseconds since the epoch. */
export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  /** Where it was made, such as `auth/approle/login`. */
  readonly path: string;
  readonly displayName: string;
  readonly meta: Readonly<Record<string, string>> | null;
  /** How often it was to be used at most; 0 = any number of times. */
  readonly numUses: number;
  readonly usesLeft: number;
  /** Id of the token it ends with; `undefined` for an orphan. */
  readonly parent: string | undefined;
  readonly entityId: string;
  readonly role: string | undefined;
  readonly createdMs: number;
  /** The life it was given, in seconds; 0 = without end. */
  readonly ttlSec: number;
  readonly expiresMs: number | undefined;
  readonly renewedMs: number | undefined;
  readonly renewable: boolean;
  /** Bounds of its whole life in seconds; 0 = none of its own. */
  readonly maxTtlSec: number;
  readonly explicitMaxTtlSec: number;
  /** A periodic token is renewed by this much, without a maximum; 0 = not periodic. */
  readonly periodSec: number;
}

/** How tokens made through `auth/token/create/{role}` are. */
export interface TokenRole {
  readonly name: string;
  readonly allowedPolicies: readonly string[];
  readonly disallowedPolicies: readonly string[];
  readonly orphan: boolean;
  readonly renewable: boolean;
  readonly pathSuffix: string;
  readonly noDefaultPolicy: boolean;
  readonly periodSec: number;
  readonly explicitMaxTtlSec: number;
  readonly numUses: number;
}

/** Something that was lent out and is taken back when it ends, when its token ends, or when it is asked for. */
export interface Lease {
  /** `{path}/{random}` */
  readonly id: string;
  readonly path: string;
  /** The mount that knows how to take it back. */
  readonly mountUuid: string;
  readonly tokenId: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly renewedMs: number | undefined;
  readonly renewable: boolean;
  /** What the engine needs to renew it and to take it back. */
  readonly data: JsonObject;
  /** It is over, and what it gave has still to be taken back. */
  readonly revoking: boolean;
}

/** An answer that is kept until the one who holds its token fetches it. */
export interface WrappedAnswer {
  readonly answer: JsonObject;
  readonly accessor: string;
  readonly path: string;
  readonly createdMs: number;
  readonly ttlSec: number;
}

/** A version of a KV 2 secret. Moments are texts, as they are shown. */
export interface KvVersion {
  /** `null` once destroyed. */
  readonly data: JsonObject | null;
  readonly createdTime: string;
  readonly deletionTime: string;
  readonly destroyed: boolean;
}

/** A KV 2 secret with its versions. */
export interface KvSecret {
  readonly versions: Readonly<Record<string, KvVersion>>;
  readonly currentVersion: number;
  readonly oldestVersion: number;
  readonly createdTime: string;
  readonly updatedTime: string;
  readonly maxVersions: number;
  readonly casRequired: boolean;
  readonly deleteAfterSec: number;
}

/** Who the server is. */
export interface ServerIdentity {
  readonly clusterName: string;
  readonly clusterId: string;
}

/**
 * The tables of a server. A key begins with the uuid of the mount it belongs to, where it belongs to one. What only one
 * engine knows is an object to the rest: each engine gives its own records their type.
 */
export interface Tables {
  readonly server: ServerIdentity;
  readonly mounts: Mount;
  readonly policies: PolicyRecord;
  readonly tokens: Token;
  readonly tokenRoles: TokenRole;
  readonly leases: Lease;
  readonly wraps: WrappedAnswer;
  readonly kv1: JsonObject;
  readonly kv2: KvSecret;
  readonly engine: JsonObject;
}

/** Name of a table. */
export type TableName = keyof Tables;
