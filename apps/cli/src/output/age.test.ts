import { expect, it } from 'vitest';
import { formatAge } from './age.js';

it.each([
  [-5, '0s'],
  [999, '0s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [7_199_999, '119m'],
  [7_200_000, '2h'],
  [172_799_999, '47h'],
  [172_800_000, '2d'],
])('%d ms is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});
