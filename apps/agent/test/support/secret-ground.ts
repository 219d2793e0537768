import { rm } from 'node:fs/promises';

import { startConsul, testImage } from '@raftainer/testing';

import { memoryFolder } from './memory-folder.js';
import { TestDatabase } from './test-database.js';
import { TestVault } from './test-vault.js';

import type { RealConsul } from '@raftainer/testing';

/** What stories about leases stand on. */
export interface SecretGround {
  readonly vault: TestVault;
  readonly database: TestDatabase;
  readonly consul: RealConsul;
  readonly image: string;
  /** For the files of pods, in memory. */
  readonly folder: string;
  /** Ends and removes all of it. */
  close(): Promise<void>;
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
  const close = async (): Promise<void> => {
    await vault.close();
    await database.close();
    await consul.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { vault, database, consul, image, folder, close };
}
