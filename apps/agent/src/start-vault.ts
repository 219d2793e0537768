import { createVault } from '@raftainer/vault';

import type { Config } from './config/config.js';
import type { Logger } from '@raftainer/logger';
import type { TokenEvent, VaultClient } from '@raftainer/vault';

/** A Vault to use, and how to leave it. */
export interface RunningVault {
  readonly client: VaultClient;
  /** The token lives on: what was issued under it does, too. */
  readonly close: () => Promise<void>;
}

/** The client of the configured Vault; undefined when there is none. Nothing is asked before something needs it. */
export async function startVault(config: Config, logger: Logger): Promise<RunningVault | undefined> {
  if (config.vault.kind !== 'external') return undefined;
  const { options } = config.vault;
  const client = createVault({
    ...options,
    onTokenChange: (event) => {
      logTokenChange(logger, event);
    },
  });
  logger.info({ address: options.address, login: options.auth.method }, 'Secrets come from Vault');
  return Promise.resolve({ client, close: () => client.close() });
}

function logTokenChange(logger: Logger, event: TokenEvent): void {
  switch (event.type) {
    case 'logged-in':
      logger.info({ until: event.expiresAt }, 'Logged in to Vault');
      return;
    case 'renewed':
      logger.debug({ until: event.expiresAt }, 'The login to Vault was renewed');
      return;
    case 'renewal-failed':
      logger.warn({ error: event.error }, 'The login to Vault could not be renewed');
      return;
    case 'lost':
      logger.warn({ error: event.error }, 'The login to Vault has ended');
  }
}
