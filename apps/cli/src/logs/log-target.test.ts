import { expect, it } from 'vitest';
import { parseLogTarget } from './log-target.js';

it('is a pod or a slot, of all containers or of one', () => {
  expect(parseLogTarget('web', undefined)).toEqual({ pod: 'web' });
  expect(parseLogTarget('web/3', 'app')).toEqual({ pod: 'web', index: 3, container: 'app' });
});

it.each(['', 'Web', 'web/', 'web/x', 'web/0/app', 'W/0'])('%j is neither', (text) => {
  expect(() => parseLogTarget(text, undefined)).toThrow(expect.objectContaining({ code: 'CLI_USAGE' }));
});
