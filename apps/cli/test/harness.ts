import { createCluster } from '@raftainer/cluster';
import { slotIdOf } from '@raftainer/pod-spec';
import type { Cluster, SlotPhase, SlotStatus } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { revisionOf } from '@raftainer/pod-spec';
import { startConsul } from '@raftainer/testing';
import type { TextSink } from '../src/io.js';
import { run } from '../src/run.js';

/** What one run of the command line left. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
  readonly onStdout?: (all: string) => void;
  readonly onStderr?: (all: string) => void;
}

/** Runs the command line in this process, with streams of its own. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const text = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr', tell?: (all: string) => void): TextSink => ({
    isTTY: options.isTTY ?? false,
    write: (chunk: string): Promise<void> => {
      text[name] += chunk;
      tell?.(text[name]);
      return Promise.resolve();
    },
  });
  const code = await run(argv, {
    stdout: sink('stdout', options.onStdout),
    stderr: sink('stderr', options.onStderr),
    stdin: stream(options.stdin ?? ''),
    env: { DOCKER_HOST: process.env.DOCKER_HOST, ...options.env },
    signal: options.signal ?? new AbortController().signal,
    now: Date.now,
  });
  return { code, ...text };
}

async function* stream(text: string): AsyncGenerator<string> {
  await Promise.resolve();
  yield text;
}

/** A Consul, its records, and a stand-in for the agents: it writes what they would write. */
export interface Fixture {
  readonly env: Readonly<Record<string, string>>;
  readonly consul: ConsulClient;
  readonly cluster: Cluster;
  /** Runs the command line against this Consul. */
  cli(argv: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Makes a host present. */
  joinHost(host: string): Promise<string>;
  /** Claims a slot for a session; gives the epoch. */
  claim(slot: { pod: string; index: number; session: string }, host: string): Promise<number>;
  /** Reports a slot that is held, with the pod's present revision. */
  report(pod: string, index: number, more: Partial<SlotStatus> & { phase: SlotPhase }): Promise<void>;
  stop(): Promise<void>;
}

export const SERVERS = [
  { name: 'a real Consul', start: (): Promise<Fixture> => fixture(startConsul) },
  { name: 'the embedded server', start: (): Promise<Fixture> => fixture(startEmbedded) },
] as const;

async function startEmbedded(): Promise<{ host: string; port: number; stop(): Promise<void> }> {
  const server = await startEmbeddedConsul({ port: 0 });
  return { host: server.host, port: server.port, stop: () => server.close() };
}

async function fixture(start: typeof startEmbedded): Promise<Fixture> {
  const server = await start();
  const consul = createConsul({ host: server.host, port: server.port });
  const cluster = createCluster(consul);
  const env = { CONSUL_HTTP_ADDR: `${server.host}:${server.port}` };
  const revision = async (pod: string): Promise<string> => {
    const record = await cluster.pods.get(pod);
    return record?.result.ok === true ? revisionOf(record.result.pod) : 'none';
  };
  const since = new Date().toISOString();
  return {
    env,
    consul,
    cluster,
    cli: (argv, options = {}) => cli(argv, { ...options, env: { ...env, ...options.env } }),
    joinHost: async (host) => {
      const session = await consul.sessions.create({
        name: host,
        ttlMs: 60_000,
        lockDelayMs: 0,
        behavior: 'release',
      });
      await cluster.hosts.acquire(session, hostRecord(host));
      return session;
    },
    claim: async (slot, host) => {
      const info = { host, revision: await revision(slot.pod), since };
      if (!(await cluster.claims.acquire(slot, info))) {
        throw new Error(`${slotIdOf(slot)} is not free`);
      }
      return (await cluster.claims.get(slot.pod, slot.index))!.epoch;
    },
    report: async (pod, index, more) => {
      const claim = (await cluster.claims.get(pod, index))!;
      await cluster.statuses.put({
        pod,
        index,
        host: claim.info?.host ?? 'unknown',
        containers: [],
        restarts: 0,
        revision: await revision(pod),
        epoch: claim.epoch,
        since: new Date().toISOString(),
        ...more,
      });
    },
    stop: async () => {
      consul.close();
      await server.stop();
    },
  };
}

function hostRecord(host: string): Parameters<Cluster['hosts']['acquire']>[1] {
  return {
    host,
    internalIp: '10.0.0.1',
    agentVersion: '0.1.0',
    facts: {
      hostname: host,
      cpu: { cores: 4, architecture: 'x86_64' },
      memory: { totalBytes: 8e9 },
      disk: { totalBytes: 1e11 },
      os: { platform: 'linux' },
      kernel: { version: '6.1.0' },
      labels: {},
      gpus: [],
    },
    labels: {},
    instance: host,
    since: '2026-01-01T00:00:00Z',
  };
}
