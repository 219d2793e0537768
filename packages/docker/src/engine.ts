import type { Agent, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { CallOptions } from './call-options.js';
import { CallScope } from './call-scope.js';
import { createAgent } from './connection.js';
import type { EngineAddress } from './connection.js';
import { DockerError } from './errors.js';
import { createModem, dial } from './modem.js';
import type { EngineRequest, Modem } from './modem.js';
import { toDockerError } from './to-docker-error.js';

/** Default deadlines of an {@link Engine}. */
export interface EngineDeadlines {
  readonly timeoutMs: number;
  readonly changeTimeoutMs: number;
}

/** The body of an answer that comes bit by bit. Its errors are {@link DockerError}s. */
export interface EngineStream extends AsyncIterable<Buffer> {
  close(): void;
}

/**
 * Requests to one engine, each within a {@link CallScope}. Short ones share a pool of kept connections; long ones (waits,
 * streams, pulls) have connections of their own, so that no number of them can make a short one queue.
 */
export class Engine {
  readonly deadlines: EngineDeadlines;
  readonly #scopes = new Set<CallScope>();
  readonly #agents: readonly [pool: Agent, single: Agent];
  readonly #pool: Modem;
  readonly #single: Modem;
  #closed = false;

  constructor(address: EngineAddress, deadlines: EngineDeadlines) {
    this.deadlines = deadlines;
    const pool = createAgent(address, {
      keepAlive: true,
      maxSockets: 128,
      maxFreeSockets: 32,
      timeout: 30_000,
    });
    const single = createAgent(address, { keepAlive: false });
    this.#agents = [pool, single];
    this.#pool = createModem(address, pool);
    this.#single = createModem(address, single);
  }

  /** Sends a request that reads; gives the parsed body. */
  async read(request: EngineRequest, options: CallOptions = {}): Promise<unknown> {
    return this.request(request, bounded(options, this.deadlines.timeoutMs));
  }

  /** Sends a request that changes something; gives the parsed body. */
  async change(request: EngineRequest, options: CallOptions = {}): Promise<unknown> {
    return this.request(request, bounded(options, this.deadlines.changeTimeoutMs));
  }

  /** Sends a request with no deadline but the one given. */
  async request(request: EngineRequest, options: CallOptions): Promise<unknown> {
    return this.within(request.doing, options, async (scope) => {
      const modem = request.long === true ? this.#single : this.#pool;
      return scope.race(dial(modem, request, scope.signal).then(readBody));
    });
  }

  /**
   * Opens a stream; the deadline bounds only the time to the answer. Iterating it to the end, or breaking out, closes it;
   * who may not come to iterate it closes it.
   */
  async open(request: EngineRequest, options: CallOptions): Promise<EngineStream> {
    const scope = this.#begin(request.doing, options);
    try {
      const body = await scope.race(dial(this.#single, request, scope.signal));
      scope.lift();
      return this.#stream(body, scope, request);
    } catch (error) {
      this.#end(scope);
      throw explain(request, error);
    }
  }

  /** Does something made of several requests within the bounds of one call. */
  async within<T>(doing: string, options: CallOptions, work: (scope: CallScope) => Promise<T>): Promise<T> {
    const scope = this.#begin(doing, options);
    try {
      return await work(scope);
    } catch (error) {
      throw toDockerError(scope.signal.aborted ? scope.signal.reason : error, doing);
    } finally {
      this.#end(scope);
    }
  }

  /** Resolves with true after so long; with false as soon as the signal is aborted or the client closed. */
  async pause(delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.within('wait', signal === undefined ? {} : { signal }, async (scope) => {
        await setTimeout(delayMs, undefined, { signal: scope.signal });
      });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends everything under way. */
  close(): void {
    this.#closed = true;
    for (const scope of this.#scopes) scope.fail(closedError());
    for (const agent of this.#agents) agent.destroy();
  }

  #stream(body: Readable, scope: CallScope, request: EngineRequest): EngineStream {
    const close = (): void => {
      body.destroy();
      this.#end(scope);
    };
    async function* chunks(): AsyncGenerator<Buffer> {
      try {
        for await (const chunk of body) yield chunk as Buffer;
      } catch (error) {
        throw explain(request, scope.signal.aborted ? scope.signal.reason : error);
      } finally {
        close();
      }
    }
    return { close, [Symbol.asyncIterator]: chunks };
  }

  #begin(doing: string, options: CallOptions): CallScope {
    if (this.#closed) throw closedError();
    const scope = new CallScope({ doing, ...options });
    this.#scopes.add(scope);
    return scope;
  }

  #end(scope: CallScope): void {
    scope.end();
    this.#scopes.delete(scope);
  }
}

/** JSON parsed, anything else as text; read to the end, so that the connection can serve the next request. */
async function readBody(body: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = body.headers['content-type']?.startsWith('application/json') === true;
  return isJson && text !== '' ? JSON.parse(text) : text;
}

function explain(request: EngineRequest, error: unknown): DockerError {
  return (request.explain ?? toDockerError)(error, request.doing);
}

function closedError(): DockerError {
  return new DockerError('DOCKER_ABORTED', 'The Docker client was closed. Create a new one to go on.');
}

/** The caller's bounds, with a deadline for a caller who gives none. */
export function bounded(options: CallOptions, defaultTimeoutMs: number): CallOptions {
  const { signal, timeoutMs = defaultTimeoutMs } = options;
  return signal === undefined ? { timeoutMs } : { timeoutMs, signal };
}
