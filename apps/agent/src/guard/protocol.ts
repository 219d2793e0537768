import { join } from 'node:path';

import type { LeaseMessage, Proof } from '../lease/fence-book.js';
import type { ConsulOptions } from '@raftainer/consul';
import type { FenceEvent } from './fence-deeds.js';

/** How the containers to be fenced are known. */
export interface FencedLabels {
  /** They carry all of these. */
  readonly labels: Readonly<Record<string, string>>;
  /** The label with the time between their stop signal and SIGKILL in an ordinary stop, in milliseconds. */
  readonly graceLabel: string;
}

/** Of this shape of the messages below. Guard and agent that have different ones say no more than `hello` and `retire`. */
export const PROTOCOL = 2;

/** What the agent tells its guard: one JSON value a line. */
export type ToGuard =
  /** First of all: who speaks, for whom to guard, and by which terms. */
  | {
      readonly kind: 'hello';
      readonly fenced: FencedLabels;
      readonly stopTimeoutMs: number;
      readonly freeze?: boolean;
      /** How long what runs already may go on before its claim is proven; absent when that is not ours to judge. */
      readonly unprovenMs?: number;
      /** The agent's process. */
      readonly pid: number;
      /** An agent that says nothing for so long hangs. It says that it lives three times as often. */
      readonly silentAfterMs: number;
    }
  /** The agent lives, whatever becomes of its renewals. */
  | { readonly kind: 'alive' }
  | LeaseMessage
  /** How, and how long, claims are kept without an agent. */
  | HoldMessage
  /** Nothing is left to guard, or another guard takes over. */
  | { readonly kind: 'retire' };

/** A check that has to be passed regularly. */
export interface Beat {
  readonly checkId: string;
  readonly everyMs: number;
}

/** Keeping an agent's claims alive in its place: all that it takes, told before it is needed. */
export interface HoldMessage extends HoldTimes {
  readonly kind: 'hold';
  /** Where Consul is, with the token: this never leaves the socket in the state directory, which is its owner's only. */
  readonly consul: ConsulOptions;
  readonly exclusiveSession: string;
  readonly sharedSession: string;
  /** The agent's own service. */
  readonly serviceId: string;
  /** The folder that claims are in; ends with a slash. */
  readonly claimsFolder: string;
  /** What the agent passes while it lives. */
  readonly beats: readonly Beat[];
  readonly renewEveryMs: number;
  readonly fenceAfterMs: number;
}

/** How long claims are kept without an agent: the longest of what applies. */
export interface HoldTimes {
  /** From the moment when the agent is no longer heard of; 0: no time at all. */
  readonly crashMs: number;
  /** Until then, in monotonic milliseconds, for any number of agents: somebody asked for it. */
  readonly askedUntil?: number;
  /** Until then, for the next agent: this one was told to stop. Over when the next one has proven the claims. */
  readonly leftUntil?: number;
}

/** What the guard tells its agent. */
export type FromGuard =
  | {
      readonly kind: 'welcome';
      readonly pid: number;
      readonly version: string;
      /** What it may not do that a guard should, in words. */
      readonly lacks?: readonly string[];
      /** Absent: one from before there were several. */
      readonly protocol?: number;
      /** The longest hold that somebody asked for and that is not over. */
      readonly askedUntil?: number;
    }
  /** Every message is answered: a guard that does not answer is none. */
  | { readonly kind: 'ack' }
  | { readonly kind: 'fenced'; readonly event: FenceEvent }
  /** What the guard has proven in the place of an agent that hung: it may go on where it was. */
  | { readonly kind: 'proven'; readonly proof: Proof };

/** Two that know nothing of each other: what kills the agent and one of them leaves the other. */
export const GUARD_NAMES = ['guard-1', 'guard-2'] as const;

export type GuardName = (typeof GUARD_NAMES)[number];

/** What a guard has in the state directory. */
export interface GuardFiles {
  /** Where it meets the agent. */
  readonly socket: string;
  /** Its process id and the moment of its start, for whoever supervises it. */
  readonly pid: string;
  /** A log of its own, because whoever reads the agent's may end with it. */
  readonly log: string;
}

/** Paths of the files of a guard. */
export function guardFiles(stateDir: string, name: GuardName): GuardFiles {
  const file = (extension: string): string => join(stateDir, `${name}.${extension}`);
  return { socket: file('sock'), pid: file('pid'), log: file('log') };
}
