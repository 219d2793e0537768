import { readFile } from 'node:fs/promises';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { runReadmeExample, startConsul } from '@raftainer/testing';
import { expect, it } from 'vitest';
import { CONSUL_ERRORS } from '../src/index.js';

const folder = new URL('..', import.meta.url);

it('the example in the README runs on Consul', async () => {
  const server = await startConsul();
  try {
    const { stdout } = await runReadmeExample(folder, { env: { CONSUL_HTTP_ADDR: server.address } });
    expect(stdout).toBe('me\nnothing yet\nhello\n');
  } finally {
    await server.stop();
  }
});

it('the example in the README runs on the embedded server', async () => {
  const server = await startEmbeddedConsul({ port: 0 });
  try {
    await runReadmeExample(folder, { env: { CONSUL_HTTP_ADDR: server.address } });
  } finally {
    await server.close();
  }
});

it('the README lists every error', async () => {
  const text = await readFile(new URL('README.md', folder), 'utf8');
  const listed = [...text.matchAll(/^\| `(CONSUL_\w+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  expect(Object.fromEntries(listed)).toEqual(CONSUL_ERRORS);
});
