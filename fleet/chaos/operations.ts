import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventually } from '@raftainer/testing';

import { CONSUL_PORT } from '../harness/consul-member.js';
import { brokenEdit, editedPod } from './edits.js';
import { ANY_TIME, BEYOND_LEASE, BEYOND_LOCK_DELAY, MOMENT } from './fault.js';

import type { FleetHost } from '../harness/fleet-host.js';
import type { ChaosTools, Fault } from './fault.js';

const CLI = fileURLToPath(new URL('../../apps/cli/bin/raftainer.js', import.meta.url));
const HELD_FOR = '12s';
const ANSWERS_WITHIN_MS = 30_000;
const LEAVES_WITHIN_MS = 10_000;
/** Longer than {@link CHAOS_ENVIRONMENT} has agents wait for their engine. */
const FOR_LONG = [14_000, 25_000] as const;

/** What chaos sets for agents, so that what takes long by default is seen in a short soak as well. */
export const CHAOS_ENVIRONMENT = { RAFTAINER_ENGINE_PATIENCE: '8s' } as const;

/** Terms of the lease that follow each other on a host: the defaults, longer ones, shorter ones. */
const TERMS: readonly Readonly<Record<string, string>>[] = [
  {
    RAFTAINER_LOCK_DELAY: '12s',
    RAFTAINER_FENCE_AFTER: '8s',
    RAFTAINER_FENCE_STOP_TIMEOUT: '3s',
  },
  {
    RAFTAINER_LOCK_DELAY: '5s',
    RAFTAINER_FENCE_AFTER: '3s',
    RAFTAINER_FENCE_STOP_TIMEOUT: '2s',
  },
  {},
];

/** What operators do, and what befalls all hosts at once. At most one is promised under each. */
export const OPERATIONS = {
  versionChanged: {
    what: 'its agent is stopped for another version',
    scope: 'host',
    lasts: ANY_TIME,
    inject: async (_, { agent }) => agent.end('SIGTERM'),
    mend: changeVersion,
  },
  versionChangedAfterKill: {
    what: 'its agent is killed, and back in another version',
    scope: 'host',
    lasts: ANY_TIME,
    inject: async (_, { agent }) => agent.kill(),
    mend: changeVersion,
  },
  termsChanged: {
    what: 'its agent is stopped for other terms of the lease',
    scope: 'host',
    lasts: ANY_TIME,
    inject: async (_, { agent }) => agent.end('SIGTERM'),
    mend: changeTerms,
  },
  agentHeld: {
    what: 'its claims are held, and its agent is stopped',
    scope: 'host',
    lasts: ANY_TIME,
    inject: async (_, { agent, stateFolder }) => {
      const words = [CLI, 'agent', 'hold', HELD_FOR, '--state-dir', stateFolder];
      await eventually(() => promisify(execFile)(process.execPath, words), { timeoutMs: ANSWERS_WITHIN_MS });
      await agent.end('SIGTERM');
    },
    mend: startAgent,
  },
  consulLeft: {
    what: 'its Consul agent leaves and is started again',
    scope: 'host',
    lasts: ANY_TIME,
    inject: leaveConsul,
    mend: async (_, { consul }) => {
      consul.start();
      return Promise.resolve();
    },
  },
  engineStopped: {
    what: 'its engine is stopped',
    scope: 'host',
    lasts: [BEYOND_LEASE, FOR_LONG],
    inject: async (_, { engine }) => engine.stop(),
    mend: async (_, { engine }) => engine.start(),
  },
  powerCut: {
    what: 'all hosts lose power',
    scope: 'all',
    lasts: [MOMENT, BEYOND_LOCK_DELAY],
    inject: async ({ hosts }) => {
      await Promise.all(hosts.map((host) => host.powerOff()));
    },
    mend: async ({ hosts }) => {
      await Promise.all(hosts.map((host) => host.boot()));
    },
  },
  editBroken: {
    what: 'an edit names an image that does not exist, and is reverted',
    scope: 'edits',
    lasts: [BEYOND_LEASE],
    inject: async (fleet, _, { image }) => {
      await eventually(() => fleet.apply(brokenEdit(image)), { timeoutMs: ANSWERS_WITHIN_MS });
    },
    mend: async (fleet, _, { image }) => {
      await eventually(() => fleet.apply(editedPod(image, 0)), { timeoutMs: ANSWERS_WITHIN_MS });
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type OperationName = keyof typeof OPERATIONS;

/** All names, in the order of the table. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as readonly OperationName[];

/** The other of two versions: an upgrade and a downgrade in turn. */
async function changeVersion(_: unknown, host: FleetHost, { otherVersion }: ChaosTools): Promise<void> {
  const { program, ...rest } = host.agentOptions;
  host.installAgent(program === otherVersion ? rest : { ...rest, program: otherVersion });
  await startAgent(_, host);
}

async function changeTerms(_: unknown, host: FleetHost): Promise<void> {
  const { environment = {}, ...rest } = host.agentOptions;
  const current = TERMS.findIndex((terms) => terms.RAFTAINER_LOCK_DELAY === environment.RAFTAINER_LOCK_DELAY);
  const others = Object.entries(environment).filter(([name]) => !(name in (TERMS[0] ?? {})));
  const terms = TERMS[(current + 1) % TERMS.length];
  host.installAgent({ ...rest, environment: { ...Object.fromEntries(others), ...terms } });
  await startAgent(_, host);
}

async function startAgent(_: unknown, { agent }: FleetHost): Promise<void> {
  agent.start();
  return Promise.resolve();
}

async function leaveConsul(_: unknown, { address, consul }: FleetHost): Promise<void> {
  const url = `http://${address}:${CONSUL_PORT}/v1/agent/leave`;
  // It may close the connection before it has answered. One that does not end by itself ends as one that crashed.
  await fetch(url, { method: 'PUT', signal: AbortSignal.timeout(LEAVES_WITHIN_MS) }).catch(() => undefined);
  const hard = setTimeout(() => void consul.kill(), LEAVES_WITHIN_MS);
  await consul.exited();
  clearTimeout(hard);
}
