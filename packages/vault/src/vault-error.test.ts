import { expect, it } from 'vitest';
import { VAULT_ERRORS, VaultError, isVaultError } from './vault-error.js';

it('is recognised by name and code, so also from another copy of the package', () => {
  expect(isVaultError(new VaultError('VAULT_TIMEOUT', 'x', { retryable: true }))).toBe(true);
  const foreign = Object.assign(new Error('x'), {
    name: 'VaultError',
    code: 'VAULT_TIMEOUT',
    retryable: true,
  });
  expect(isVaultError(foreign)).toBe(true);
});

it.each([
  undefined,
  'VAULT_TIMEOUT',
  new Error('x'),
  Object.assign(new Error('x'), { code: 'VAULT_TIMEOUT' }),
  Object.assign(new Error('x'), { name: 'VaultError', code: 'toString' }),
  { name: 'VaultError', code: 'VAULT_TIMEOUT' },
])('does not take %s for one', (value) => {
  expect(isVaultError(value)).toBe(false);
});

it('has a meaning for every code', () => {
  for (const [code, meaning] of Object.entries(VAULT_ERRORS)) {
    expect(code).toMatch(/^VAULT_[A-Z_]+$/);
    expect(meaning).toMatch(/\.$/);
  }
});
