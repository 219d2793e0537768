import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

it.each([
  ['10s', 10_000],
  ['10000ms', 10_000],
  ['1m30s', 90_000],
  ['24h0m0s', 86_400_000],
  ['1.5s', 1_500],
  ['500us', 0.5],
  ['0s', 0],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', 'soon', '10', '10s!', 's', '-1s'])('does not read %j', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

it('writes what it reads', () => {
  expect(parseDuration(formatDuration(12_345))).toBe(12_345);
});
