import { expect, it } from 'vitest';

import { fileLayout } from './file-layout.js';

import type { FilePlan } from '@raftainer/planner';

function file(path: string, onChange: 'restart' | 'none'): FilePlan {
  const content = { vault: { path: 'kv/web', key: 'k' } };
  return { path, content, mode: 0o400, onChange: { action: onChange } };
}

it('a file that may be replaced while its container runs takes its directory, with all that is in it', () => {
  const layout = fileLayout([
    file('/keys/a', 'none'),
    file('/keys/b', 'restart'),
    file('/keys/deep/c', 'none'),
    file('/etc/d', 'restart'),
  ]);
  expect(layout.mounts.map(({ target }) => target)).toEqual(['/keys', '/etc/d']);
  const [keys] = layout.folders;
  expect([...layout.places]).toEqual([
    ['/keys/a', `${String(keys)}/a`],
    ['/keys/b', `${String(keys)}/b`],
    ['/keys/deep/c', `${String(keys)}/deep/c`],
    ['/etc/d', expect.stringMatching(/^file-[0-9a-f]{16}$/)],
  ]);
});

it('a file that is written out in the definition never changes in place', () => {
  const layout = fileLayout([{ ...file('/etc/motd', 'none'), content: 'hello' }]);
  expect(layout.folders).toEqual([]);
});
