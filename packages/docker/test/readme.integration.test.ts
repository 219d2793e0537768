import { readFile } from 'node:fs/promises';
import { runReadmeExample, testImage } from '@raftainer/testing';
import { describe, expect, it } from 'vitest';
import { DOCKER_ERRORS } from '../src/index.js';

const folder = new URL('../', import.meta.url);

describe('README', () => {
  it('has an example that runs', async () => {
    await runReadmeExample(folder, { env: { IMAGE: await testImage() } });
  });

  it('lists every error code with its meaning', async () => {
    const text = await readFile(new URL('README.md', folder), 'utf8');
    const rows = [...text.matchAll(/^\| `(DOCKER_\w+)`\s*\| (.+?)\s*\|$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(Object.fromEntries(rows)).toEqual(DOCKER_ERRORS);
  });
});
