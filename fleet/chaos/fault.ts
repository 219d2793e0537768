import type { Fleet } from '../harness/fleet.js';
import type { FleetHost } from '../harness/fleet-host.js';

/** What can be done to a fleet and undone again. */
export interface Fault {
  /** As the report says it, after the name of what it happens to. */
  readonly what: string;
  /** To one of the hosts, to the Consul servers, to the definitions, or to all hosts while nothing else is under way. */
  readonly scope: 'host' | 'servers' | 'edits' | 'all';
  /** How long it lasts, in milliseconds: one of these ranges. Within the lease, beyond it, beyond the lock delay. */
  readonly lasts: readonly (readonly [number, number])[];
  readonly inject: (fleet: Fleet, host: FleetHost, tools: ChaosTools) => Promise<void>;
  readonly mend: (fleet: Fleet, host: FleetHost, tools: ChaosTools) => Promise<void>;
}

/** What is at hand beside the fleet. */
export interface ChaosTools {
  /** The image of all pods. */
  readonly image: string;
  /** Path of the program of another version of the agent. */
  readonly otherVersion: `/${string}`;
}

export const MOMENT = [300, 2_500] as const;
export const BEYOND_LEASE = [4_500, 8_000] as const;
export const BEYOND_LOCK_DELAY = [11_000, 22_000] as const;
export const ANY_TIME = [MOMENT, BEYOND_LEASE, BEYOND_LOCK_DELAY];
