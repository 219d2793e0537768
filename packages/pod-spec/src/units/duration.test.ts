import { describe, expect, it } from 'vitest';

import { parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['0.1s', 100],
    ['5m', 300_000],
    ['5m500ms', 300_500],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['1h2m3s4ms', 3_723_004],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '30',
    's',
    '-1s',
    '30 s',
    '30S',
    '1d',
    '30s1h',
    '1s1s',
    '1m1m',
    '0.5ms',
    '1e3s',
    '30s\n',
    '5mss',
  ])('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
