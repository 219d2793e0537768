import { runReadmeExample } from '@raftainer/testing';
import { expect, it } from 'vitest';

it('The example in the README runs and prints what it says', { timeout: 60_000 }, async () => {
  const { stdout } = await runReadmeExample(new URL('..', import.meta.url));
  expect(stdout).not.toBe('');
});
