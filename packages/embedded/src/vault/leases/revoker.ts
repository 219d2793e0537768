import type { Clock } from '../vault-context.js';
import { Deadlines } from './deadlines.js';

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** What a {@link Revoker} needs. */
export interface RevokerOptions {
  readonly clock: Clock;
  /** Takes back what a lease gave; may fail. */
  readonly revoke: (id: string) => Promise<void>;
}

/** Takes things back, one attempt at a time for each, until it has succeeded: after 1 s, 2 s, 4 s … 60 s. */
export class Revoker {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly failures = new Map<string, number>();
  private readonly retries: Deadlines;
  private stopped = false;

  constructor(private readonly options: RevokerOptions) {
    this.retries = new Deadlines(options.clock, (id) => {
      void this.begin(id);
    });
  }

  /** Attempts it now. Resolves with `undefined`, or with why it failed. Never rejects. */
  begin(id: string): Promise<unknown> {
    if (this.stopped) return Promise.resolve(undefined);
    const attempt = this.running.get(id) ?? this.attempt(id);
    this.running.set(id, attempt);
    return attempt;
  }

  /** True while an attempt runs or is to be repeated. */
  knows(id: string): boolean {
    return this.running.has(id) || this.failures.has(id);
  }

  /** There is nothing to take back any more. */
  forget(id: string): void {
    this.retries.clear(id);
    this.failures.delete(id);
  }

  /** No more attempts; waits for those under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.retries.stop();
    await Promise.all(this.running.values());
  }

  private async attempt(id: string): Promise<unknown> {
    this.retries.clear(id);
    try {
      await this.options.revoke(id);
      this.failures.delete(id);
      return undefined;
    } catch (error) {
      const failures = this.failures.get(id) ?? 0;
      this.failures.set(id, failures + 1);
      const wait = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
      if (!this.stopped) this.retries.set(id, this.options.clock() + wait);
      return error;
    } finally {
      this.running.delete(id);
    }
  }
}
