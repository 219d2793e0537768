import type { CallOptions } from '../call-options.js';

/** What becomes of the keys that an ended session had locked: kept without a lock, or deleted. */
export type SessionBehavior = 'release' | 'delete';

/** A session to be made. */
export interface SessionOptions {
  /** For people reading the list of sessions. */
  readonly name: string;
  /**
   * 10 000 to 86 400 000 ms. Consul ends a session that is not renewed between one and two TTLs after its last
   * renewal. Absent: no TTL.
   */
  readonly ttlMs?: number;
  /** How long a lock stays closed after its session was invalidated (not after a release). Default 15 000, at most 60 000. */
  readonly lockDelayMs?: number;
  /** Default `release`. */
  readonly behavior?: SessionBehavior;
  /**
   * Ids of checks of this node, service checks included: when one turns critical the session ends. In addition
   * to `serfHealth`, the node's own, to which Consul 1.7 and later bind every session.
   */
  readonly checks?: readonly string[];
  /** Node that the session belongs to. Default: the agent's own. */
  readonly node?: string;
}

/** A session as Consul knows it. */
export interface SessionInfo {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  /** Absent: it has no TTL. */
  readonly ttlMs?: number;
  readonly lockDelayMs: number;
  readonly behavior: SessionBehavior;
  /** Ids of node and service checks together. */
  readonly checks: readonly string[];
  readonly createIndex: number;
}

/** A session to be made or resumed, and kept alive. */
export interface HoldOptions extends SessionOptions, CallOptions {
  /** Required here: a held session is renewed well within it. */
  readonly ttlMs: number;
  /** Time between proofs that it lives. Default: a third of `ttlMs`, at most that. Neither they nor renewals write in Consul. */
  readonly renewEveryMs?: number;
  /**
   * Called for every proof, which is a consistent read of the session, with the time it was asked for, in milliseconds of
   * `performance.now()`.
   */
  readonly onRenewed?: (sentAt: number) => void;
  /** Use this session when it still lives, instead of making one. Its own TTL, lock delay and checks stay as they are. */
  readonly resumeId?: string;
}

/** A session that is renewed in the background. End it with `release()` or `detach()`. */
export interface HeldSession {
  readonly id: string;
  /** True when `resumeId` was still alive and is used. */
  readonly resumed: boolean;
  /** Of the session as it was made: one that is resumed keeps its own, whatever is asked for now. In milliseconds. */
  readonly lockDelayMs: number;
  /**
   * Aborts, with a `CONSUL_SESSION_LOST` error as its reason, when the session is gone, or when no renewal
   * succeeded for one TTL. Not by `release()` or `detach()`.
   */
  readonly lost: AbortSignal;
  /** When the last proof (or the creation) was asked for, in milliseconds of `performance.now()`. */
  readonly lastRenewedAt: number;
  /** Stops renewing and ends the session. Keys that it still holds stay closed for its lock delay: release them before. */
  release(options?: CallOptions): Promise<void>;
  /** Stops renewing and leaves the session: it lives for its TTL, to be resumed by `resumeId`. */
  detach(): void;
}

/** Consul's sessions: what locks hang on. */
export interface Sessions {
  /** Makes a session, and returns its id. Throws `CONSUL_SESSION_REFUSED` when a check is missing or critical. */
  create(options: SessionOptions, call?: CallOptions): Promise<string>;
  /** Renews; undefined when the session is gone. */
  renew(id: string, options?: CallOptions): Promise<SessionInfo | undefined>;
  /** Ends a session. One that is gone is no error. */
  destroy(id: string, options?: CallOptions): Promise<void>;
  /** The session, or undefined when it is gone. */
  info(id: string, options?: CallOptions): Promise<SessionInfo | undefined>;
  /** All sessions of the datacenter. */
  list(options?: CallOptions): Promise<readonly SessionInfo[]>;
  /** Makes or resumes a session and keeps it alive. */
  hold(options: HoldOptions): Promise<HeldSession>;
}
