import { expect, it } from 'vitest';
import { CONSUL_ERRORS, ConsulError, isConsulError } from './consul-error.js';

it('is recognised by name and code, so also from another copy of the package', () => {
  expect(isConsulError(new ConsulError('CONSUL_TIMEOUT', 'x', { retryable: true }))).toBe(true);
  const foreign = Object.assign(new Error('x'), {
    name: 'ConsulError',
    code: 'CONSUL_TIMEOUT',
    retryable: true,
  });
  expect(isConsulError(foreign)).toBe(true);
});

it.each([
  undefined,
  'CONSUL_TIMEOUT',
  new Error('x'),
  Object.assign(new Error('x'), { code: 'CONSUL_TIMEOUT' }),
  Object.assign(new Error('x'), { name: 'ConsulError', code: 'toString' }),
  { name: 'ConsulError', code: 'CONSUL_TIMEOUT' },
])('does not take %s for one', (value) => {
  expect(isConsulError(value)).toBe(false);
});

it('has a meaning for every code', () => {
  for (const [code, meaning] of Object.entries(CONSUL_ERRORS)) {
    expect(code).toMatch(/^CONSUL_[A-Z_]+$/);
    expect(meaning).toMatch(/\.$/);
  }
});
