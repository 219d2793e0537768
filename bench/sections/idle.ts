import { setTimeout as sleep } from 'node:timers/promises';

import { freePort, startConsul } from '@raftainer/testing';

import { BenchAgent } from '../harness/bench-agent.js';
import { lastWrite } from '../harness/last-write.js';
import { podNames, PodStore } from '../harness/pods.js';
import { usageOf } from '../harness/process-usage.js';
import { RecordingProxy } from '../harness/recording-proxy.js';
import { plainAddress } from '../peers/engine-api.js';
import { requestTable, resourceTable } from './idle-tables.js';

import type { Ground } from '../harness/ground.js';
import type { ProcessUsage } from '../harness/process-usage.js';
import type { Upstream } from '../harness/recording-proxy.js';
import type { Section } from '../report/section.js';
import type { Activity, IdleResult } from './idle-tables.js';

/** Where one of the agents runs, and what can be counted there. */
interface Setting {
  readonly label: 'real Consul' | 'embedded Consul';
  readonly agent: BenchAgent;
  readonly store: PodStore;
  /** Of Consul itself, past any proxy. */
  readonly consulPort: number;
  readonly docker: RecordingProxy | undefined;
  /** Absent when Consul is within the agent. */
  readonly consul: RecordingProxy | undefined;
}

/** After a deployment statuses are still published and checks passed for the first time. */
const CALM_MS = 10_000;

/** An agent with many running containers and nothing to do, on a real Consul and on the embedded one. */
export async function measureIdle(ground: Ground): Promise<Section> {
  const results: IdleResult[] = [];
  for (const prepare of [onRealConsul, onEmbeddedConsul]) {
    const setting = await prepare(ground);
    results.push(await measureSetting(ground, setting));
    await setting.store.removeAll(setting.agent);
    await setting.agent.end();
  }
  const { idlePods, idleMs } = ground.options;
  return {
    name: 'idle',
    title: `An idle agent with ${idlePods} running containers, over ${idleMs / 1000} s`,
    tables: [
      resourceTable(results, idlePods),
      requestTable('Requests of the idle agent, per minute', results, {
        pick: ({ idle }) => idle,
        factor: 60_000 / idleMs,
      }),
      requestTable('Requests of the deployment, per pod', results, {
        pick: ({ deploying }) => deploying,
        factor: 1 / idlePods,
      }),
    ],
    notes: [
      'Consul writes: by how much the index of its last write grew, whatever was written. The embedded Consul runs within the agent: its memory and time are included.',
      'Counted by proxies between the agent and its servers; without figures where that is not possible.',
    ],
  };
}

async function onRealConsul(ground: Ground): Promise<Setting> {
  // Consul's own network coordinates would be writes, too.
  const consul = await startConsul({ config: { disable_coordinates: true } });
  ground.cleanup.add(() => consul.stop());
  const proxy = await startProxy(ground, { host: consul.host, port: consul.port });
  const docker = await dockerProxy(ground);
  const agent = await BenchAgent.start(ground, {
    name: 'idle-real',
    consul: { host: '127.0.0.1', port: proxy.port },
    podSubnets: '10.216.128.0/18',
    ...dockerHostOf(docker),
  });
  const store = new PodStore(ground, consul);
  return { label: 'real Consul', agent, store, consulPort: consul.port, docker, consul: proxy };
}

async function onEmbeddedConsul(ground: Ground): Promise<Setting> {
  const port = await freePort();
  const docker = await dockerProxy(ground);
  const agent = await BenchAgent.start(ground, {
    name: 'idle-embedded',
    consul: { host: '127.0.0.1', port, embedded: true },
    podSubnets: '10.216.192.0/18',
    ...dockerHostOf(docker),
  });
  const store = new PodStore(ground, { host: '127.0.0.1', port });
  return { label: 'embedded Consul', agent, store, consulPort: port, docker, consul: undefined };
}

async function dockerProxy(ground: Ground): Promise<RecordingProxy | undefined> {
  const address = plainAddress(ground.engineHost);
  return address === undefined ? undefined : startProxy(ground, address);
}

async function startProxy(ground: Ground, upstream: Upstream): Promise<RecordingProxy> {
  const proxy = await RecordingProxy.start(upstream);
  ground.cleanup.add(() => proxy.close());
  return proxy;
}

function dockerHostOf(proxy: RecordingProxy | undefined): { readonly dockerHost?: string } {
  return proxy === undefined ? {} : { dockerHost: `tcp://127.0.0.1:${proxy.port}` };
}

async function measureSetting(ground: Ground, setting: Setting): Promise<IdleResult> {
  const { idlePods, idleMs } = ground.options;
  const { agent, store, label } = setting;
  ground.log(`  ${label}: deploying ${idlePods} pods`);
  const names = podNames(idlePods, `${ground.run}-${label.split(' ')[0] ?? ''}`);
  const atFirst = await usageOf(agent.pid);
  const deploying = await activityDuring(setting, async () => {
    await store.running(agent, names, await store.write(names));
    await store.published(names);
    await sleep(CALM_MS, undefined, { signal: ground.signal });
  });
  ground.log(`  ${label}: watching the idle agent for ${idleMs / 1000} s`);
  const before = await usageOf(agent.pid);
  const idle = await activityDuring(setting, () => sleep(idleMs, undefined, { signal: ground.signal }));
  const after = await usageOf(agent.pid);
  const idleCpuMs = cpuBetween(before, after);
  return {
    label,
    deploying,
    idle,
    deployCpuMs: cpuBetween(atFirst, before),
    cpuPercent: idleCpuMs === undefined ? undefined : (100 * idleCpuMs) / idleMs,
    residentBytes: after?.residentBytes,
  };
}

function cpuBetween(before: ProcessUsage | undefined, after: ProcessUsage | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after.cpuMs - before.cpuMs;
}

async function activityDuring(setting: Setting, work: () => Promise<unknown>): Promise<Activity> {
  const address = `http://127.0.0.1:${setting.consulPort}`;
  setting.docker?.take();
  setting.consul?.take();
  const before = await lastWrite(address);
  await work();
  const after = await lastWrite(address);
  return {
    docker: setting.docker?.take() ?? [],
    consul: setting.consul?.take(),
    writes: after - before,
  };
}
