import pLimit from 'p-limit';

import { steadyNow } from '../clock.js';
import { isOutage } from './secret-error.js';
import { messageOf } from '../agent-error.js';

import type { KvEntry, KvQuestion, Trouble } from './kv-entry.js';

/** How the cache works. */
export interface KvCacheOptions {
  /** Time between two looks at one secret, in milliseconds. */
  readonly pollMs: number;
  /** A secret has other content, or whether it can be asked for has changed. */
  readonly onChange: () => void;
}

/** Reads that are so close together see the same. */
const FRESH_MS = 2_000;
const CONCURRENT_POLLS = 4;

/** KV secrets in use: each is read once for all slots that may read it, and looked at now and then for as long as it is used. */
export class KvCache {
  readonly #options: KvCacheOptions;
  readonly #entries = new Map<string, KvEntry>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #reads = new Map<string, Promise<KvEntry>>();
  readonly #polls = new Map<string, NodeJS.Timeout>();
  readonly #questions = new Map<string, KvQuestion>();
  readonly #limit = pLimit(CONCURRENT_POLLS);
  #closed = false;

  constructor(options: KvCacheOptions) {
    this.#options = options;
  }

  /** What is known, without asking. */
  known({ path, role }: Pick<KvQuestion, 'path' | 'role'>): KvEntry | undefined {
    return this.#entries.get(keyOf(path, role));
  }

  /** What keeps it from being up to date. */
  trouble({ path, role }: Pick<KvQuestion, 'path' | 'role'>): Trouble | undefined {
    return this.#troubles.get(keyOf(path, role));
  }

  /**
   * The secret as it is now. While Vault cannot be asked, as it last was.
   *
   * @throws VaultError
   */
  async read(question: KvQuestion): Promise<KvEntry> {
    const key = keyOf(question.path, question.role);
    const known = this.#entries.get(key);
    const isFresh = known !== undefined && steadyNow() - known.checkedAt < FRESH_MS;
    if (isFresh && !this.#troubles.has(key)) return known;
    try {
      return await this.#fetch(key, question);
    } catch (error: unknown) {
      if (known === undefined || !isOutage(error)) throw error;
      return known;
    }
  }

  /** The secrets to look at from now on; others are forgotten. */
  watch(questions: readonly KvQuestion[]): void {
    const wanted = new Map(questions.map((question) => [keyOf(question.path, question.role), question]));
    for (const key of this.#questions.keys()) if (!wanted.has(key)) this.#forget(key);
    for (const [key, question] of wanted) {
      const isNew = !this.#questions.has(key);
      this.#questions.set(key, question);
      if (isNew) this.#schedule(key, this.#entries.has(key) ? undefined : 0);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#polls.values()) clearTimeout(timer);
    this.#polls.clear();
  }

  #forget(key: string): void {
    clearTimeout(this.#polls.get(key));
    this.#polls.delete(key);
    this.#questions.delete(key);
    this.#entries.delete(key);
    this.#troubles.delete(key);
  }

  /** Up to a fifth off, so that hosts do not ask in step. */
  #schedule(key: string, delayMs = this.#options.pollMs * (0.9 + Math.random() / 5)): void {
    if (this.#closed) return;
    clearTimeout(this.#polls.get(key));
    const timer = setTimeout(() => {
      void this.#limit(() => this.#poll(key));
    }, delayMs);
    timer.unref();
    this.#polls.set(key, timer);
  }

  async #poll(key: string): Promise<void> {
    const question = this.#questions.get(key);
    if (question === undefined || this.#closed) return;
    const known = this.#entries.get(key);
    try {
      if (known === undefined) await this.#fetch(key, question);
      else await this.#check(key, question, known);
    } catch {
      // The entry says it; there is nobody to tell when there is none.
    }
    if (this.#questions.has(key)) this.#schedule(key);
  }

  async #check(key: string, question: KvQuestion, known: KvEntry): Promise<void> {
    try {
      if ((await question.client.kv.version(question.path)) === known.version) this.#confirm(key, known);
      else await this.#fetch(key, question);
    } catch (error: unknown) {
      this.#failed(key, error);
      throw error;
    }
  }

  /** One read for all who ask at the same time. */
  async #fetch(key: string, question: KvQuestion): Promise<KvEntry> {
    const running = this.#reads.get(key);
    if (running !== undefined) return running;
    const read = this.#readNow(key, question).finally(() => this.#reads.delete(key));
    this.#reads.set(key, read);
    return read;
  }

  async #readNow(key: string, { client, path }: KvQuestion): Promise<KvEntry> {
    const known = this.#entries.get(key);
    try {
      const { data, version, number } = await client.kv.read(path);
      if (known?.version === version) {
        this.#confirm(key, known);
        return known;
      }
      const now = steadyNow();
      const material = { kind: 'kv', data } as const;
      const entry = {
        ...{ material, version, changedAt: now, checkedAt: now },
        ...(number === undefined ? {} : { number }),
      };
      this.#entries.set(key, entry);
      this.#troubles.delete(key);
      this.#options.onChange();
      return entry;
    } catch (error: unknown) {
      this.#failed(key, error);
      throw error;
    }
  }

  #confirm(key: string, entry: KvEntry): void {
    entry.checkedAt = steadyNow();
    if (this.#troubles.delete(key)) this.#options.onChange();
  }

  /** Last good content stays in use. */
  #failed(key: string, error: unknown): void {
    const before = this.#troubles.get(key);
    const problem = isOutage(error) ? undefined : messageOf(error);
    if (before !== undefined && before.problem === problem) return;
    const since = before?.since ?? Date.now();
    this.#troubles.set(key, problem === undefined ? { since } : { since, problem });
    if (this.#questions.has(key)) this.#options.onChange();
  }
}

function keyOf(path: string, role: string | undefined): string {
  return `${role ?? ''}\n${path}`;
}
