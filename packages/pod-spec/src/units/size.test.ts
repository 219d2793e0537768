import { describe, expect, it } from 'vitest';

import { parseSize } from './size.js';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['2048', 2048],
    ['2048B', 2048],
    ['64k', 64_000],
    ['64K', 64_000],
    ['64kB', 64_000],
    ['64Ki', 65_536],
    ['512Mi', 536_870_912],
    ['512MiB', 536_870_912],
    ['100MB', 100_000_000],
    ['100 MB', 100_000_000],
    ['1Gi', 1_073_741_824],
    ['1.5Gi', 1_610_612_736],
    ['2T', 2_000_000_000_000],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    'Mi',
    '-1',
    '1e3',
    '12Qi',
    '1 000',
    '1,5Gi',
    '512mi',
    '0.5',
    '0.3Ki',
    ' 5',
    '5\n',
    '99999999Ti',
  ])('%j is no size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
