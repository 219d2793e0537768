import { createVault } from '@raftainer/vault';

import type { Config } from './config/config.js';
import type { Logger } from '@raftainer/logger';
import type { TokenEvent, VaultClient, VaultOptions } from '@raftainer/vault';

/** A Vault to use, and how to leave it. */
export interface RunningVault {
  readonly client: VaultClient;
  /** The token lives on: what was issued under it does, too. */
  readonly close: () => Promise<void>;
}

/** The configured Vault; undefined when there is none. Nothing is asked of one that runs before something needs it. */
export async function startVault(config: Config, logger: Logger): Promise<RunningVault | undefined> {
  const { vault } = config;
  if (vault.kind === 'none') return undefined;
  if (vault.kind === 'embedded') return startEmbedded(config, vault.port, logger);
  const client = clientOf(vault.options, logger);
  const { address, auth } = vault.options;
  logger.info({ address, login: auth.method }, 'Secrets come from Vault');
  return { client, close: () => client.close() };
}

/** Beside the embedded Consul; only loaded when it is needed. Its data and its key are in the state directory. */
async function startEmbedded(
  { stateDir: dataDir }: Config,
  port: number | undefined,
  logger: Logger,
): Promise<RunningVault> {
  const { isEmbeddedError, startEmbeddedVault } = await import('@raftainer/embedded');
  const server = await startEmbeddedVault({ dataDir, ...(port === undefined ? {} : { port }) }).catch(
    (error: unknown) => {
      const isTaken = isEmbeddedError(error) && error.code === 'EMBEDDED_PORT_IN_USE';
      // Nobody asked for that port: a Vault of somebody else's may be there.
      if (port !== undefined || !isTaken) throw error;
      return startEmbeddedVault({ dataDir, port: 0 });
    },
  );
  logger.info({ address: server.address }, 'No Vault is configured: the embedded one serves this host');
  const auth = { method: 'token', token: server.rootToken } as const;
  const client = clientOf({ address: server.address, auth }, logger);
  return {
    client,
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}

function clientOf(options: VaultOptions, logger: Logger): VaultClient {
  return createVault({
    ...options,
    onTokenChange: (event) => {
      logTokenChange(logger, event);
    },
  });
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
