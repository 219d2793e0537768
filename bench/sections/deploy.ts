import { setTimeout as sleep } from 'node:timers/promises';

import { startConsul } from '@raftainer/testing';

import { BenchAgent } from '../harness/bench-agent.js';
import { podNames, PodStore } from '../harness/pods.js';
import { DirectCalls } from '../peers/direct.js';
import { Swarm } from '../peers/swarm.js';
import { verdict } from '../report/section.js';
import { spreadOf } from '../report/stats.js';

import type { Ground } from '../harness/ground.js';
import type { Section, Table } from '../report/section.js';
import type { Spread } from '../report/stats.js';

/** One way of getting pods to run. */
interface Contender {
  readonly label: string;
  readonly kind: 'agent' | 'floor' | 'peer';
  /** Deploys and gives the milliseconds until the last container runs. */
  readonly deploy: (names: readonly string[]) => Promise<number>;
  readonly removeAll: () => Promise<void>;
}

/** Times of all contenders, by label. */
type Times = ReadonlyMap<string, readonly number[]>;

/** The engine is busy for a moment after the last removal was answered. */
const SETTLE_MS = 1_500;

/** At most so many times the floor: starting everything for one pod weighs more than for many. */
function targetOf(pods: number): number {
  return pods === 1 ? 1.3 : 1.15;
}

/** Deploying pods: the agent, the engine's floor and Swarm in turns. */
export async function measureDeploy(ground: Ground): Promise<Section> {
  const { options, log } = ground;
  const agent = await agentContender(ground);
  const direct = new DirectCalls(ground);
  const swarm = await Swarm.join(ground);
  const peers = typeof swarm === 'string' ? [] : [swarmContender(swarm)];
  const tables: Table[] = [];
  // Code that never ran is slow in every contender, and a cluster is not started for each pod.
  for (const each of [agent, floorContender(direct, 4), ...peers])
    await runOnce(ground, each, podNames(1, `${ground.run}-w`));
  for (const pods of options.pods) {
    const concurrencies = pods === 1 ? [1] : options.floorConcurrency;
    const contenders = [agent, ...concurrencies.map((each) => floorContender(direct, each)), ...peers];
    const times = await takeTurns(ground, contenders, pods);
    const table = tableOf(pods, contenders, times);
    tables.push(table);
    log(`  ${table.rows.map((row) => `${row[0] ?? ''} ${row[3] ?? ''}`).join(' · ')}`);
  }
  return {
    name: 'deploy',
    title:
      'Deploying pods of one container, each with a network of its own (ms until the last container runs)',
    tables,
    notes: [
      'From just before the write in Consul (agent) or the first call (others) to the last start event, by the engine.',
      ...(typeof swarm === 'string' ? [`Docker Swarm was skipped: ${swarm}.`] : []),
    ],
  };
}

async function agentContender(ground: Ground): Promise<Contender> {
  const consul = await startConsul();
  ground.cleanup.add(() => consul.stop());
  const store = new PodStore(ground, consul);
  const agent = await BenchAgent.start(ground, { name: 'deploy', consul, podSubnets: '10.215.0.0/17' });
  return {
    label: 'Raftainer',
    kind: 'agent',
    deploy: async (names) => {
      const sinceMs = await store.write(names);
      const { at } = await store.running(agent, names, sinceMs);
      await store.published(names);
      return at - sinceMs;
    },
    removeAll: () => store.removeAll(agent),
  };
}

function floorContender(direct: DirectCalls, concurrency: number): Contender {
  return {
    label: concurrency === 1 ? 'direct calls' : `direct calls, ${concurrency} at a time`,
    kind: 'floor',
    deploy: async (names) => {
      const sinceMs = await direct.deploy(names, concurrency);
      return (await direct.running(names, sinceMs)) - sinceMs;
    },
    removeAll: () => direct.removeAll(),
  };
}

function swarmContender(swarm: Swarm): Contender {
  return {
    label: 'Docker Swarm',
    kind: 'peer',
    deploy: async (names) => {
      const sinceMs = await swarm.deploy(names);
      return (await swarm.running(names, sinceMs)).at - sinceMs;
    },
    removeAll: () => swarm.removeAll(),
  };
}

async function takeTurns(ground: Ground, contenders: readonly Contender[], pods: number): Promise<Times> {
  const times = new Map<string, number[]>(contenders.map(({ label }) => [label, []]));
  const rounds = ground.options.roundsOf(pods);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [turn, contender] of contenders.entries()) {
      ground.log(`  ${pods} pods, round ${round} of ${rounds}: ${contender.label}`);
      const names = podNames(pods, `${ground.run}-${pods}-${round}-${turn}`);
      times.get(contender.label)?.push(await runOnce(ground, contender, names));
    }
  }
  return times;
}

async function runOnce(ground: Ground, contender: Contender, names: readonly string[]): Promise<number> {
  const { signal } = ground;
  const durationMs = await contender.deploy(names);
  await contender.removeAll();
  await sleep(SETTLE_MS, undefined, { signal });
  return durationMs;
}

function tableOf(pods: number, contenders: readonly Contender[], times: Times): Table {
  const results = contenders.map((contender) => ({
    ...contender,
    spread: spreadOf(times.get(contender.label) ?? []),
  }));
  const floorMs = Math.min(
    ...results.filter(({ kind }) => kind === 'floor').map(({ spread }) => spread.median),
  );
  const target = targetOf(pods);
  return {
    caption: pods === 1 ? '1 pod' : `${pods} pods at once`,
    columns: ['', 'rounds', 'min', 'median', 'max', '× floor', 'target', ''],
    rows: results.map(({ label, kind, spread }) => {
      const ratio = spread.median / floorMs;
      const judged = kind === 'agent' ? [`≤ ${target}`, verdict(ratio, target)] : ['', ''];
      return [label, String(spread.count), ...rounded(spread), ratio.toFixed(2), ...judged];
    }),
  };
}

function rounded({ min, median, max }: Spread): readonly string[] {
  return [min, median, max].map((value) => value.toFixed(0));
}
