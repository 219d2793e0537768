import { steadyNow } from '../clock.js';

import type { Issued, IssuedSource, Material } from './material.js';
import type { Trouble } from './kv-entry.js';
import type { SourceId } from './source-id.js';
import type { VaultClient } from '@raftainer/vault';

/** A source that Vault makes something for, and as who it is asked. */
export interface LeaseQuestion {
  readonly id: SourceId;
  readonly source: IssuedSource;
  readonly client: VaultClient;
}

/** Credentials or a certificate that the slot has. */
export interface LeasedEntry {
  /** Absent until somebody asks: what an earlier run of the agent got is only known by its lease. */
  question?: LeaseQuestion;
  /** Absent for what an earlier run got. */
  material?: Material;
  /** When the material was got, in steady milliseconds. */
  changedAt: number;
  lease?: string;
  /** Of the token that the lease was issued under. */
  accessor?: string;
  /** An earlier run of the agent got it, under another login. */
  adopted: boolean;
  /** End of lease or certificate when nothing is done, in milliseconds since 1970. */
  expiresAt?: number;
  trouble?: Trouble;
  stop: () => void;
  rotating: boolean;
}

/** A new entry, before anything keeps it. */
export function entryOf(question: LeaseQuestion, { material, lease, expiresAt }: Issued): LeasedEntry {
  const { accessor } = question.client.tokenState();
  return {
    ...{ question, material, changedAt: steadyNow(), adopted: false, rotating: false },
    ...(lease === undefined ? {} : { lease: lease.id }),
    ...(lease === undefined || accessor === undefined ? {} : { accessor }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    stop: () => undefined,
  };
}

/** The token that the lease was issued under is not the one in use any more, or has ended. */
export function endedWithToken({ accessor, question, lease }: LeasedEntry): boolean {
  if (lease === undefined || accessor === undefined || question === undefined) return false;
  const state = question.client.tokenState();
  return state.state === 'lost' || (state.accessor !== undefined && state.accessor !== accessor);
}
