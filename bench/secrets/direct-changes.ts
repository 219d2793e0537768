import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fileHolds } from './file-holds.js';

import type { Ground } from '../harness/ground.js';
import type { VaultClient } from '@raftainer/vault';

const SECRET = 'secret/direct';
const TIMEOUT_MS = 60_000;

/** The floor: whoever writes a value reads it and replaces the file at once, and nothing is around it. */
export class DirectChanges {
  readonly #ground: Ground;
  readonly #client: VaultClient;
  /** In memory. */
  readonly #folder: string;
  #changes = 0;
  readonly times: number[] = [];

  constructor(ground: Ground, client: VaultClient, folder: string) {
    this.#ground = ground;
    this.#client = client;
    this.#folder = folder;
  }

  /** From just before the write until the file has the value, in milliseconds; kept in `times` but for the first. */
  async change(): Promise<void> {
    const { run, signal } = this.#ground;
    this.#changes += 1;
    const value = `${run} direct ${this.#changes}`;
    const file = join(this.#folder, 'direct');
    const sinceMs = Date.now();
    const [atMs] = await Promise.all([
      fileHolds(file, value, { signal, timeoutMs: TIMEOUT_MS }),
      this.#deliver(file, value),
    ]);
    if (this.#changes > 1) this.times.push(atMs - sinceMs);
  }

  async #deliver(file: string, value: string): Promise<void> {
    await this.#client.kv.write(SECRET, { value });
    const { data } = await this.#client.kv.read(SECRET);
    await writeFile(`${file}.tmp`, String(data.value), { mode: 0o400, flag: 'wx' });
    await rename(`${file}.tmp`, file);
  }
}
