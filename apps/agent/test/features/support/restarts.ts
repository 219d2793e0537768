import type { TestHost } from '../../support/test-host.js';

interface Moment {
  readonly action: string;
  readonly timeMs: number;
}

/** Follows the deaths and starts of one container by the engine's own clock. */
export class Restarts {
  readonly #ending = new AbortController();
  readonly #moments: Moment[] = [];
  #reading: Promise<void> = Promise.resolve();

  /** Resolves once the engine tells of everything that happens from now on. */
  static async follow(
    host: TestHost,
    of: { readonly pod: string; readonly container: string },
  ): Promise<Restarts> {
    const restarts = new Restarts();
    await new Promise<void>((resolve) => {
      restarts.#reading = restarts.#read(host, of, resolve);
    });
    return restarts;
  }

  /** Milliseconds from each death to the start that followed it. */
  async end(): Promise<readonly number[]> {
    this.#ending.abort();
    await this.#reading;
    return this.#moments.flatMap(({ action, timeMs }, index) => {
      const before = this.#moments[index - 1];
      return action === 'start' && before?.action === 'die' ? [timeMs - before.timeMs] : [];
    });
  }

  async #read(
    host: TestHost,
    of: { readonly pod: string; readonly container: string },
    onConnected: () => void,
  ): Promise<void> {
    const label = [`raftainer.pod=${of.pod}`, `raftainer.container=${of.container}`];
    const filters = { type: ['container'], event: ['start', 'die'], label };
    for await (const event of host.docker.events({ filters, signal: this.#ending.signal })) {
      if (event.kind === 'connected') onConnected();
      else if (event.kind === 'event') this.#moments.push({ action: event.action, timeMs: event.timeMs });
    }
  }
}
