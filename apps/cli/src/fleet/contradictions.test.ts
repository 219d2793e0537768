import type { Constraint } from '@raftainer/pod-spec';
import { expect, it } from 'vitest';
import { contradictions } from './contradictions.js';

const constraint = (
  attribute: string,
  operator: Constraint['operator'],
  value?: Constraint['value'],
): Constraint => ({
  attribute,
  operator,
  ...(value === undefined ? {} : { value }),
});

it.each([
  ['two values', constraint('region', '=', 'eu'), constraint('region', '=', 'us')],
  ['a value and its negation', constraint('region', '=', 'eu'), constraint('region', '!=', 'eu')],
  ['a value outside a list', constraint('region', '=', 'eu'), constraint('region', 'in', ['us', 'ap'])],
  [
    'a list within its negation',
    constraint('region', 'in', ['eu', 'us']),
    constraint('region', 'not-in', ['us', 'eu', 'ap']),
  ],
  ['bounds', constraint('cpu.cores', '>=', 8), constraint('cpu.cores', '<', 8)],
  [
    'bounds in units',
    constraint('memory.totalBytes', '>', '8Gi'),
    constraint('memory.totalBytes', '<=', '4Gi'),
  ],
  ['a value and a bound', constraint('cpu.cores', '=', 4), constraint('cpu.cores', '>', 4)],
  ['absence and a value', constraint('labels.ssd', 'not-exists'), constraint('labels.ssd', '=', 'yes')],
])('finds %s, in either order', (_, one, other) => {
  expect(contradictions([one, other])).toHaveLength(1);
  expect(contradictions([other, one])).toHaveLength(1);
});

it.each([
  ['of other attributes', constraint('region', '=', 'eu'), constraint('labels.region', '=', 'us')],
  [
    'that say the same',
    constraint('memory.totalBytes', '=', '1Ki'),
    constraint('memory.totalBytes', '=', 1024),
  ],
  [
    'with two names of an architecture',
    constraint('cpu.architecture', '=', 'x86_64'),
    constraint('cpu.architecture', '=', 'amd64'),
  ],
  ['that leave one value', constraint('cpu.cores', '>=', 8), constraint('cpu.cores', '<=', 8)],
  ['that allow absence', constraint('labels.ssd', 'not-exists'), constraint('labels.ssd', '!=', 'yes')],
  [
    'that nobody can compare',
    constraint('kernel.version', '=', '6.1'),
    constraint('kernel.version', 'semver', '>=5'),
  ],
])('lets constraints be %s', (_, one, other) => {
  expect(contradictions([one, other])).toEqual([]);
});

it('names both constraints', () => {
  const [text] = contradictions([constraint('region', '=', 'eu'), constraint('region', '=', 'us')]);
  expect(text).toBe('region = "eu" and region = "us" contradict each other');
});
