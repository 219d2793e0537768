import { expect, it } from 'vitest';
import { createStyle } from './style.js';

it.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
])('a terminal %s with %j has colours: %s', (isTerminal, env, hasColours) => {
  expect(createStyle(isTerminal, env).bad('x') !== 'x').toBe(hasColours);
});

it('does not paint nothing', () => {
  expect(createStyle(true, {}).bad('')).toBe('');
});
