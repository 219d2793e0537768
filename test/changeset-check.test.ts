import { expect, it } from 'vitest';
import { changesetProblems } from '../scripts/changeset-check.mjs';

const publishable = new Set(['@raftainer/docker', '@raftainer/consul']);

it('accepts one that names packages and says what changed', () => {
  const text = `---\n'@raftainer/docker': minor\n"@raftainer/consul": patch\n---\n\nEvents reconnect.\n`;
  expect(changesetProblems(text, publishable)).toEqual([]);
});

it.each([
  ['a misspelled package', `---\n'@raftainer/doker': minor\n---\n\nx\n`, 'no such package'],
  ['an unknown bump', `---\n'@raftainer/docker': small\n---\n\nx\n`, 'patch, minor or major'],
  ['a missing summary', `---\n'@raftainer/docker': minor\n---\n\n`, 'does not say what changed'],
  ['a missing front matter', `Events reconnect.\n`, 'front matter'],
])('refuses %s', (_what, text, problem) => {
  expect(changesetProblems(text, publishable)).toEqual([expect.stringContaining(problem)]);
});
