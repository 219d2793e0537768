import { inspect } from 'node:util';
import { isVaultError } from '../../src/index.js';
import type { VaultError } from '../../src/index.js';

/** The error a promise fails with, which must be a `VaultError`. */
export async function failure(promise: Promise<unknown>): Promise<VaultError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isVaultError(error)) throw new Error(`expected a VaultError, got ${inspect(error)}`);
  return error;
}
