import { readdirSync, readFileSync } from 'node:fs';

import { formatProblems, parsePodText } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

import type { Pod, Port } from '@raftainer/pod-spec';

const FOLDER = new URL('../../../examples/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function podsIn(file: string): readonly Pod[] {
  return parsePodText(readFileSync(new URL(file, FOLDER), 'utf8')).map(({ result }) => {
    if (result.ok) return result.pod;
    throw new Error(`${file}:\n${formatProblems(result.problems)}`);
  });
}

function ports(pod: Pod): readonly Port[] {
  return pod.containers.flatMap((container) => container.ports);
}

describe('the examples', () => {
  it('are at least eight', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(8);
  });

  it.each(FILES)('%s is without problems', (file) => {
    expect(podsIn(file).length).toBeGreaterThan(0);
  });

  it('can all be applied to one host', () => {
    const pods = FILES.flatMap(podsIn);
    const hostPorts = pods.flatMap(ports).flatMap(({ hostPort }) => hostPort ?? []);
    expect(new Set(pods.map(({ name }) => name)).size).toBe(pods.length);
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
  });

  it('are listed in their README, with whether they need a registry', () => {
    const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
    for (const file of FILES) {
      const images = podsIn(file).flatMap(({ containers }) => containers.map(({ image }) => image));
      const needsRegistry = images.some((image) => image !== 'raftainer/example:latest');
      const row = readme.split('\n').find((line) => line.startsWith(`| [${file}](${file})`));
      expect(row?.trimEnd().split('|').at(-2)?.trim(), file).toBe(needsRegistry ? 'yes' : 'no');
    }
  });

  it('the quickstart has two pods that answer over HTTP', () => {
    const [web, api] = podsIn('quickstart.yaml');
    expect([web?.name, api?.name, api?.instances]).toEqual(['web', 'api', 2]);
    expect(web?.containers.map(({ role }) => role)).toEqual(['startup', 'main']);
    expect(web === undefined ? [] : ports(web)).toMatchObject([{ publish: 'external', hostPort: 8081 }]);
    expect(api === undefined ? [] : ports(api)).toMatchObject([{ name: 'http', publish: 'internal' }]);
  });
});
