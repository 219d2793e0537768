import { rm } from 'node:fs/promises';

import { startConsul, testImage } from '@raftainer/testing';

import { memoryFolder } from './memory-folder.js';
import { TestDatabase } from './test-database.js';
import { TestHost } from './test-host.js';
import { TestVault } from './test-vault.js';

import type { PrivateEngine } from './private-engine.js';
import type { RealConsul } from '@raftainer/testing';

/** What stories about leases stand on. */
export interface SecretGround {
  readonly vault: TestVault;
  readonly database: TestDatabase;
  readonly consul: RealConsul;
  readonly image: string;
  /** For the files of pods, in memory. */
  readonly folder: string;
  /** Starts a host that logs in to this Vault, on this Consul; on the engine of all tests, or one of its own. */
  newHost(options?: NewHostOptions): Promise<TestHost>;
  /** Ends the hosts that were started. */
  closeHosts(): Promise<void>;
  /** Ends and removes all of it. */
  close(): Promise<void>;
}

/** What a host may have of its own. */
export interface NewHostOptions {
  readonly engine?: PrivateEngine;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a Vault with a database behind it, and a Consul that several hosts can share. */
export async function startSecretGround(): Promise<SecretGround> {
  const [vault, image, folder, consul] = await Promise.all([
    TestVault.start(),
    testImage(),
    memoryFolder(),
    startConsul(),
  ]);
  const database = await TestDatabase.start(vault);
  const hosts: TestHost[] = [];
  const newHost = async ({ engine, environment }: NewHostOptions = {}): Promise<TestHost> => {
    const host = await TestHost.create({
      sharedConsul: consul,
      ...(engine === undefined ? {} : { dockerHost: engine.host }),
      environment: {
        ...(await vault.environment()),
        RAFTAINER_SECRETS_DIR: folder,
        RAFTAINER_SECRETS_SPLAY: '0s',
        ...environment,
      },
    });
    hosts.push(host);
    return host;
  };
  const closeHosts = async (): Promise<void> => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  };
  const close = async (): Promise<void> => {
    await vault.close();
    await database.close();
    await consul.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { vault, database, consul, image, folder, newHost, closeHosts, close };
}
