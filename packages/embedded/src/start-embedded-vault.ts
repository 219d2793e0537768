import { join } from 'node:path';
import { openLevelJournal } from './storage/level-journal.js';
import type { Journal } from './storage/journal.js';
import { createKeptJournal } from './vault/storage/kept-journal.js';
import { loadKeys, makeKeys, type VaultKeys } from './vault/storage/key-file.js';
import { isInitialized } from './vault/storage/sealed-journal.js';
import { startVaultServer } from './vault/vault-server.js';

/** How to start an embedded Vault. Everything has a default. */
export interface EmbeddedVaultOptions {
  /** Address to listen on. Default 127.0.0.1. There is no TLS: tokens and secrets pass in clear. */
  readonly host?: string;
  /** Port to listen on. Default 8200; 0 = any free one. */
  readonly port?: number;
  /** Where to keep the state (encrypted, in a folder `vault` in it). Default: nowhere, it ends with the server. */
  readonly dataDir?: string;
  /**
   * The file with the key of the data and the root token (mode 0600, made when there is no data yet). Default
   * `vault.key` in the data directory; better is a disk that is not copied with the data. Ignored without `dataDir`.
   */
  readonly keyFile?: string;
  /** The root token. Default: the key file's, which is made once; without a data directory a new one with every start. */
  readonly rootToken?: string;
}

/** A running embedded Vault. */
export interface EmbeddedVault {
  readonly host: string;
  readonly port: number;
  /** The base URL of the HTTP API, such as `http://127.0.0.1:8200`; what `VAULT_ADDR` wants. */
  readonly address: string;
  /** May do anything. Keep it out of logs. */
  readonly rootToken: string;
  /** Seals the server, as `vault operator seal` does: until it is unsealed it answers 503 and does nothing. */
  seal(): Promise<void>;
  /** Unseals it again with the key that it was started with. */
  unseal(): Promise<void>;
  /** Ends it: makes everything durable, waits for what is being revoked just now, and releases port and data directory. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 8200;

/**
 * Starts a Vault-compatible server in this process, unsealed. Its timers and its idle sockets do not keep the process
 * alive beyond the listening port. Throws {@link EmbeddedError}: `EMBEDDED_PORT_IN_USE`, `EMBEDDED_LISTEN_FAILED`,
 * `EMBEDDED_DATA_IN_USE`, `EMBEDDED_DATA_UNREADABLE`, `EMBEDDED_KEY_EXPOSED`, `EMBEDDED_KEY_UNUSABLE`.
 */
export async function startEmbeddedVault(options: EmbeddedVaultOptions = {}): Promise<EmbeddedVault> {
  const host = options.host ?? '127.0.0.1';
  const { dataDir } = options;
  const journal =
    dataDir === undefined ? createKeptJournal() : await openLevelJournal(join(dataDir, 'vault'));
  try {
    const keys = await keysOf(options, journal);
    const port = options.port ?? DEFAULT_PORT;
    const server = await startVaultServer({ host, port, journal, keys, durable: dataDir !== undefined });
    let closed: Promise<void> | undefined;
    return {
      host,
      port: server.port,
      address: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
      rootToken: keys.rootToken,
      seal: () => server.seal(),
      unseal: () => server.unseal(),
      close: () => (closed ??= server.close()),
    };
  } catch (error) {
    await journal.close().catch(() => undefined);
    throw error;
  }
}

async function keysOf(options: EmbeddedVaultOptions, journal: Journal): Promise<VaultKeys> {
  const { dataDir, rootToken } = options;
  if (dataDir === undefined) return makeKeys(rootToken);
  const mayMake = !(await isInitialized(journal));
  const keys = await loadKeys(options.keyFile ?? join(dataDir, 'vault.key'), { mayMake, rootToken });
  return { ...keys, rootToken: rootToken ?? keys.rootToken };
}
