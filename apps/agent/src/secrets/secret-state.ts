import { createHmac, randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { StateDir } from '../presence/state-dir.js';
import type { SlotId } from '@raftainer/pod-spec';

/** A lease or certificate that a slot has, as the next run of the agent needs it. */
export interface StoredIssue {
  /** Key of its source. */
  readonly key: string;
  /** Id of the lease; absent for a certificate without one. */
  readonly lease?: string;
  /** Accessor of the token that it was issued under, and ends with. */
  readonly accessor?: string;
  /** End of a certificate, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** What a container was given: digests under a key of this host, which tell nothing without it. */
export interface Given {
  /** Docker's id. */
  readonly id: string;
  /** By `variable NAME` and `file PATH`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What is remembered of one slot. Never a value. */
export interface StoredSlot {
  readonly epoch: number;
  readonly issues: readonly StoredIssue[];
  /** Leases that were replaced and are still to be revoked. */
  readonly retiring: readonly string[];
  /** Accessors of the tokens made for the slot. */
  readonly tokens: readonly string[];
  readonly given: Readonly<Record<string, Given>>;
}

const SLOT = z.object({
  epoch: z.number(),
  issues: z.array(
    z.object({
      key: z.string(),
      lease: z.string().optional(),
      accessor: z.string().optional(),
      expiresAt: z.number().optional(),
    }),
  ),
  retiring: z.array(z.string()),
  tokens: z.array(z.string()),
  given: z.record(z.string(), z.object({ id: z.string(), digests: z.record(z.string(), z.string()) })),
});

const STATE = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/), slots: z.record(z.string(), SLOT) });

/** In the state directory; its owner's alone. */
const FILE = 'secrets.json';

/**
 * What this host's slots were given of secrets, kept for the next run of the agent: so that it renews instead of asking for
 * more, and notices what changed while it was away. Digests are keyed with random bytes of this host.
 */
export class SecretState {
  readonly #stateDir: StateDir;
  readonly #key: string;
  readonly #slots: Map<string, StoredSlot>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(stateDir: StateDir, key: string, slots: Map<string, StoredSlot>) {
    this.#stateDir = stateDir;
    this.#key = key;
    this.#slots = slots;
  }

  /** Reads what the last run left; one that cannot be read is none. */
  static async open(stateDir: StateDir): Promise<SecretState> {
    const parsed = STATE.safeParse(await stateDir.read(FILE));
    if (!parsed.success) return new SecretState(stateDir, randomBytes(32).toString('hex'), new Map());
    const { key, slots } = parsed.data;
    return new SecretState(stateDir, key, new Map(Object.entries(slots as Record<string, StoredSlot>)));
  }

  /** The slots that something is remembered of. */
  get slots(): readonly SlotId[] {
    return [...this.#slots.keys()] as SlotId[];
  }

  get(slot: SlotId): StoredSlot | undefined {
    return this.#slots.get(slot);
  }

  /** Remembers, and resolves when it is on disk. Nothing changed: nothing is written. */
  async put(slot: SlotId, stored: StoredSlot): Promise<void> {
    if (JSON.stringify(this.#slots.get(slot)) === JSON.stringify(stored)) return;
    this.#slots.set(slot, stored);
    await this.#write();
  }

  async forget(slot: SlotId): Promise<void> {
    if (this.#slots.delete(slot)) await this.#write();
  }

  /** The digest of a value. */
  digest(value: Buffer): string {
    return createHmac('sha256', this.#key).update(value).digest('base64');
  }

  /** One at a time, each with what is true when its turn comes. */
  async #write(): Promise<void> {
    const write = this.#writing.then(() =>
      this.#stateDir.write(FILE, { key: this.#key, slots: Object.fromEntries(this.#slots) }),
    );
    this.#writing = write.catch(() => undefined);
    await write;
  }
}
