import pLimit from 'p-limit';

import type { OwnLeases } from './slot-claim.js';
import type { Logger } from '@raftainer/logger';
import type { VaultClient } from '@raftainer/vault';

/** How long a slot waits for what earlier holders left to be revoked. */
const REVOKE_MS = 10_000;
const AT_A_TIME = 8;

/**
 * Takes leases and tokens back, within a bounded time, and gives those that could not be. What Vault does not know any more
 * counts as taken back.
 */
export async function revokeAll(
  { leases, tokens }: OwnLeases,
  { vault, logger }: { readonly vault: VaultClient; readonly logger: Logger },
): Promise<OwnLeases> {
  const limit = pLimit(AT_A_TIME);
  const signal = AbortSignal.timeout(REVOKE_MS);
  const left = async (ids: readonly string[], revoke: (id: string) => Promise<void>): Promise<string[]> => {
    const results = await Promise.all(
      ids.map((id) =>
        limit(async () => {
          try {
            await revoke(id);
            return [];
          } catch (error: unknown) {
            logger.warn({ error }, 'Vault does not take back what a slot was given; trying again later');
            return [id];
          }
        }),
      ),
    );
    return results.flat();
  };
  const call = { signal, timeoutMs: REVOKE_MS };
  return {
    // A token takes its leases with it; those of the agent's own token go one by one.
    leases: await left(leases, (id) => vault.leases.revoke(id, call)),
    tokens: await left(tokens, (accessor) => vault.tokens.revokeAccessor(accessor, call)),
  };
}
