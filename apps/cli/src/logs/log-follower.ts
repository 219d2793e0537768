import type { Docker } from '@raftainer/docker';
import { allowManyListeners } from '../allow-many-listeners.js';
import type { LogEntry } from './log-entry.js';
import { readLog } from './log-entry.js';
import type { LogSource } from './log-source.js';
import { findLogSources, labelsOf } from './log-source.js';
import type { LogTarget } from './log-target.js';

/** What {@link LogFollower} needs. */
export interface FollowOptions {
  readonly docker: Docker;
  readonly target: LogTarget;
  readonly tail?: number;
  readonly since?: Date;
  readonly signal: AbortSignal;
  /** Takes each line; the container's stream waits for it. */
  readonly print: (entry: LogEntry) => Promise<void>;
  /** The engine was lost or found again. */
  readonly onConnection: (isConnected: boolean) => Promise<void>;
}

/** How far one container has been followed. */
interface Followed {
  isActive: boolean;
  /** It was started again while its last stream had not ended yet. */
  again: boolean;
  lastTime: string;
}

/**
 * Follows every container of a target, also those that come later: restarted ones go on after the last line
 * that was printed, and replacements are read from their beginning. Ends with the signal.
 */
export class LogFollower {
  readonly #options: FollowOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #streams = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #failure: { readonly error: unknown } | undefined;
  #isFirstLook = true;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    allowManyListeners(this.#signal);
  }

  async run(): Promise<void> {
    const { docker, target, onConnection } = this.#options;
    const label = Object.entries(labelsOf(target)).map(([name, value]) => `${name}=${value}`);
    const filters = { type: ['container'], event: ['start'], label };
    for await (const event of docker.events({ filters, signal: this.#signal })) {
      if (event.kind !== 'event') {
        await onConnection(event.kind === 'connected');
      }
      if (event.kind !== 'disconnected') {
        await this.#look(event.kind === 'event' ? event.id : undefined);
      }
    }
    await Promise.all(this.#streams);
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
  }

  /** Follows what is not followed yet, what runs again, and the container that was just started. */
  async #look(startedId: string | undefined): Promise<void> {
    const { docker, target } = this.#options;
    const sources = await findLogSources(docker, target, this.#signal);
    for (const source of sources) {
      if (!this.#followed.has(source.id) || source.isRunning || source.id === startedId) {
        this.#follow(source);
      }
    }
    this.#isFirstLook = false;
  }

  #follow(source: LogSource): void {
    const known = this.#followed.get(source.id);
    if (known?.isActive === true) {
      known.again = true;
      return;
    }
    const state = known ?? { isActive: true, again: false, lastTime: '' };
    state.isActive = true;
    this.#followed.set(source.id, state);
    const stream = this.#stream(source, state, this.#range(state));
    this.#streams.add(stream);
    void stream.finally(() => this.#streams.delete(stream));
  }

  async #stream(source: LogSource, state: Followed, range: Range): Promise<void> {
    try {
      for await (const entry of readLog(this.#options.docker, source, {
        ...range,
        follow: true,
        signal: this.#signal,
      })) {
        // The engine's `since` is coarser than its times: what was printed comes once more.
        if (entry.time > state.lastTime) {
          state.lastTime = entry.time;
          await this.#options.print(entry);
        }
      }
    } catch (error) {
      this.#endsWith(error);
    }
    state.isActive = false;
    if (state.again && !this.#signal.aborted) {
      state.again = false;
      this.#follow(source);
    }
  }

  /** A lost engine is the events' concern: when it is back, all is looked at again. */
  #endsWith(error: unknown): void {
    const isRetryable =
      typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
    if (!isRetryable) {
      this.#failure ??= { error };
      this.#stop.abort();
    }
  }

  #range({ lastTime }: Followed): Range {
    if (lastTime !== '') {
      return { since: new Date(lastTime) };
    }
    const { tail, since } = this.#options;
    const asked = since === undefined ? {} : { since };
    return this.#isFirstLook && tail !== undefined ? { ...asked, tail } : asked;
  }
}

interface Range {
  readonly tail?: number;
  readonly since?: Date;
}
