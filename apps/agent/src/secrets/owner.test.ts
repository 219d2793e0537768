import { describe, expect, it } from 'vitest';

import { resolveOwner } from './owner.js';

const FILES = {
  passwd: async () =>
    Promise.resolve('root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n'),
  group: async () => Promise.resolve('root:x:0:\nwww:x:33:\n'),
};
const NONE = {
  passwd: async () => Promise.resolve(undefined),
  group: async () => Promise.resolve(undefined),
};

const TARGET = { slot: 'web/0', container: 'app', kind: 'file', name: '/run/key' } as const;

describe('the owner of a file', () => {
  it.each([
    ['5:6', 5, 6],
    ['node', 1000, 1001],
    ['1000', 1000, 1001],
    ['node:www', 1000, 33],
    ['node:7', 1000, 7],
    ['77', 77, 0],
  ])('%s is %i:%i', async (text, uid, gid) => {
    expect(await resolveOwner(text, FILES, TARGET)).toEqual({ uid, gid });
  });

  it('needs nothing of the image when it is numbers', async () => {
    expect(await resolveOwner('5', NONE, TARGET)).toEqual({ uid: 5, gid: 0 });
  });

  it.each([
    ['nobody', 'user'],
    ['node:nobody', 'group'],
  ])('%s is unknown, and whose it was to be is said', async (text, what) => {
    await expect(resolveOwner(text, FILES, TARGET)).rejects.toMatchObject({
      code: 'AGENT_SECRET_OWNER_UNKNOWN',
      message: expect.stringContaining(
        `no ${what} "nobody", which is to own file /run/key of container app of web/0`,
      ) as string,
    });
  });
});
