import { createServer } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';

import { monotonicNow } from '../lease/monotonic.js';
import { EngineCalls } from './engine-calls.js';
import { Fencer } from './fencer.js';
import { Holder } from './holder.js';
import { onMessages, sendMessage } from './json-socket.js';

import type { FromGuard, GuardFiles, HoldMessage, ToGuard } from './protocol.js';
import type { Server, Socket } from 'node:net';

/** What the guard needs. */
export interface GuardOptions {
  readonly files: GuardFiles;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** What this process may not do that a guard should; told to the agent. */
  readonly lacks: readonly string[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string, context?: object) => void;
}

/** A guard without an agent ends when it has found nothing to stop for so long. */
const IDLE_MS = 15_000;
const LOOK_MS = 1_000;

/**
 * The process that outlives the agent. It knows until when exclusive containers may run, because the agent tells it with
 * every renewal, and stops them when that time is over and nobody has moved it: the agent was killed, hangs, or cannot
 * reach Consul.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #server: Server;
  readonly #finished: Promise<void>;
  readonly #startedAt = monotonicNow();
  #finish: () => void = () => undefined;
  #agent: Socket | undefined;
  #fencer: Fencer | undefined;
  #hold: HoldMessage | undefined;
  #holder: Holder | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  /** Guards until there is nothing to guard. Throws when another of its name is there. */
  async run(): Promise<void> {
    const { socket, pid } = this.#options.files;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(socket, resolve);
    });
    writeFileSync(pid, `${process.pid}\n`, { mode: 0o600 });
    const timer = setInterval(() => {
      this.#look();
    }, LOOK_MS);
    await this.#finished;
    clearInterval(timer);
    this.#fencer?.close();
    this.#agent?.destroy();
    this.#server.close();
    rmSync(pid, { force: true });
  }

  #accept(socket: Socket): void {
    // One agent runs on a host: a newer connection is its next run.
    this.#agent?.destroy();
    this.#agent = socket;
    const { version, lacks } = this.#options;
    this.#tell({ kind: 'welcome', pid: process.pid, version, lacks });
    onMessages(socket, (message) => {
      this.#receive(message as ToGuard);
      this.#tell({ kind: 'ack' });
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#agent !== socket) return;
      this.#agent = undefined;
      this.#abandoned();
    });
  }

  #receive(message: ToGuard): void {
    switch (message.kind) {
      case 'hello':
        this.#fencer ??= this.#createFencer(message);
        return;
      case 'renew':
      case 'starting':
      case 'containers':
        this.#endHolding();
        this.#fencer?.apply(message);
        return;
      case 'hold':
        this.#hold = message;
        return;
      case 'retire':
        this.#finish();
    }
  }

  #createFencer({
    fenced,
    stopTimeoutMs,
    unprovenMs = Infinity,
  }: ToGuard & { readonly kind: 'hello' }): Fencer {
    const { environment, log } = this.#options;
    return new Fencer({
      engine: new EngineCalls(environment),
      ...fenced,
      stopTimeoutMs,
      fenceAt: monotonicNow() + unprovenMs,
      onFence: (event) => {
        log('warn', 'The claim of a container cannot be proven: it is stopped', event);
        this.#tell({ kind: 'fenced', event });
      },
    });
  }

  /** The agent is gone. Either its claims are to be held for the next one, or the lease runs out by itself. */
  #abandoned(): void {
    const { log } = this.#options;
    const hold = this.#hold;
    if (hold === undefined || hold.until <= monotonicNow()) {
      log('warn', 'The agent is gone; exclusive containers are stopped when the lease is over');
      return;
    }
    log('info', 'The agent is gone; its claims are held for the next one', {
      forMs: Math.round(hold.until - monotonicNow()),
    });
    this.#holder = new Holder({
      hold,
      onProof: (message) => this.#fencer?.apply(message),
      onFailure: (error) => {
        log('warn', 'The claims could not be renewed', { error: String(error) });
      },
    });
  }

  #endHolding(): void {
    if (this.#holder === undefined) return;
    this.#holder.stop();
    this.#holder = undefined;
    if (this.#hold?.once === true) this.#hold = undefined;
  }

  #look(): void {
    if (this.#agent !== undefined) return;
    if (this.#holder !== undefined) {
      if ((this.#hold?.until ?? 0) < monotonicNow()) void this.#giveUp(this.#holder);
      return;
    }
    const quietMs = this.#fencer?.quietMs() ?? monotonicNow() - this.#startedAt;
    if (quietMs > IDLE_MS) this.#finish();
  }

  /** Nobody came. The containers are stopped while their claims still last, and then others may start them at once. */
  async #giveUp(holder: Holder): Promise<void> {
    this.#holder = undefined;
    this.#hold = undefined;
    this.#options.log('warn', 'No agent came back in time: its exclusive containers are stopped');
    try {
      await this.#fencer?.stopAll();
      await holder.release();
    } catch (error: unknown) {
      holder.stop();
      this.#options.log('error', 'The claims could not be given up; they lapse', { error: String(error) });
    }
  }

  #tell(message: FromGuard): void {
    if (this.#agent !== undefined) sendMessage(this.#agent, message);
  }
}
