import { ANY_TIME, BEYOND_LEASE, BEYOND_LOCK_DELAY, MOMENT } from './fault.js';

import type { Fleet } from '../harness/fleet.js';
import type { FleetHost } from '../harness/fleet-host.js';
import type { Fault } from './fault.js';

/** Undoes nothing: what was broken mends itself. */
const mendsItself = async (): Promise<void> => Promise.resolve();

/** All faults under which at most one is promised. */
export const FAULTS = {
  agentKilled: {
    what: 'its agent is killed',
    scope: 'host',
    lasts: ANY_TIME,
    inject: (_, { agent }) => agent.kill(),
    mend: atOnce(({ agent }) => {
      agent.start();
    }),
  },
  agentRestarted: {
    what: 'its agent is killed, under a supervisor',
    scope: 'host',
    lasts: [MOMENT],
    inject: async (_, { agent }) => {
      agent.supervise(true);
      await agent.kill();
    },
    mend: supervisedNoMore,
  },
  agentFrozen: {
    what: 'its agent is frozen',
    scope: 'host',
    lasts: ANY_TIME,
    inject: atOnce(({ agent }) => {
      agent.freeze();
    }),
    mend: atOnce(({ agent }) => {
      agent.thaw();
    }),
  },
  guardKilled: {
    what: 'one of its guards is killed',
    scope: 'host',
    lasts: [MOMENT],
    inject: atOnce(({ guards }) => {
      guards.at(-1)?.kill();
    }),
    mend: mendsItself,
  },
  agentAndGuardKilled: {
    what: 'its agent and one of its guards are killed',
    scope: 'host',
    lasts: ANY_TIME,
    // All three at once are more than is promised: while one guard is being replaced, the other is left.
    inject: (_, host) => host.killAgentAndGuards(host.guards.every(({ isSettled }) => isSettled) ? 1 : 0),
    mend: atOnce(({ agent }) => {
      agent.start();
    }),
  },
  consulKilled: {
    what: 'its Consul agent is killed',
    scope: 'host',
    lasts: ANY_TIME,
    inject: (_, { consul }) => consul.kill(),
    mend: atOnce(({ consul }) => {
      consul.start();
    }),
  },
  cut: {
    what: 'it is cut off',
    scope: 'host',
    lasts: ANY_TIME,
    inject: (_, host) => host.cut(),
    mend: (_, host) => host.mend(),
  },
  frozen: {
    what: 'it is frozen',
    scope: 'host',
    lasts: ANY_TIME,
    inject: (_, host) => host.freeze(),
    mend: atOnce((host) => {
      host.thaw();
    }),
  },
  powerLost: {
    what: 'it loses power',
    scope: 'host',
    lasts: [MOMENT, BEYOND_LOCK_DELAY],
    inject: (_, host) => host.powerOff(),
    mend: (_, host) => host.boot(),
  },
  engineKilled: {
    what: 'its engine is killed',
    scope: 'host',
    lasts: ANY_TIME,
    inject: (_, { engine }) => engine.kill(),
    mend: (_, { engine }) => engine.start(),
  },
  engineFrozen: {
    what: 'its engine is frozen',
    scope: 'host',
    lasts: ANY_TIME,
    inject: atOnce(({ engine }) => {
      engine.freeze();
    }),
    mend: atOnce(({ engine }) => {
      engine.thaw();
    }),
  },
  leaderKilled: {
    what: 'the leader is killed',
    scope: 'servers',
    lasts: [MOMENT, BEYOND_LEASE],
    inject: async ({ servers }) => {
      await servers.killLeader();
    },
    mend: ({ servers }) => servers.startAll(),
  },
  serversKilled: {
    what: 'all of them are killed',
    scope: 'servers',
    lasts: [MOMENT, BEYOND_LEASE],
    inject: ({ servers }) => servers.killAll(),
    mend: ({ servers }) => servers.startAll(),
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** All names, in the order of the table. */
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

function supervisedNoMore(_: Fleet, { agent }: FleetHost): Promise<void> {
  // It may be between its death and its next start.
  agent.start();
  agent.supervise(false);
  return Promise.resolve();
}

/** For what takes no time. */
function atOnce(act: (host: FleetHost) => void): Fault['inject'] {
  return (_, host) => {
    act(host);
    return Promise.resolve();
  };
}
