import { runReadmeExample } from '@raftainer/testing';
import { expect, it } from 'vitest';

it('the example in the README runs and prints what it says', async () => {
  const { stdout } = await runReadmeExample(new URL('..', import.meta.url));
  expect(stdout).not.toBe('');
}, 30_000);
