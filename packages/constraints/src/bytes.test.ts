import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatBytes, parseBytes } from './bytes.js';

it.each([
  ['0', 0],
  ['2048', 2048],
  ['8Gi', 8 * 1024 ** 3],
  ['8GiB', 8 * 1024 ** 3],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['100MB', 1e8],
  ['100 M', 1e8],
  ['64k', 64_000],
  ['64Ki', 65_536],
  ['2T', 2e12],
  ['1Pi', 1024 ** 5],
  ['512B', 512],
  [' 1G ', 1e9],
])('reads %j', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

it.each(['', 'Gi', '8i', '8 Gb', '-1', '1e3', '8GiBB', 'eight', '8Gi8', '1,5G'])(
  'does not take %j for a size',
  (text) => {
    expect(parseBytes(text)).toBeUndefined();
  },
);

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536 * 1024 ** 2, '1.5 GiB'],
  [25_276_026_880, '23.54 GiB'],
  [-2048, '-2 KiB'],
  [NaN, 'NaN B'],
  [1024 ** 7, '1048576 PiB'],
])('writes %d as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('writes what it reads again, but for rounding', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (bytes) => {
      expect(parseBytes(formatBytes(bytes))).toBeCloseTo(bytes, -Math.ceil(Math.log10(bytes + 1)) + 1);
    }),
  );
});
