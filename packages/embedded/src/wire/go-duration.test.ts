import { describe, expect, it } from 'vitest';
import { durationProblem, parseGoDuration } from './go-duration.js';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['15s', 15e9],
    ['1m30s', 90e9],
    ['1.5h', 5400e9],
    ['300ms', 300e6],
    ['2us', 2e3],
    ['2µs', 2e3],
    ['7ns', 7],
    ['.5s', 0.5e9],
    ['-1s', -1e9],
    ['+24h0m0s', 86_400e9],
  ])('reads %s', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds);
  });

  it.each(['', 's', '1', 'abc', '1d', '1s ', '1 s', '1s2', '--1s', '.s'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });

  it('words the refusal as Go does', () => {
    expect(durationProblem('15')).toBe('time: missing unit in duration "15"');
    expect(durationProblem('abc')).toBe('time: invalid duration "abc"');
  });
});
