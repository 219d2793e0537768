import type { Fleet } from '../../fleet/harness/fleet.js';
import type { FleetHost } from '../../fleet/harness/fleet-host.js';

/** After which the slots of a host run elsewhere. */
export interface ClusterFault {
  readonly label: string;
  readonly inject: (fleet: Fleet, host: FleetHost) => Promise<void>;
  readonly mend: (fleet: Fleet, host: FleetHost) => Promise<void>;
  /** What is promised for the median, milliseconds; absent: nothing is. */
  readonly limits?: { readonly exclusive: number; readonly shared: number };
}

/** The agents' defaults: see `docs/guarantees.md`. */
const DETECT_MS = 3_000;
const LOCK_DELAY_MS = 7_000;
const MARGIN_MS = 1_000;

/** In the order of the table. */
export const CLUSTER_FAULTS: readonly ClusterFault[] = [
  {
    label: 'agent killed',
    inject: (_, { agent }) => agent.kill(),
    mend: async (_: Fleet, { agent }: FleetHost): Promise<void> => {
      agent.start();
      return Promise.resolve();
    },
    limits: { exclusive: DETECT_MS + LOCK_DELAY_MS + MARGIN_MS, shared: DETECT_MS + MARGIN_MS },
  },
  { label: 'host power loss', inject: (_, host) => host.powerOff(), mend: (_, host) => host.boot() },
  { label: 'host cut off', inject: (_, host) => host.cut(), mend: (_, host) => host.mend() },
  {
    label: 'host frozen, then thawed',
    inject: (_, host) => host.freeze(),
    mend: async (_: Fleet, host: FleetHost): Promise<void> => {
      host.thaw();
      return Promise.resolve();
    },
  },
  {
    label: 'host drained',
    inject: ({ cluster }, { name }) => cluster.drains.put(name, { since: new Date().toISOString() }),
    mend: async ({ cluster }: Fleet, { name }: FleetHost): Promise<void> => {
      await cluster.drains.remove(name);
    },
  },
];
