/** The end of a lease is published anew no more often: at rest nothing is written. */
const SHOW_EVERY_MS = 600_000;

interface Shown {
  readonly expiresAt: number;
  readonly since: number;
}

/** The ends of leases as they are published: not each renewal is news. */
export class ShownExpiries {
  readonly #shown = new Map<string, Shown>();

  /** What is to be published of an end, both in milliseconds since 1970. */
  of(key: string, expiresAt: number | undefined): number | undefined {
    const shown = this.#shown.get(key);
    const now = Date.now();
    const isNews = shown === undefined || now - shown.since > SHOW_EVERY_MS || shown.expiresAt <= now;
    if (!isNews && expiresAt !== undefined && expiresAt >= shown.expiresAt) return shown.expiresAt;
    if (expiresAt === undefined) this.#shown.delete(key);
    else this.#shown.set(key, { expiresAt, since: now });
    return expiresAt;
  }
}
