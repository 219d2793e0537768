import { join } from 'node:path';

import type { LeaseMessage } from '../lease/fence-book.js';
import type { ConsulOptions } from '@raftainer/consul';
import type { FenceEvent } from './fencer.js';

/** How the containers to be fenced are known. */
export interface FencedLabels {
  /** They carry all of these. */
  readonly labels: Readonly<Record<string, string>>;
  /** The label with the time between their stop signal and SIGKILL in an ordinary stop, in milliseconds. */
  readonly graceLabel: string;
}

/** What the agent tells its guard: one JSON value a line. */
export type ToGuard =
  /** First of all: for whom to guard, and by which terms. */
  | {
      readonly kind: 'hello';
      readonly fenced: FencedLabels;
      readonly stopTimeoutMs: number;
      /** How long what runs already may go on before its claim is proven; absent when that is not ours to judge. */
      readonly unprovenMs?: number;
    }
  | LeaseMessage
  /** The claims are kept until then, also without an agent. */
  | HoldMessage
  /** Another guard takes over. */
  | { readonly kind: 'retire' };

/** Keeping an agent's claims alive in its place. */
export interface HoldMessage {
  readonly kind: 'hold';
  /** Monotonic milliseconds. */
  readonly until: number;
  /** Over as soon as the next agent takes the claims up; else it outlasts any number of agents. */
  readonly once: boolean;
  /** Where Consul is, with the token: this never leaves the socket in the state directory, which is its owner's only. */
  readonly consul: ConsulOptions;
  readonly exclusiveSession: string;
  readonly sharedSession: string;
  readonly serviceId: string;
  readonly checkId: string;
  readonly checkTtlMs: number;
  readonly renewEveryMs: number;
  readonly fenceAfterMs: number;
}

/** What the guard tells its agent. */
export type FromGuard =
  | {
      readonly kind: 'welcome';
      readonly pid: number;
      readonly version: string;
      /** What it may not do that a guard should, in words. */
      readonly lacks?: readonly string[];
    }
  /** Every message is answered: a guard that does not answer is none. */
  | { readonly kind: 'ack' }
  | { readonly kind: 'fenced'; readonly event: FenceEvent };

/** Two that know nothing of each other: what kills the agent and one of them leaves the other. */
export const GUARD_NAMES = ['guard-1', 'guard-2'] as const;

export type GuardName = (typeof GUARD_NAMES)[number];

/** What a guard has in the state directory. */
export interface GuardFiles {
  /** Where it meets the agent. */
  readonly socket: string;
  /** Its process id, for whoever supervises it. */
  readonly pid: string;
  /** A log of its own, because whoever reads the agent's may end with it. */
  readonly log: string;
}

/** Paths of the files of a guard. */
export function guardFiles(stateDir: string, name: GuardName): GuardFiles {
  const file = (extension: string): string => join(stateDir, `${name}.${extension}`);
  return { socket: file('sock'), pid: file('pid'), log: file('log') };
}
