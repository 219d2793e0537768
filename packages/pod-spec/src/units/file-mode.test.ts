import { expect, it } from 'vitest';

import { parseFileMode } from './file-mode.js';

it.each([
  ['0400', 0o400],
  ['644', 0o644],
])('%s is octal', (text, mode) => {
  expect(parseFileMode(text)).toBe(mode);
});

it.each(['', '4', '0x1', '0800', '04000', '-400'])('%j is no mode', (text) => {
  expect(parseFileMode(text)).toBeUndefined();
});
