import { expect, it } from 'vitest';
import { closestName, didYouMean } from './closest-name.js';

it.each([
  ['wbe', ['api', 'web'], undefined],
  ['weeb', ['api', 'web'], 'web'],
  ['WEB', ['api', 'web'], 'web'],
  ['fronted', ['frontend', 'backend'], 'frontend'],
  ['database', ['web'], undefined],
  ['x', [], undefined],
])('for %j of %j it is %j', (name, known, expected) => {
  expect(closestName(name, known)).toBe(expected);
});

it('asks only when there is something to ask', () => {
  expect(didYouMean('weeb', ['web'])).toBe('; did you mean "web"?');
  expect(didYouMean('x', ['web'])).toBe('');
});
