import { setTimeout as sleep } from 'node:timers/promises';

import { startConsul } from '@raftainer/testing';

import { BenchAgent } from '../harness/bench-agent.js';
import { podNames, PodStore } from '../harness/pods.js';
import { RecordingProxy } from '../harness/recording-proxy.js';
import { DirectCalls } from '../peers/direct.js';
import { plainAddress } from '../peers/engine-api.js';
import { Swarm } from '../peers/swarm.js';
import { verdict } from '../report/section.js';
import { spreadOf } from '../report/stats.js';

import type { Ground } from '../harness/ground.js';
import type { Section } from '../report/section.js';
import type { RealConsul } from '@raftainer/testing';

/** Named measurements, and the limit of those that have one. */
interface Measured {
  readonly label: string;
  readonly values: readonly number[];
  readonly limit?: number;
}

/** Between two disturbances: everything has to be at rest again. */
const CALM_MS = 2_000;
const REACTION_LIMIT_MS = 100;

/** How fast the agent notices: a container's death, and a write in Consul. */
export async function measureReact(ground: Ground): Promise<Section> {
  const consul = await startConsul();
  ground.cleanup.add(() => consul.stop());
  const deaths = await measureDeaths(ground, consul);
  const bare = await measureBareRestarts(ground);
  const { measured: swarm, notes } = await measureSwarmRestarts(ground);
  const writes = await measureWrites(ground);
  return {
    name: 'react',
    title: 'Reacting (ms)',
    tables: [
      { caption: 'A container is killed', columns: COLUMNS, rows: [...deaths, ...bare, ...swarm].map(rowOf) },
      ...(writes.length === 0
        ? []
        : [{ caption: 'A pod is written', columns: COLUMNS, rows: writes.map(rowOf) }]),
    ],
    notes: [
      'Deaths and starts by the events of the engine; the agent noticed a death when it wrote its line about it into its log.',
      ...notes,
    ],
  };
}

const COLUMNS = ['', 'times', 'min', 'median', 'max', 'target', ''];

function rowOf({ label, values, limit }: Measured): readonly string[] {
  const { count, min, median, max } = spreadOf(values);
  const judged = limit === undefined ? ['', ''] : [`< ${limit}`, verdict(median, limit)];
  return [label, String(count), ...[min, median, max].map((value) => value.toFixed(0)), ...judged];
}

async function measureDeaths(ground: Ground, consul: RealConsul): Promise<readonly Measured[]> {
  const { docker, engine, signal, options } = ground;
  const store = new PodStore(ground, consul);
  const agent = await BenchAgent.start(ground, { name: 'react', consul, podSubnets: '10.215.128.0/17' });
  const names = podNames(1, `${ground.run}-dying`);
  const { ids } = await store.running(agent, names, await store.write(names));
  const attributes = { 'raftainer.host': agent.host };
  const noticed: number[] = [];
  const running: number[] = [];
  let [id = ''] = ids;
  // The first time is for code that never ran.
  for (let round = 0; round <= options.reactions; round += 1) {
    ground.log(`  a container of the agent is killed, ${round} of ${options.reactions}`);
    await sleep(CALM_MS, undefined, { signal });
    const sinceMs = Date.now();
    await docker.containers.kill(id);
    const [died] = await engine.wait({ action: 'die', id, sinceMs }, { signal });
    const [started] = await engine.wait({ action: 'start', attributes, sinceMs }, { signal });
    const line = await agent.log(({ msg }) => msg.includes('ended with exit code'), { sinceMs, signal });
    if (died === undefined || started === undefined) throw new Error('Events without a container.');
    ({ id } = started);
    if (round === 0) continue;
    noticed.push(Date.parse(line.time) - died.timeMs);
    running.push(started.timeMs - sinceMs);
  }
  await store.removeAll(agent);
  await agent.end();
  return [
    { label: 'Raftainer: death → noticed', values: noticed, limit: REACTION_LIMIT_MS },
    { label: 'Raftainer: kill → running again, restart delay 0', values: running },
  ];
}

async function measureBareRestarts(ground: Ground): Promise<readonly Measured[]> {
  const direct = new DirectCalls(ground);
  const [name = ''] = podNames(1, `${ground.run}-bare`);
  const sinceMs = await direct.deploy([name], 1);
  await direct.running([name], sinceMs);
  const { docker } = ground;
  const first = await docker.containers.list({ labels: { 'raftainer.pod': name } });
  let id = first[0]?.id ?? '';
  const again = await restartTimes(ground, 'direct calls, started again', {
    current: () => id,
    restart: (dead) => docker.containers.start(dead),
  });
  let count = 0;
  const replaced = await restartTimes(ground, 'direct calls, replaced', {
    current: () => id,
    restart: async () => {
      count += 1;
      id = await docker.containers.create(direct.containerSpec(name, `-${count}`));
      await docker.containers.start(id);
    },
  });
  await direct.removeAll();
  return [
    { label: 'direct calls: kill → started again at the die event', values: again },
    { label: 'direct calls: kill → replaced by another (create, start)', values: replaced },
  ];
}

/** What is killed, and what the die event triggers. */
interface Restarting {
  readonly current: () => string;
  readonly restart: (dead: string) => Promise<void>;
}

async function restartTimes(
  ground: Ground,
  label: string,
  restarting: Restarting,
): Promise<readonly number[]> {
  const { docker, engine, signal, options } = ground;
  const times: number[] = [];
  for (let round = 1; round <= options.reactions; round += 1) {
    ground.log(`  ${label}, ${round} of ${options.reactions}`);
    await sleep(CALM_MS, undefined, { signal });
    const dead = restarting.current();
    const sinceMs = Date.now();
    await docker.containers.kill(dead);
    await engine.wait({ action: 'die', id: dead, sinceMs }, { signal });
    await restarting.restart(dead);
    const [started] = await engine.wait({ action: 'start', id: restarting.current(), sinceMs }, { signal });
    times.push((started?.timeMs ?? NaN) - sinceMs);
  }
  return times;
}

interface SwarmRestarts {
  readonly measured: readonly Measured[];
  readonly notes: readonly string[];
}

async function measureSwarmRestarts(ground: Ground): Promise<SwarmRestarts> {
  const swarm = await Swarm.join(ground);
  if (typeof swarm === 'string') return { measured: [], notes: [`Docker Swarm was skipped: ${swarm}.`] };
  const measured = [
    {
      label: 'Docker Swarm: kill → running again, restart delay 0',
      values: await swarmTimes(ground, swarm, 0),
    },
    {
      label: 'Docker Swarm: kill → running again, as by default (5 s)',
      values: await swarmTimes(ground, swarm),
    },
  ];
  await swarm.removeAll();
  return { measured, notes: [] };
}

async function swarmTimes(ground: Ground, swarm: Swarm, restartDelayMs?: number): Promise<readonly number[]> {
  const { docker, signal, options } = ground;
  const names = podNames(1, `${ground.run}-${restartDelayMs === undefined ? 'default' : 'delay'}`);
  const deployedAt = await swarm.deploy(names, restartDelayMs === undefined ? {} : { restartDelayMs });
  let [id = ''] = (await swarm.running(names, deployedAt)).ids;
  const times: number[] = [];
  for (let round = 1; round <= options.reactions; round += 1) {
    ground.log(`  a task of Swarm is killed, ${round} of ${options.reactions}`);
    await sleep(CALM_MS, undefined, { signal });
    const sinceMs = Date.now();
    await docker.containers.kill(id);
    const { at, ids } = await swarm.running(names, sinceMs);
    [id = ''] = ids;
    times.push(at - sinceMs);
  }
  return times;
}

/** An agent behind a proxy of the engine's socket, which tells when the first call for a new pod arrives. */
async function measureWrites(ground: Ground): Promise<readonly Measured[]> {
  const address = plainAddress(ground.engineHost);
  if (address === undefined) return [];
  const { signal, options } = ground;
  const consul = await startConsul();
  ground.cleanup.add(() => consul.stop());
  const proxy = await RecordingProxy.start(address);
  ground.cleanup.add(() => proxy.close());
  const store = new PodStore(ground, consul);
  const agent = await BenchAgent.start(ground, {
    name: 'write',
    consul,
    dockerHost: `tcp://127.0.0.1:${proxy.port}`,
    podSubnets: '10.216.0.0/17',
  });
  const looks: number[] = [];
  const changes: number[] = [];
  for (let round = 0; round <= options.reactions; round += 1) {
    ground.log(`  a pod is written, ${round} of ${options.reactions}`);
    const names = podNames(1, `${ground.run}-written-${round}`);
    await sleep(CALM_MS, undefined, { signal });
    proxy.take();
    const sinceMs = await store.write(names);
    await store.running(agent, names, sinceMs);
    const requests = proxy.take();
    const change = requests.find(({ method }) => method === 'POST');
    await store.removeAll(agent);
    if (round === 0) continue;
    looks.push((requests[0]?.atMs ?? NaN) - sinceMs);
    changes.push((change?.atMs ?? NaN) - sinceMs);
  }
  await agent.end();
  return [
    { label: 'written → first call of the engine (to look)', values: looks, limit: REACTION_LIMIT_MS },
    { label: 'written → first call that changes something', values: changes, limit: REACTION_LIMIT_MS },
  ];
}
