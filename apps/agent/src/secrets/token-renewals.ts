import { isVaultError } from '@raftainer/vault';

import { after } from './after.js';

import type { Logger } from '@raftainer/logger';
import type { VaultClient } from '@raftainer/vault';

/** What keeping tokens needs. */
export interface TokenRenewalsOptions {
  readonly vault: VaultClient;
  readonly logger: Logger;
  /** The token ends, and everything that was issued under it. */
  readonly onEnding: (accessor: string) => void;
}

interface Kept {
  cancel?: () => void;
  /** The longest life that a renewal gave, in milliseconds. */
  fullMs: number;
  /** By the monotonic clock. */
  endsAt: number;
}

/** Less than this part of a full life means that a maximum has cut it. */
const CUT = 0.9;
const RETRY_MS = 5_000;

/**
 * Keeps tokens of earlier runs of the agent alive by their accessors, for as long as leases that were issued under them
 * are in use: Vault ends a lease with its token, whoever renews it.
 */
export class TokenRenewals {
  readonly #options: TokenRenewalsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: TokenRenewalsOptions) {
    this.#options = options;
  }

  /** The tokens to keep from now on; others are left to their end. */
  keep(accessors: ReadonlySet<string>): void {
    for (const accessor of this.#kept.keys()) if (!accessors.has(accessor)) this.#stop(accessor);
    for (const accessor of accessors) {
      if (this.#kept.has(accessor)) continue;
      this.#kept.set(accessor, { fullMs: 0, endsAt: Infinity });
      void this.#renew(accessor);
    }
  }

  close(): void {
    for (const accessor of [...this.#kept.keys()]) this.#stop(accessor);
  }

  #stop(accessor: string): void {
    this.#kept.get(accessor)?.cancel?.();
    this.#kept.delete(accessor);
  }

  async #renew(accessor: string): Promise<void> {
    const kept = this.#kept.get(accessor);
    if (kept === undefined) return;
    const sentAt = performance.now();
    try {
      const { ttlSec } = await this.#options.vault.tokens.renewAccessor(accessor);
      this.#renewed(accessor, kept, { lifeMs: ttlSec === 0 ? Infinity : ttlSec * 1_000, sentAt });
    } catch (error: unknown) {
      const isGone = isVaultError(error) && !error.retryable;
      this.#options.logger.warn({ error }, 'The token of an earlier run of the agent cannot be renewed');
      if (isGone || performance.now() + RETRY_MS > kept.endsAt) this.#end(accessor);
      else this.#again(accessor, RETRY_MS);
    }
  }

  #renewed(
    accessor: string,
    kept: Kept,
    { lifeMs, sentAt }: { readonly lifeMs: number; readonly sentAt: number },
  ): void {
    const isCut = lifeMs < CUT * kept.fullMs;
    kept.fullMs = Math.max(kept.fullMs, lifeMs);
    kept.endsAt = sentAt + lifeMs;
    if (isCut) this.#end(accessor);
    else this.#again(accessor, lifeMs / 2);
  }

  #again(accessor: string, delayMs: number): void {
    const kept = this.#kept.get(accessor);
    if (kept === undefined || delayMs === Infinity) return;
    kept.cancel = after(delayMs, () => void this.#renew(accessor));
  }

  /** It stays known, so that nobody begins to keep it anew. */
  #end(accessor: string): void {
    this.#options.onEnding(accessor);
  }
}
