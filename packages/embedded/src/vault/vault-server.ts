import { startHttpServer } from '../http/http-server.js';
import type { Journal } from '../storage/journal.js';
import type { VaultKeys } from './storage/key-file.js';
import { createVaultHandler } from './vault-handler.js';
import { VaultSeal } from './vault-seal.js';

/** Everything a Vault-compatible server needs to know. */
export interface VaultServerOptions {
  readonly host: string;
  readonly port: number;
  readonly journal: Journal;
  readonly keys: VaultKeys;
  readonly durable: boolean;
}

/** A running Vault-compatible server. */
export interface VaultServer {
  readonly port: number;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** Stops listening, then what goes on by itself, then flushes and closes the journal. */
  close(): Promise<void>;
}

/** Unseals the data, starts its timers and serves. */
export async function startVaultServer(options: VaultServerOptions): Promise<VaultServer> {
  const { journal, keys, durable } = options;
  const clock = (): number => performance.timeOrigin + performance.now();
  const seal = new VaultSeal({ journal, keys, clock });
  await seal.unseal();
  await journal.settled();
  const handler = createVaultHandler({ seal, clock, durable, journal });
  const http = await startHttpServer(handler, {
    host: options.host,
    port: options.port,
    product: 'Vault',
  }).catch(async (error: unknown) => {
    await seal.close();
    throw error;
  });
  return {
    port: http.port,
    seal: () => seal.seal(),
    unseal: () => seal.unseal(),
    close: async () => {
      await http.close();
      await seal.close();
      await journal.close();
    },
  };
}
