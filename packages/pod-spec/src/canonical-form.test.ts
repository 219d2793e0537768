import { describe, expect, it } from 'vitest';

import { canonicalForm, revisionOf } from './canonical-form.js';
import { parsePod } from './parse-pod.js';

import type { Pod } from './types.js';

const BASE = { name: 'web', containers: [{ name: 'app', image: 'nginx' }] };

function pod(input: unknown): Pod {
  const result = parsePod(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.pod;
}

describe('revisionOf', () => {
  it('is MD5 in lower-case hex, and stays what it is', () => {
    expect(revisionOf(pod(BASE))).toMatch(/^[0-9a-f]{32}$/);
    expect(revisionOf(pod(BASE))).toBe(revisionOf(pod(structuredClone(BASE))));
  });

  it.each([
    ['the order of keys', { containers: [{ image: 'nginx', name: 'app' }], name: 'web' }],
    [
      'defaults that are spelt out',
      { ...BASE, instances: 1, kind: 'service', volumes: [], restart: { delay: '1s' } },
    ],
    ['the spelling of durations', { ...BASE, stopGracePeriod: '10000ms' }],
    ['the tag that is implied', { ...BASE, containers: [{ name: 'app', image: 'nginx:latest' }] }],
  ])('does not depend on %s', (_what, input) => {
    expect(canonicalForm(pod(input))).toBe(canonicalForm(pod(BASE)));
  });

  it('does not depend on the spelling of sizes, signals and capabilities', () => {
    const one = { resources: { memory: '1Gi' }, stopSignal: 'SIGINT', capDrop: ['NET_RAW'], dependsOn: [] };
    const other = { resources: { memory: 1_073_741_824 }, stopSignal: 'int', capDrop: ['cap_net_raw'] };
    const form = (fields: object): string =>
      canonicalForm(pod({ ...BASE, containers: [{ name: 'app', image: 'nginx', ...fields }] }));
    expect(form(one)).toBe(form(other));
  });

  it.each([
    ['a name', { ...BASE, name: 'api' }],
    ['a duration', { ...BASE, stopGracePeriod: '11s' }],
    ['an image', { ...BASE, containers: [{ name: 'app', image: 'nginx:1' }] }],
    ['the order of a list', { ...BASE, containers: [{ name: 'b', image: 'b' }, ...BASE.containers] }],
  ])('changes with %s', (_what, input) => {
    expect(revisionOf(pod(input))).not.toBe(revisionOf(pod(BASE)));
  });

  it('does not change with the number of instances, which the canonical form has', () => {
    const scaled = { ...BASE, instances: 5 };
    expect(revisionOf(pod(scaled))).toBe(revisionOf(pod(BASE)));
    expect(canonicalForm(pod(scaled))).not.toBe(canonicalForm(pod(BASE)));
  });

  it('the order of containers counts', () => {
    const containers = [...BASE.containers, { name: 'b', image: 'b' }];
    const reversed = [...containers].reverse();
    expect(revisionOf(pod({ ...BASE, containers }))).not.toBe(
      revisionOf(pod({ ...BASE, containers: reversed })),
    );
  });
});
