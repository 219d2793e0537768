import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { largeGpu, server, smallGpu } from '../test/hosts.js';
import { ATTRIBUTES, attributesOf } from './attributes.js';

it('flattens the facts of a host, and leaves out what it does not have', () => {
  expect(attributesOf(server)).toEqual({
    hostname: 'host-1',
    'cpu.cores': 8,
    'cpu.architecture': 'amd64',
    'cpu.model': 'AMD EPYC 7282',
    'memory.totalBytes': 34_359_738_368,
    'disk.totalBytes': 536_870_912_000,
    'disk.freeBytes': 107_374_182_400,
    'os.platform': 'linux',
    'os.distribution': 'Ubuntu',
    'os.version': '22.04',
    'kernel.version': '6.18.44-fc-v782',
    'gpus.count': 0,
    'gpus.maxVramBytes': 0,
    'gpus.totalVramBytes': 0,
    'labels.zone': 'eu-1',
    'labels.rack': '12',
    'labels.ssd': 'true',
    'labels.cache': '64Gi',
    'labels.app': 'v1.4.0-rc.1',
  });
});

it('sums up the GPUs, in bytes', () => {
  const attributes = attributesOf({
    ...server,
    region: 'eu',
    gpus: [smallGpu, largeGpu, { ...smallGpu, id: 'x' }],
  });
  expect(attributes).toMatchObject({
    region: 'eu',
    'gpus.count': 3,
    'gpus.models': 'NVIDIA A100-SXM4-40GB, NVIDIA T4',
    'gpus.maxVramBytes': 42_949_672_960,
    'gpus.totalVramBytes': 77_309_411_328,
  });
});

it('copes with labels named like parts of objects', () => {
  const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
  const attributes = attributesOf({ ...server, labels });
  expect([attributes['labels.__proto__'], attributes['labels.constructor']]).toEqual(['a', 'b']);
  expect(attributesOf(server)['labels.constructor']).toBeUndefined();
});

it('is what the README says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replace(/ {2,}/g, ' ');
  for (const [name, { kind, description }] of Object.entries(ATTRIBUTES)) {
    expect(readme).toContain(`| \`${name}\` | ${kind === 'architecture' ? 'text' : kind} | ${description} |`);
  }
});
