import { expect, it } from 'vitest';
import { CONSTRAINTS_ERRORS, ConstraintsError, isConstraintsError } from './constraints-error.js';

it('goes by name and code, not by class', () => {
  const foreign = Object.assign(new Error('x'), {
    name: 'ConstraintsError',
    code: 'CONSTRAINTS_PROBE_FAILED',
  });
  expect(isConstraintsError(foreign)).toBe(true);
  expect(
    isConstraintsError(Object.assign(new Error('x'), { name: 'ConstraintsError', code: 'toString' })),
  ).toBe(false);
  expect(isConstraintsError(new Error('x'))).toBe(false);
});

it('says whether trying again may help', () => {
  expect(new ConstraintsError('CONSTRAINTS_PROBE_FAILED', 'x').retryable).toBe(true);
  expect(new ConstraintsError('CONSTRAINTS_PROBE_ABORTED', 'x').retryable).toBe(false);
  expect(Object.keys(CONSTRAINTS_ERRORS)).toHaveLength(3);
});
