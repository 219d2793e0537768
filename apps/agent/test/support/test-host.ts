import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { createDocker } from '@raftainer/docker';
import { LABELS } from '@raftainer/planner';
import { eventually, freePort, startConsul, uniqueName } from '@raftainer/testing';

import { GUARD_NAMES, guardFiles } from '../../src/guard/protocol.js';
import { AgentProcess } from './agent-process.js';

import type { Cluster, SlotStatus } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { ContainerSummary, Docker } from '@raftainer/docker';
import type { RealConsul } from '@raftainer/testing';

/**
 * A machine that runs many tests starts an agent slowly: what a restart takes there must not cost the claims. Tests of the
 * lease itself use its defaults.
 */
const PATIENT_TERMS = {
  RAFTAINER_CHECK_TTL: '20s',
  RAFTAINER_LOCK_DELAY: '24s',
  RAFTAINER_FENCE_AFTER: '20s',
  RAFTAINER_FENCE_STOP_TIMEOUT: '4s',
  RAFTAINER_CRASH_HOLD: '20s',
};

/** The lease's own defaults, for tests of the lease itself. */
export const LEASE_DEFAULTS = {
  RAFTAINER_CHECK_TTL: '3s',
  RAFTAINER_LOCK_DELAY: '7s',
  RAFTAINER_FENCE_AFTER: '4.5s',
  RAFTAINER_FENCE_STOP_TIMEOUT: '2.5s',
};

/** What a test may want different. */
export interface TestHostOptions {
  /** `real` starts a Consul server; `embedded` leaves it to the agent. Default `real`. */
  readonly consul?: 'real' | 'embedded';
  /** Use this Consul instead of an own one; it is not stopped. */
  readonly sharedConsul?: { readonly host: string; readonly port: number };
  readonly environment?: Readonly<Record<string, string>>;
  /** Another engine than the machine's. */
  readonly dockerHost?: string;
  readonly hostname?: string;
  /** Start the agent at once. Default true. */
  readonly start?: boolean;
}

/**
 * One host with a real agent process, a real engine and a Consul. Every host has a name of its own, so all that its
 * agent makes carries a label of its own and tests can share one engine.
 */
export class TestHost {
  readonly name: string;
  readonly agent: AgentProcess;
  readonly docker: Docker;
  readonly consul: ConsulClient;
  readonly cluster: Cluster;
  readonly consulPort: number;
  readonly realConsul: RealConsul | undefined;
  readonly stateDir: string;

  private constructor(parts: {
    readonly name: string;
    readonly stateDir: string;
    readonly consulPort: number;
    readonly consulHost: string;
    readonly realConsul: RealConsul | undefined;
    readonly options: TestHostOptions;
  }) {
    const { options, consulPort, consulHost } = parts;
    this.name = parts.name;
    this.stateDir = parts.stateDir;
    this.consulPort = consulPort;
    this.realConsul = parts.realConsul;
    const external: Record<string, string> =
      options.consul === 'embedded' ? { RAFTAINER_VAULT: 'none' } : { RAFTAINER_CONSUL_HOST: consulHost };
    this.agent = new AgentProcess({
      HOSTNAME: this.name,
      RAFTAINER_STATE_DIR: this.stateDir,
      RAFTAINER_CONSUL_PORT: String(consulPort),
      ...PATIENT_TERMS,
      ...external,
      ...(options.dockerHost === undefined ? {} : { DOCKER_HOST: options.dockerHost }),
      ...options.environment,
    });
    this.docker = createDocker(options.dockerHost === undefined ? {} : { host: options.dockerHost });
    this.consul = createConsul({ host: consulHost, port: consulPort });
    this.cluster = createCluster(this.consul);
  }

  static async create(options: TestHostOptions = {}): Promise<TestHost> {
    const name = options.hostname ?? uniqueName('host');
    const stateDir = await mkdtemp(join(tmpdir(), 'raftainer-agent-'));
    const wantsReal = options.consul !== 'embedded' && options.sharedConsul === undefined;
    const realConsul = wantsReal ? await startConsul() : undefined;
    const consulHost = options.sharedConsul?.host ?? realConsul?.host ?? '127.0.0.1';
    const consulPort = options.sharedConsul?.port ?? realConsul?.port ?? (await freePort());
    const host = new TestHost({ name, stateDir, consulPort, consulHost, realConsul, options });
    if (options.start !== false) host.agent.start();
    return host;
  }

  /** Stores a definition, as `consul kv put` would; waits for a Consul that is still starting. */
  async put(definition: { readonly name: string; readonly [field: string]: unknown }): Promise<void> {
    await eventually(() => this.cluster.pods.put(definition.name, definition), { timeoutMs: 30_000 });
  }

  /** Stores any text under the pod's key. */
  async putText(name: string, text: string): Promise<void> {
    await eventually(() => this.consul.kv.set(`raftainer/pods/configs/${name}`, text), { timeoutMs: 30_000 });
  }

  async containers(pod?: string): Promise<readonly ContainerSummary[]> {
    const labels = { [LABELS.host]: this.name, ...(pod === undefined ? {} : { [LABELS.pod]: pod }) };
    return this.docker.containers.list({ labels });
  }

  async status(pod: string, index = 0): Promise<SlotStatus | undefined> {
    const records = await this.cluster.statuses.listFor(pod);
    return records.find((record) => record.index === index)?.status;
  }

  /** Waits until a slot is published in one of the phases, and returns what is published. */
  async untilPhase(pod: string, phases: readonly SlotStatus['phase'][], index = 0): Promise<SlotStatus> {
    return eventually(
      async () => {
        const status = await this.status(pod, index);
        if (status !== undefined && phases.includes(status.phase)) return status;
        throw new Error(
          `${pod}/${String(index)} is ${JSON.stringify(status)}; log:\n${this.agent.output.slice(-3_000)}`,
        );
      },
      { timeoutMs: 90_000 },
    );
  }

  async untilRunning(pod: string, index = 0): Promise<SlotStatus> {
    return this.untilPhase(pod, ['running', 'healthy'], index);
  }

  /** Waits until nothing of a pod is left. */
  async untilGone(pod: string): Promise<void> {
    await eventually(
      async () => (await this.containers(pod)).length === 0 && (await this.networks(pod)).length === 0,
      { timeoutMs: 90_000 },
    );
  }

  /** Process ids of the guards, 0 for one that is not there. */
  async guardPids(): Promise<readonly number[]> {
    const files = GUARD_NAMES.map((name) => guardFiles(this.stateDir, name).pid);
    const pids = files.map(async (file) =>
      Number((await readFile(file, 'utf8').catch(() => '0')).split(' ')[0]),
    );
    return Promise.all(pids);
  }

  /** Kills the guards, which outlive their agent on purpose. */
  async endGuards(): Promise<void> {
    for (const pid of await this.guardPids()) {
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }

  async networks(pod?: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const labels = { [LABELS.host]: this.name, ...(pod === undefined ? {} : { [LABELS.pod]: pod }) };
    return this.docker.networks.list({ labels });
  }

  /** What this host refuses, and why. */
  async refusals(pod: string): Promise<readonly string[]> {
    const all = await this.cluster.verdicts.list();
    const verdicts = all.find((record) => record.host === this.name)?.verdicts ?? [];
    return verdicts
      .filter((verdict) => verdict.pod === pod)
      .flatMap((verdict) => [...verdict.failures.map(({ message }) => message), ...(verdict.problems ?? [])]);
  }

  /** Ends the agent and removes everything that carries this host's label, volumes included. */
  async close(): Promise<void> {
    await this.agent.end('SIGKILL');
    await this.endGuards();
    const containers = await this.containers();
    await Promise.all(
      containers.map(({ id }) => this.docker.containers.remove(id, { force: true, volumes: true })),
    );
    for (const { id } of await this.networks()) await this.docker.networks.remove(id);
    const volumes = await this.docker.volumes.list({ labels: { [LABELS.host]: this.name } });
    for (const { name } of volumes) await this.docker.volumes.remove(name);
    this.consul.close();
    this.docker.close();
    await this.realConsul?.stop();
    // A guard that was only just started, and so was not there to be ended, may still write its first files.
    await rm(this.stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
