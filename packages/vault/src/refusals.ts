import { VaultError } from './vault-error.js';

/** A refusal before anything is sent. */
export function badRequest(message: string): VaultError {
  return new VaultError('VAULT_BAD_REQUEST', message, { retryable: false });
}

/** Options that make no sense. */
export function badOptions(message: string): VaultError {
  return new VaultError('VAULT_BAD_OPTIONS', message, { retryable: false });
}
