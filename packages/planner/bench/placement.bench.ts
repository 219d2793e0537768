import { parsePod, revisionOf } from '@raftainer/pod-spec';
import { hostPlacement } from '@raftainer/planner';

import type { DefinedPod, PeerView, PlacementWorld } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

const GIB = 2 ** 30;
const HOSTS = 1_000;
const PODS = 10_000;
const ROUNDS = 5;

const hosts = Array.from({ length: HOSTS }, (_, index): PeerView => {
  const name = `host-${index}`;
  return {
    name,
    present: true,
    draining: false,
    refusals: [],
    facts: {
      hostname: name,
      cpu: { cores: index % 3 === 0 ? 64 : 16, architecture: index % 4 === 0 ? 'arm64' : 'amd64' },
      memory: { totalBytes: (index % 3 === 0 ? 256 : 64) * GIB },
      disk: { totalBytes: 1000 * GIB },
      os: { platform: 'linux' },
      kernel: { version: '6.1.0' },
      region: index % 2 === 0 ? 'eu' : 'us',
      labels: { zone: `zone-${index % 5}` },
      gpus: [],
    },
  };
});

const pods = Array.from({ length: PODS }, (_, index): DefinedPod => {
  const resources = { cpu: 0.25, memory: '256Mi' };
  const result = parsePod({
    name: `pod-${index}`,
    constraints: [
      { attribute: 'cpu.architecture', operator: '=', value: index % 5 === 0 ? 'arm64' : 'amd64' },
      { attribute: 'labels.zone', operator: '!=', value: `zone-${index % 5}` },
    ],
    affinities: index % 3 === 0 ? [{ attribute: 'region', operator: '=', value: 'eu' }] : [],
    containers: [{ name: 'app', image: 'web:1', resources }],
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { pod: result.pod, revision: revisionOf(result.pod), definedAt: index };
});

/** Cases from the busiest (everything is to be placed) to the calmest (everything runs). */
const CASES: readonly { readonly name: string; readonly freeEvery: number }[] = [
  { name: 'all slots free', freeEvery: 1 },
  { name: 'one slot in ten free', freeEvery: 10 },
  { name: 'all slots held', freeEvery: Infinity },
];

function worldOf(freeEvery: number): PlacementWorld {
  const claims = pods.flatMap(({ pod }, index) => {
    if (index % freeEvery === 0 && freeEvery !== Infinity) return [];
    const id: SlotId = `${pod.name}/0`;
    return [[id, { session: 's', host: `host-${index % HOSTS}` }] as const];
  });
  return { pods, hosts, claims: new Map(claims) };
}

const rows = CASES.map(({ name, freeEvery }) => {
  const world = worldOf(freeEvery);
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    hostPlacement(world, 'host-500');
    return performance.now() - startedAt;
  }).sort((a, b) => a - b);
  const [min = 0] = times;
  return {
    [`${PODS} pods × ${HOSTS} hosts`]: name,
    'min ms': min.toFixed(0),
    'median ms': (times[Math.floor(ROUNDS / 2)] ?? 0).toFixed(0),
    'max ms': (times.at(-1) ?? 0).toFixed(0),
  };
});
console.table(rows);
