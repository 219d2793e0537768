import { badRequest } from '../refusals.js';
import type { Session } from '../session.js';
import type { Tokens } from '../vault-client.js';
import { isVaultError } from '../vault-error.js';

/** Other tokens, by their accessors. */
export function createTokens(session: Session): Tokens {
  return {
    renewAccessor: async (accessor, options) => {
      const body = { accessor: checked(accessor) };
      const doing = `renewing the token of the accessor ${accessor}`;
      await session.call({ doing, method: 'POST', path: 'auth/token/renew-accessor', body }, options);
    },
    revokeAccessor: async (accessor, options) => {
      const body = { accessor: checked(accessor) };
      const doing = `revoking the token of the accessor ${accessor}`;
      try {
        await session.call({ doing, method: 'POST', path: 'auth/token/revoke-accessor', body }, options);
      } catch (error) {
        if (!isVaultError(error) || error.code !== 'VAULT_NOT_FOUND') throw error;
      }
    },
  };
}

function checked(accessor: string): string {
  if (accessor === '') throw badRequest('The accessor of a token must not be empty.');
  return accessor;
}
