import type { RealConsul } from '@raftainer/testing';
import { runReadmeExample, startConsul } from '@raftainer/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

let consul: RealConsul;

beforeAll(async () => {
  consul = await startConsul();
});

afterAll(() => consul.stop());

it('runs the example of the README', async () => {
  const { stdout } = await runReadmeExample(new URL('..', import.meta.url), {
    env: { CONSUL_HTTP_ADDR: `${consul.host}:${consul.port}` },
  });
  expect(stdout).toBe('3\n');
});

it('lists every error code', async () => {
  const { readFile } = await import('node:fs/promises');
  const { CLUSTER_ERRORS } = await import('../src/index.js');
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const listed = [...readme.matchAll(/^\| `(CLUSTER_\w+)`/gm)].map(([, code]) => code);
  expect(listed).toEqual(Object.keys(CLUSTER_ERRORS));
});
