import { haveSameEngine } from '../presence/machine.js';

import type { Machine } from '../presence/machine.js';
import type { StoredSessions } from '../presence/session-memory.js';

/** What is known of the name that this host had in its last run. */
export interface RenameFacts {
  /** As the state directory says. */
  readonly stored: StoredSessions | undefined;
  /** What the host is called now. */
  readonly host: string;
  readonly machine: Machine;
  /** Who holds the former name in the cluster: a session of the last run, or any other. */
  readonly holder: 'nobody' | 'last run' | 'another';
  /** A session of the last run lives. */
  readonly isAlive: boolean;
  /** It lives because guards of this state directory keep it, or because nobody else could. */
  readonly isKeptHere: boolean;
  readonly waitedMs: number;
  /** Longer than a session lives that nobody keeps. */
  readonly patienceMs: number;
}

/** What becomes of what the host left under its former name. */
export type RenameStep =
  | { readonly kind: 'none' }
  /** It is not known yet. */
  | { readonly kind: 'wait'; readonly why: string }
  /** It is this host's own, and goes. */
  | { readonly kind: 'clear' }
  /** It is not, or not provably. With `byHand`, people may remove it. */
  | { readonly kind: 'leave'; readonly why: string; readonly byHand: boolean };

/**
 * Whether what carries the former name on this engine and in Consul is this host's own. A state directory can be a copy,
 * and so can the data of an engine: nothing goes that an agent which lives somewhere else may count on.
 */
export function afterRename(facts: RenameFacts): RenameStep {
  const { stored, host, machine, holder } = facts;
  if (stored === undefined || stored.host === host) return { kind: 'none' };
  if (stored.machine?.engineId === undefined)
    return leave('its last run was of a version that did not note on which Docker engine it worked');
  if (machine.engineId === undefined) return { kind: 'wait', why: 'the Docker engine does not answer yet' };
  if (!haveSameEngine(stored.machine, machine)) return leave('it worked on another Docker engine');
  if (holder === 'another') return livesElsewhere(stored.host);
  if (!facts.isAlive || facts.isKeptHere) return { kind: 'clear' };
  return facts.waitedMs < facts.patienceMs
    ? { kind: 'wait', why: 'its sessions live, and no guard of this state directory keeps them' }
    : livesElsewhere(stored.host);
}

function leave(why: string): RenameStep {
  return { kind: 'leave', why, byHand: true };
}

function livesElsewhere(former: string): RenameStep {
  const why = `another agent is present as ${former}, of which this state directory may be a copy`;
  return { kind: 'leave', why, byHand: false };
}
