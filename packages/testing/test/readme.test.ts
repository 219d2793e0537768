import { it } from 'vitest';
import { runReadmeExample } from '@raftainer/testing';

it('the README example does what it says', async () => {
  await runReadmeExample(new URL('..', import.meta.url));
});
