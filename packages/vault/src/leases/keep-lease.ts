import type { CallOptions } from '../call-options.js';
import type { TokenKeeper } from '../login/token-keeper.js';
import type { Clock } from '../time/clock.js';
import { Renewal } from '../time/renewal.js';
import { allowManyListeners } from '../transport/allow-many-listeners.js';
import { ignoringErrors } from '../ignoring-errors.js';
import type { KeepEvents, KeptLease, Lease } from './leases.js';

/** What keeping a lease needs. */
export interface KeepContext {
  readonly keeper: TokenKeeper;
  readonly clock: Clock;
  /** Ends keeping. */
  readonly closed: AbortSignal;
  readonly renew: (options: CallOptions) => Promise<Lease>;
}

/** Keeps a lease renewed, and within the life of the token that is in use now. See `Leases.keep`. */
export function keepLease(lease: Lease, events: KeepEvents, context: KeepContext): KeptLease {
  const { clock, closed, keeper } = context;
  let failingSince: number | undefined;
  const renewal = new Renewal({
    clock,
    life: lease,
    issuedAt: clock.now(),
    renew: context.renew,
    isGone: ({ code }) => code === 'VAULT_LEASE_GONE',
    onRenewed: ({ durationSec, renewable }) => {
      failingSince = undefined;
      ignoringErrors(() => events.onRenewed?.({ id: lease.id, durationSec, renewable }));
    },
    onFailing: (error) => {
      const since = (failingSince ??= clock.wallNow());
      ignoringErrors(() => events.onFailing?.(error, since));
    },
    onEnding: (reason) => {
      letGo();
      ignoringErrors(() => {
        events.onEnding(reason);
      });
    },
  });
  // Vault revokes a lease together with its token.
  const unlisten = keeper.onFinalEnd((endsAt) => {
    renewal.limit(endsAt);
  });
  const stop = (): void => {
    renewal.stop();
    letGo();
  };
  const letGo = (): void => {
    unlisten();
    closed.removeEventListener('abort', stop);
  };
  allowManyListeners(closed);
  closed.addEventListener('abort', stop, { once: true });
  if (closed.aborted) stop();
  return { stop };
}
