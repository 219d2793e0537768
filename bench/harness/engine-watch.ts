import type { Docker, EngineEvent } from '@raftainer/docker';

/** Which events. */
export interface EventQuery {
  readonly action: 'start' | 'die';
  /** Attributes (labels among them) that the container must have. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly id?: string;
  /** By the engine's clock, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** How long to wait for them. */
export interface EventWait {
  /** Distinct containers. Default 1. */
  readonly count?: number;
  readonly signal: AbortSignal;
  /** Default 5 min. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** Remembers when containers started and died, by the engine's own clock: the one clock of all measurements. */
export class EngineWatch {
  readonly #ending = new AbortController();
  readonly #events: EngineEvent[] = [];
  readonly #listeners = new Set<() => void>();

  private constructor() {
    // Only through `start`, which waits until it is connected.
  }

  static async start(docker: Docker): Promise<EngineWatch> {
    const watch = new EngineWatch();
    const filters = { type: ['container'], event: ['start', 'die'] };
    await new Promise<void>((resolve, reject) => {
      watch.#follow(docker.events({ filters, signal: watch.#ending.signal }), resolve).catch(reject);
    });
    return watch;
  }

  close(): void {
    this.#ending.abort();
  }

  /** Waits for events of so many distinct containers; gives the first of each, in the order of their times. */
  async wait(query: EventQuery, options: EventWait): Promise<readonly EngineEvent[]> {
    const { count = 1, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      signal.throwIfAborted();
      const found = this.seen(query);
      if (found.length >= count) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) {
        const what = `${query.action} events of ${JSON.stringify(query.attributes ?? query.id)}`;
        throw new Error(`Only ${found.length} of ${count} ${what} came within ${timeoutMs / 1000} s.`);
      }
      await this.#next(signal, leftMs);
    }
  }

  /** What has come so far: the first event of each container, in the order of their times. */
  seen({ action, attributes = {}, id, sinceMs }: EventQuery): readonly EngineEvent[] {
    const wanted = Object.entries(attributes);
    const first = new Map<string, EngineEvent>();
    for (const event of this.#events) {
      const fits =
        event.action === action &&
        event.timeMs >= sinceMs &&
        (id === undefined || event.id === id) &&
        wanted.every(([key, value]) => event.attributes[key] === value);
      if (fits && !first.has(event.id)) first.set(event.id, event);
    }
    return [...first.values()].sort((a, b) => a.timeMs - b.timeMs);
  }

  async #follow(events: ReturnType<Docker['events']>, onConnected: () => void): Promise<void> {
    for await (const event of events) {
      if (event.kind === 'connected') onConnected();
      if (event.kind === 'disconnected') throw event.error;
      if (event.kind === 'event') this.#events.push(event);
      for (const listener of this.#listeners) listener();
    }
  }

  async #next(signal: AbortSignal, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#listeners.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
