import { checkOptions } from './check-options.js';
import { createClient } from './create-client.js';
import { createLoginMethod } from './login/create-login-method.js';
import { systemClock } from './time/clock.js';
import type { Clock } from './time/clock.js';
import { createTransport } from './transport/transport.js';
import type { VaultClient } from './vault-client.js';
import type { VaultOptions } from './vault-options.js';

/**
 * Makes a client. Nothing is sent until the first call, which logs in.
 *
 * @throws VaultError VAULT_BAD_OPTIONS, with everything that is wrong.
 */
export function createVault(options: VaultOptions): VaultClient {
  return createVaultAt(systemClock, options);
}

/** A client whose renewals go by another clock. */
export function createVaultAt(clock: Clock, options: VaultOptions): VaultClient {
  checkOptions(options);
  const transport = createTransport(options);
  return createClient({
    transport,
    clock,
    method: createLoginMethod(transport, options.auth),
    ...(options.onTokenChange === undefined ? {} : { onTokenChange: options.onTokenChange }),
  });
}
