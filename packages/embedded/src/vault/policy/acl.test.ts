import { describe, expect, it } from 'vitest';
import { comparePriority, createAcl } from './acl.js';
import { parsePolicy } from './parse-policy.js';

function at(policy: string, path: string): readonly string[] {
  return [...createAcl(parsePolicy(policy)).capabilities(path)].sort();
}

describe('createAcl', () => {
  it('joins what several rules say of one pattern, unless one of them denies', () => {
    const policy = `
      # a comment
      path "a" { capabilities = ["read"] } // another
      path "a" { policy = "write" } /* and one more */
      path "b/*" { capabilities = ["read", "deny"], }`;
    expect(at(policy, 'a')).toEqual(['create', 'delete', 'list', 'read', 'update']);
    expect(at(policy, 'b/c')).toEqual(['deny']);
    expect(at(policy, 'c')).toEqual([]);
  });

  it('takes a star that is not the last character for a star', () => {
    expect(at('path "a*b" { capabilities = ["read"] }', 'axb')).toEqual([]);
    expect(at('path "a.b*" { capabilities = ["read"] }', 'axb')).toEqual([]);
  });

  it('knows whether anything under a mount may be reached', () => {
    const acl = createAcl(
      parsePolicy(
        'path "kv/data/web/*" { capabilities = ["read"] }\npath "no/*" { capabilities = ["deny"] }',
      ),
    );
    expect([acl.reaches('kv/'), acl.reaches('no/'), acl.reaches('other/')]).toEqual([true, false, false]);
  });
});

/** The examples of Vault's documentation of the rules. */
it.each([
  ['secret/a*', 'secret/*'],
  ['secret/+/a', 'secret/*'],
  ['secret/a/+', 'secret/+/a'],
  ['secret/+/a', 'secret/+/*'],
  ['secret/+/b/c', 'secret/+/+/c'],
])('%s decides before %s', (first, second) => {
  expect(comparePriority(first, second)).toBeGreaterThan(0);
  expect(comparePriority(second, first)).toBeLessThan(0);
});
