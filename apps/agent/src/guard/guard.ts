import { createServer } from 'node:net';

import { monotonicNow } from '../lease/monotonic.js';
import { leaveDiscovery } from './discovery.js';
import { EngineCalls } from './engine-calls.js';
import { FENCE_WORDS } from './fence-deeds.js';
import { FencedSlots } from './fenced-slots.js';
import { Fencer } from './fencer.js';
import { Holding } from './holding.js';
import { onMessages, sendMessage } from './json-socket.js';
import { identify } from './process-identity.js';
import { PROTOCOL } from './protocol.js';
import { removePid, writePid } from './pid-file.js';
import { stopAll } from './stop-all.js';

import type { FromGuard, GuardFiles, ToGuard } from './protocol.js';
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
const LOOK_MS = 200;

/**
 * The process that outlives the agent. It knows until when exclusive containers may run, because the agent tells it with
 * every renewal, and stops them when that time is over and nobody has moved it: the agent was killed, hangs, or cannot
 * reach Consul. It renews in the place of an agent that is not heard of, for as long as was agreed.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #server: Server;
  readonly #finished: Promise<void>;
  readonly #startedAt = monotonicNow();
  readonly #holding: Holding;
  readonly #slots = new FencedSlots();
  #isFinished = false;
  #finish: () => void = () => undefined;
  #agent: Socket | undefined;
  #heardAt = 0;
  #hello: (ToGuard & { readonly kind: 'hello' }) | undefined;
  #fencer: Fencer | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#finished = new Promise((resolve) => {
      this.#finish = () => {
        this.#isFinished = true;
        resolve();
      };
    });
    this.#holding = new Holding({
      log: options.log,
      onProof: (proof) => {
        this.#fencer?.apply(proof);
        this.#tell({ kind: 'proven', proof });
      },
      stop: async (before) => this.#stopAll(before),
      expire: () => this.#fencer?.expire(),
    });
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
    const own = `${process.pid} ${identify(process.pid)?.startTicks ?? ''}\n`;
    writePid(this.#options, own);
    const timer = setInterval(() => {
      this.#look();
    }, LOOK_MS);
    await this.#finished;
    // All that it does for an agent ends here, whoever is told of it or not.
    clearInterval(timer);
    this.#holding.stop();
    this.#fencer?.close();
    this.#agent?.destroy();
    this.#server.close();
    removePid(pid, own);
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#isFinished) {
      socket.destroy();
      return;
    }
    // One agent runs on a host: a newer connection is its next run.
    this.#agent?.destroy();
    this.#agent = socket;
    this.#heardAt = monotonicNow();
    this.#holding.came();
    const { version, lacks } = this.#options;
    const { askedUntil } = this.#holding;
    const asked = askedUntil === undefined ? {} : { askedUntil };
    this.#tell({ kind: 'welcome', pid: process.pid, version, lacks, protocol: PROTOCOL, ...asked });
    onMessages(socket, (message) => {
      if (this.#isFinished || this.#agent !== socket) return;
      this.#heard();
      this.#receive(message as ToGuard);
      this.#tell({ kind: 'ack' });
    });
    socket.on('close', () => {
      if (this.#isFinished || this.#agent !== socket) return;
      this.#agent = undefined;
      this.#holding.absent('The agent is gone');
    });
  }

  #heard(): void {
    const wasSilent = this.#isSilent();
    this.#heardAt = monotonicNow();
    if (wasSilent) this.#holding.came();
  }

  #isSilent(): boolean {
    return monotonicNow() - this.#heardAt >= (this.#hello?.silentAfterMs ?? Infinity);
  }

  #receive(message: ToGuard): void {
    switch (message.kind) {
      case 'hello':
        this.#hello = message;
        this.#holding.is(identify(message.pid));
        if (this.#fencer === undefined) this.#fencer = this.#createFencer(message);
        else this.#fencer.adopt(message.stopTimeoutMs, message.freeze);
        return;
      case 'renew':
        this.#holding.proven(message.fenceAt);
        this.#fencer?.apply(message);
        return;
      case 'starting':
      case 'containers':
        this.#slots.learn(message);
        this.#fencer?.apply(message);
        return;
      case 'hold':
        this.#holding.wish(message);
        return;
      case 'alive':
        return;
      case 'retire':
        this.#finish();
    }
  }

  #createFencer({
    fenced,
    stopTimeoutMs,
    freeze = false,
    unprovenMs = Infinity,
  }: ToGuard & { readonly kind: 'hello' }): Fencer {
    const { environment, log } = this.#options;
    return new Fencer({
      engine: new EngineCalls(environment),
      ...fenced,
      stopTimeoutMs,
      freeze,
      fenceAt: monotonicNow() + unprovenMs,
      onFence: (event) => {
        log('warn', FENCE_WORDS[event.action], event);
        if (event.action === (freeze ? 'killing' : 'stopping')) this.#leaveDiscovery([event.container]);
        this.#tell({ kind: 'fenced', event });
      },
    });
  }

  async #stopAll(before: (withinMs: number) => void): Promise<number> {
    if (this.#hello === undefined) return 0;
    const found = await stopAll({
      engine: new EngineCalls(this.#options.environment),
      fenced: this.#hello.fenced,
      starting: this.#fencer?.starting ?? [],
      before: (found, withinMs) => {
        before(withinMs);
        this.#leaveDiscovery(found);
      },
    });
    return found + (this.#fencer?.countAlive() ?? 0);
  }

  #leaveDiscovery(containers: readonly string[]): void {
    const { consul } = this.#holding;
    const { log } = this.#options;
    if (consul === undefined) return;
    const slots = this.#slots.of(containers);
    leaveDiscovery(consul, slots).then(
      (services) => {
        if (containers.length > 0)
          log('info', 'What is stopped has left discovery', { slots: [...slots], services });
      },
      (error: unknown) => {
        log('warn', 'What is stopped could not be taken out of discovery', { error: String(error) });
      },
    );
  }

  #look(): void {
    if (this.#agent !== undefined && this.#isSilent()) this.#holding.absent('The agent does not answer');
    this.#holding.look();
    if (this.#agent !== undefined || this.#holding.isActive) return;
    const quietMs = this.#fencer?.quietMs() ?? monotonicNow() - this.#startedAt;
    if (quietMs > IDLE_MS) this.#finish();
  }

  #tell(message: FromGuard): void {
    if (this.#agent !== undefined) sendMessage(this.#agent, message);
  }
}
