import type { Transport } from '../transport/transport.js';
import { isVaultError } from '../vault-error.js';

/**
 * Whether Vault no longer takes a token at all, rather than denying it one path: both are 403, and their texts differ between versions.
 * When that cannot be found out, no.
 */
export async function isRefused(transport: Transport, token: string, signal: AbortSignal): Promise<boolean> {
  const spec = {
    doing: 'looking up the token',
    method: 'GET',
    path: 'auth/token/lookup-self',
    token,
  } as const;
  try {
    await transport.send(spec, signal);
    return false;
  } catch (error) {
    return isVaultError(error) && error.code === 'VAULT_DENIED';
  }
}
