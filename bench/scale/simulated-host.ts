import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { createConsul } from '@raftainer/consul';
import { silentLogger } from '@raftainer/logger';

import { Agent } from '../../apps/agent/src/agent.js';
import { DEFAULT_LEASE_TERMS } from '../../apps/agent/src/lease/lease-terms.js';
import { StateDir } from '../../apps/agent/src/presence/state-dir.js';
import { SecretState } from '../../apps/agent/src/secrets/secret-state.js';
import { createStandInEngine } from './stand-in-engine.js';

import type { RunningSlot } from './stand-in-containers.js';
import type { Config } from '../../apps/agent/src/config/config.js';
import type { CycleTimes } from '../../apps/agent/src/loop.js';
import type { Host } from '../../apps/agent/src/observe/host.js';
import type { HostView } from '@raftainer/planner';

/** One of the hosts to simulate. */
export interface SimulatedHostOptions {
  readonly name: string;
  /** Of Consul, on loopback. */
  readonly consulPort: number;
  /** State directories are made in this folder. */
  readonly folder: string;
  /** How long each host waits for the one before it in the ranking, in milliseconds. */
  readonly claimStepMs: number;
  readonly onCycle: (times: CycleTimes) => void;
}

/** An agent and its engine. */
export interface SimulatedHost {
  readonly name: string;
  readonly running: () => readonly RunningSlot[];
  readonly stop: () => Promise<void>;
}

/** Hundreds of agents share one thread: their sessions must not lapse while others work. */
const SESSION_TTL_MS = 120_000;
const GIB = 2 ** 30;

/** Starts the agent itself, as it is, on a host that is made up: its facts, its engine and its network. */
export async function startSimulatedHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const { name, consulPort, folder, onCycle, claimStepMs } = options;
  const consul = createConsul({ host: '127.0.0.1', port: consulPort, maxSockets: 4, timeoutMs: 120_000 });
  const docker = createStandInEngine();
  const stateDir = await StateDir.open(join(folder, name));
  const config = configOf(name, { consulPort, stateDir: stateDir.path });
  const instance = randomUUID();
  const agent = new Agent({
    ...{ config, consul, docker, stateDir, instance, onCycle, claimStepMs },
    secretState: await SecretState.open(stateDir),
    logger: silentLogger,
    version: 'simulated',
    environment: {},
    answersForRunning: false,
    host: madeUpHost(config, instance),
  });
  // Reported by `stop`.
  agent.finished.catch(() => undefined);
  return {
    name,
    running: () => docker.running,
    stop: async () => {
      await agent.stop({ pods: 'keep' });
      consul.close();
      await stateDir.close();
    },
  };
}

/** "Embedded" is what it is: no guard is started, as nothing of this outlives the process. */
function configOf(host: string, place: { readonly consulPort: number; readonly stateDir: string }): Config {
  return {
    host,
    labels: {},
    ...{ internalIp: '127.0.0.1', secureIp: '127.0.0.1' },
    fastStartup: false,
    enginePatienceMs: 30_000,
    returnMs: 60_000,
    portRange: { from: 20_000, to: 31_999 },
    podSubnets: { range: '10.213.0.0/16', prefixLength: 28 },
    concurrency: 6,
    stateDir: place.stateDir,
    lease: { ...DEFAULT_LEASE_TERMS, sessionTtlMs: SESSION_TTL_MS, fenceAfterMs: SESSION_TTL_MS },
    consul: { kind: 'embedded', port: place.consulPort },
    vault: { kind: 'none' },
    secrets: { directory: join(place.stateDir, 'secrets'), pollMs: 60_000, splayMs: 0 },
    log: { level: 'silent', format: 'json' },
  };
}

function madeUpHost(config: Config, instance: string): Host {
  const { host, secureIp, internalIp, portRange, podSubnets, labels } = config;
  const view: HostView = {
    name: host,
    facts: {
      hostname: host,
      cpu: { cores: 32, architecture: 'amd64' },
      memory: { totalBytes: 128 * GIB },
      disk: { totalBytes: 1_000 * GIB },
      os: { platform: 'linux' },
      kernel: { version: '6.1.0' },
      labels: {},
      gpus: [],
    },
    ...{ secureIp, internalIp, portRange, podSubnets },
  };
  const about = { agentVersion: 'simulated', labels, instance, since: new Date().toISOString() };
  return {
    view: async () => Promise.resolve(view),
    record: async () => Promise.resolve({ host, secureIp, internalIp, facts: view.facts, ...about }),
    network: async () => Promise.resolve({ listening: [], routes: [] }),
  };
}
