import { describe, expect, it } from 'vitest';
import { MAX_MATCHED_LENGTH, compilePattern } from './safe-pattern.js';

function problemOf(source: string): string {
  const compiled = compilePattern(source);
  return compiled.ok ? '' : compiled.problem;
}

describe('compilePattern', () => {
  it.each([
    ['^eu-', 'eu-west', 'us'],
    ['^(eu|us)-\\d+$', 'us-12', 'ap-1'],
    ['^[a-z]+-[a-z]+-\\d+$', 'eu-west-1', 'eu-west'],
    ['A100|H100', 'NVIDIA H100', 'T4'],
    ['^(?:abc)*$', 'abcabc', 'abca'],
    ['^(?<name>web)-?x{2}\\u{31}[\\]()*+]$', 'web-xx1*', 'webx1*'],
    ['\\p{Lu}\\.\\(', 'A.(', 'a.('],
    ['^a{2,3}?$', 'aaa', 'aaaa'],
    ['^(eu-(west|east))?$', 'eu-east', 'eu-'],
  ])('%s matches %j and not %j', (source, text, other) => {
    const compiled = compilePattern(source);
    expect(compiled.ok && [compiled.regexp.test(text), compiled.regexp.test(other)]).toEqual([true, false]);
  });

  it.each([
    ['(a+)+$', 'repeated group'],
    ['(a|a)*$', 'repeated group'],
    ['((ab?)c){5}', 'repeated group'],
    ['(?:(?:a*)b){2,}', 'repeated group'],
    ['a*a*a*a*a*b', 'too long'],
    [`${'a?'.repeat(40)}${'a'.repeat(40)}`, 'too long'],
    ['(a|a)'.repeat(40), 'too long'],
    ['(a)\\1', 'back-references'],
    ['(?<n>a)\\k<n>', 'back-references'],
    ['(?=a)', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(', 'Unterminated group'],
    ['[z-a]', 'out of order'],
    ['a'.repeat(257), 'at most 256'],
  ])('refuses %s, saying %s', (source, reason) => {
    expect(problemOf(source)).toContain(reason);
  });

  it.each([
    '.*.*.*x',
    '^.*.*.*x$',
    '^(a|a)(a|a)(a|a).*.*.*x',
    '(a|a)'.repeat(5) + '.*.*x',
    'a{0,128}a{0,128}a{0,128}b',
  ])('bounds the time of %s', (source) => {
    const compiled = compilePattern(source);
    const started = performance.now();
    if (compiled.ok) compiled.regexp.test('a'.repeat(MAX_MATCHED_LENGTH));
    expect(compiled.ok).toBe(true);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
