import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readConfig } from './read-config.js';
import { readPolicy } from './read-policy.js';

const folder = mkdtempSync(join(tmpdir(), 'raftainer-policy-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function policyFile(text: string): string {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

function problemsOf(file: string): readonly string[] {
  const result = readPolicy(file);
  return result.ok ? [] : result.problems;
}

describe('readPolicy', () => {
  it('reads YAML', () => {
    const text = 'hostPaths: [/srv]\ncapabilities: []\nprivileged: false\nimages: ["ghcr.io/acme/*"]\n';
    expect(readPolicy(policyFile(text))).toEqual({
      ok: true,
      policy: { hostPaths: ['/srv'], capabilities: [], privileged: false, images: ['ghcr.io/acme/*'] },
    });
  });

  it('reads JSON', () => {
    expect(readPolicy(policyFile('{ "registries": ["ghcr.io"] }'))).toEqual({
      ok: true,
      policy: { registries: ['ghcr.io'] },
    });
  });

  it('says everything that is wrong at once', () => {
    const problems = problemsOf(
      policyFile('hostPaths: [srv]\nprivileged: maybe\nimage: [a]\nregistries: ghcr.io'),
    );
    expect(problems).toHaveLength(4);
    for (const field of ['hostPaths', 'privileged', 'image', 'registries']) {
      expect(problems.join('\n')).toContain(field);
    }
  });

  it.each([
    ['no YAML', 'a: [1'],
    ['empty', ''],
    ['a list', '[1]'],
    ['an alias that leads nowhere', 'images: *none'],
  ])('refuses a file that is %s', (_, text) => {
    expect(problemsOf(policyFile(text))).not.toEqual([]);
  });

  it('refuses a file that is not there', () => {
    expect(problemsOf(join(folder, 'none'))[0]).toContain('cannot be read');
  });
});

describe('the configuration', () => {
  it('takes the policy from RAFTAINER_POLICY_FILE', () => {
    const file = policyFile('privileged: false');
    expect(readConfig({ HOSTNAME: 'a', RAFTAINER_POLICY_FILE: file }).policy).toEqual({ privileged: false });
    expect(readConfig({ HOSTNAME: 'a' })).not.toHaveProperty('policy');
  });

  it('is refused with the problems of the policy beside the others', () => {
    const file = policyFile('privileged: maybe');
    const read = (): unknown => readConfig({ HOSTNAME: '-', RAFTAINER_POLICY_FILE: file });
    expect(read).toThrow(/HOSTNAME[^]*RAFTAINER_POLICY_FILE[^]*privileged/);
  });
});
