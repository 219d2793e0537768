import { setTimeout as sleep } from 'node:timers/promises';

import { createVault } from '@raftainer/vault';

import { TestDatabase } from '../../apps/agent/test/support/test-database.js';
import { TestVault } from '../../apps/agent/test/support/test-vault.js';
import { RecordingProxy } from '../harness/recording-proxy.js';

import type { Ground } from '../harness/ground.js';
import type { VaultClient } from '@raftainer/vault';

/** A way to the Vault on which everything is written down. */
export interface VaultDoor {
  readonly proxy: RecordingProxy;
  /** Of an agent that goes this way. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Lives of what the Vault gives, in seconds. */
export interface VaultLives {
  readonly leaseSec: number;
  readonly tokenSec: number;
}

/** The role of the database whose credentials are handed out. */
export const DATABASE_ROLE = 'bench';
/** Far beyond the benchmark: nothing has to be rotated, as in most hours. */
const LONGEST_LIFE = '24h';
/** Longer than Vault needs for what it is taking back just now. */
const CLOSE_MS = 10_000;

/** An embedded Vault in the process of the benchmark, and a real PostgreSQL behind it. */
export class BenchVault {
  readonly #ground: Ground;
  readonly #vault: TestVault;

  private constructor(ground: Ground, vault: TestVault) {
    this.#ground = ground;
    this.#vault = vault;
  }

  static async start(ground: Ground, { leaseSec, tokenSec }: VaultLives): Promise<BenchVault> {
    const vault = await TestVault.start();
    // The database ends last: Vault may still be taking users back.
    const behind: { database?: TestDatabase } = {};
    ground.cleanup.add(async () => behind.database?.close());
    ground.cleanup.add(() => closeVault(vault));
    await vault.request('POST', 'auth/approle/role/agent', {
      token_policies: 'raftainer-agent',
      token_ttl: `${tokenSec}s`,
      token_max_ttl: LONGEST_LIFE,
    });
    behind.database = await TestDatabase.start(vault);
    await behind.database.role(vault, DATABASE_ROLE, { ttl: `${leaseSec}s`, max: LONGEST_LIFE });
    return new BenchVault(ground, vault);
  }

  /** A client that may do anything, past all proxies. */
  get admin(): VaultClient {
    return this.#vault.admin;
  }

  /** Opens a way to it; closed at the end. */
  async door(): Promise<VaultDoor> {
    const { host, port } = this.#vault.server;
    const proxy = await RecordingProxy.start({ host, port });
    this.#ground.cleanup.add(() => proxy.close());
    const environment = await this.#vault.environment();
    return { proxy, environment: { ...environment, VAULT_ADDR: addressOf(proxy) } };
  }

  /** A client that may do anything, and goes the way of an agent. */
  clientThrough({ proxy }: VaultDoor): VaultClient {
    const token = this.#vault.server.rootToken;
    const client = createVault({ address: addressOf(proxy), auth: { method: 'token', token } });
    this.#ground.cleanup.add(() => client.close());
    return client;
  }
}

/** Ctrl-C reaches the database as well: what Vault cannot take back there any more must not hold up the rest. */
async function closeVault(vault: TestVault): Promise<void> {
  const closed = new AbortController();
  const patience = sleep(CLOSE_MS, undefined, { signal: closed.signal });
  await Promise.race([vault.close(), patience]).finally(() => {
    closed.abort();
  });
}

function addressOf({ port }: RecordingProxy): string {
  return `http://127.0.0.1:${port}`;
}
