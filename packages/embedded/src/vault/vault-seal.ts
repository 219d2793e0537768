import { timingSafeEqual } from 'node:crypto';
import type { Journal } from '../storage/journal.js';
import type { VaultKeys } from './storage/key-file.js';
import type { Clock } from './vault-context.js';
import { VaultSession } from './vault-session.js';

/** What the seal is made of. */
export interface VaultSealOptions {
  readonly journal: Journal;
  readonly keys: VaultKeys;
  readonly clock: Clock;
}

/** Whether the server can read its own data. While it is sealed, neither data nor keys of the data are in its tables. */
export class VaultSeal {
  private current: VaultSession | undefined;
  /** Sealing and unsealing happen one after the other. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: VaultSealOptions) {}

  /** `undefined` while sealed. */
  get session(): VaultSession | undefined {
    return this.current;
  }

  /** True when `key` is the unseal key. */
  fits(key: Buffer): boolean {
    const { unsealKey } = this.options.keys;
    return key.length === unsealKey.length && timingSafeEqual(key, unsealKey);
  }

  unseal(): Promise<void> {
    return this.inTurn(async () => {
      this.current ??= await VaultSession.open(this.options);
    });
  }

  /** Requests that have begun may still finish; a later unsealing waits for them. */
  seal(): Promise<void> {
    const session = this.current;
    this.current = undefined;
    if (session === undefined) return Promise.resolve();
    void this.inTurn(async () => {
      await session.close();
      await session.idle();
      await this.options.journal.settled();
    });
    return Promise.resolve();
  }

  /** Seals, and waits until nothing goes on any more. */
  async close(): Promise<void> {
    await this.seal();
    await this.turn.catch(() => undefined);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.catch(() => undefined).then(work);
    this.turn = done;
    done.catch(() => undefined);
    return done;
  }
}
