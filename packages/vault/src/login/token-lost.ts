import { VaultError } from '../vault-error.js';

const GIVE_ANOTHER =
  'Give another token, or let the client log in by AppRole or JWT, which it can do again by itself';

/** There is no token any more. */
export function tokenLost(why: string, repeatable: boolean): VaultError {
  const advice = repeatable ? 'The next call logs in again' : GIVE_ANOTHER;
  return new VaultError('VAULT_TOKEN_LOST', `The token is lost: ${why}. ${advice}.`, {
    retryable: repeatable,
  });
}

/** The given token can be renewed no longer. */
export function tokenEnding(expiresAt: number | undefined): VaultError {
  const end = expiresAt === undefined ? 'soon' : `at ${new Date(expiresAt).toISOString()}`;
  return new VaultError(
    'VAULT_TOKEN_LOST',
    `The token ends ${end} and cannot be renewed beyond that. ${GIVE_ANOTHER}.`,
    { retryable: false },
  );
}
