import { badRequest } from '../refusals.js';
import type { Session } from '../session.js';
import { answerOf } from '../transport/read-answer.js';
import type { Tokens } from '../vault-client.js';
import { isVaultError } from '../vault-error.js';

/** Other tokens, by their accessors. */
export function createTokens(session: Session): Tokens {
  return {
    renewAccessor: async (accessor, options) => {
      const body = { accessor: checked(accessor) };
      const doing = `renewing the token of the accessor ${accessor}`;
      const spec = { doing, method: 'POST', path: 'auth/token/renew-accessor', body } as const;
      const reply = await session.call(spec, options);
      return { ttlSec: answerOf(reply).object('auth').number('lease_duration') };
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
