import { Bench } from 'tinybench';
import { evaluate, isEligible } from '@raftainer/constraints';
import type { Host, HostFacts, Requirements } from '@raftainer/constraints';

const GIB = 1024 ** 3;
const HOSTS = 1_000;

const hosts: readonly Host[] = Array.from({ length: HOSTS }, (_, index) => ({
  facts: factsOf(index),
  allocated: { cpu: index % 16, memoryBytes: (index % 32) * GIB },
}));

/** Requirements that differ in what they cost. */
const cases: Readonly<Record<string, Requirements>> = {
  'no rules': { constraints: [] },
  'cpu, memory': { constraints: [], resources: { cpu: 1, memoryBytes: GIB } },
  'five constraints, cpu, memory': {
    constraints: [
      { attribute: 'region', operator: 'in', value: ['eu', 'us'] },
      { attribute: 'cpu.architecture', operator: '=', value: 'amd64' },
      { attribute: 'memory.totalBytes', operator: '>=', value: '16Gi' },
      { attribute: 'labels.zone', operator: 'exists' },
      { attribute: 'labels.zone', operator: '!=', value: 'zone-3' },
    ],
    resources: { cpu: 1, memoryBytes: GIB },
  },
  'semver, regexp, gpus': {
    constraints: [
      { attribute: 'kernel.version', operator: 'semver', value: '>=5.15' },
      { attribute: 'hostname', operator: 'regexp', value: '^host-\\d+$' },
    ],
    resources: { gpus: { count: 2, minVramBytes: 24 * GIB } },
  },
};

function factsOf(index: number): HostFacts {
  return {
    hostname: `host-${index}`,
    cpu: { cores: 16, architecture: index % 2 === 0 ? 'amd64' : 'arm64' },
    memory: { totalBytes: 64 * GIB },
    disk: { totalBytes: 1000 * GIB, freeBytes: 500 * GIB },
    os: { platform: 'linux', distribution: 'Debian GNU/Linux', version: '12' },
    kernel: { version: '6.1.0-18-amd64' },
    region: index % 3 === 0 ? 'eu' : 'us',
    labels: { zone: `zone-${index % 5}` },
    gpus: [0, 1, 2, 3].map((n) => ({
      id: `gpu${n}`,
      vendor: 'nvidia',
      model: 'A100',
      vramBytes: n * 20 * GIB,
    })),
  };
}

const bench = new Bench({ time: 500 });
for (const [name, requirements] of Object.entries(cases)) {
  bench.add(`evaluate: ${name}`, () => {
    for (const host of hosts) evaluate(requirements, host);
  });
  bench.add(`isEligible: ${name}`, () => {
    for (const host of hosts) isEligible(requirements, host);
  });
}
await bench.run();

const rows = bench.tasks.map(({ name, result }) => {
  if (!('throughput' in result)) throw new Error(`${name} did not finish`);
  const rounds = result.throughput.mean;
  return {
    [`${HOSTS} hosts × rules`]: name,
    'rounds/s': Math.round(rounds),
    'hosts/s': Math.round(rounds * HOSTS),
    'ms/round': (1000 / rounds).toFixed(2),
  };
});
console.table(rows);
