import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rm } from 'node:fs/promises';

import { onMessages, sendMessage } from '../guard/json-socket.js';
import { guardFiles } from '../guard/protocol.js';

import type { FromGuard, GuardName, HoldMessage, ToGuard } from '../guard/protocol.js';
import type { LeaseMessage } from './fence-book.js';
import type { FenceReports } from './fence-reports.js';
import type { Logger } from '@raftainer/logger';
import type { Socket } from 'node:net';

/** What keeping a guard needs. */
export interface GuardLinkOptions {
  readonly name: GuardName;
  readonly stateDir: string;
  readonly version: string;
  readonly hello: ToGuard & { readonly kind: 'hello' };
  readonly logger: Logger;
  /** Where the guard's deeds are told. */
  readonly reports: FenceReports;
  /** Told whenever a guard of this version has come. */
  readonly onWelcome: () => void;
}

const SOURCE = import.meta.url.endsWith('.ts');
const GUARD_MAIN = fileURLToPath(new URL(SOURCE ? '../guard.ts' : './guard.js', import.meta.url));
const WATCH_MS = 1_000;
/** A guard that leaves so many looks in a row unanswered is taken for dead. Looks, not time: an agent that was frozen has not looked. */
const MAX_SILENT_LOOKS = 3;
const RETRY_MS = 200;
/** How often a new guard is looked for after it was started. */
const START_TRIES = 100;

/** Keeps a guard beside the agent: finds the one of the last run or starts one, and starts another when it dies. */
export class GuardLink {
  readonly #options: GuardLinkOptions;
  #socket: Socket | undefined;
  #pid: number | undefined;
  #welcome = false;
  #asked = false;
  #silentLooks = 0;
  #renewal: LeaseMessage | undefined;
  #containers: LeaseMessage | undefined;
  #hold: HoldMessage | undefined;

  constructor(options: GuardLinkOptions) {
    this.#options = options;
  }

  /** A guard of this version is there, and is told of everything. */
  get isThere(): boolean {
    return this.#welcome;
  }

  /** Passes on what is known of the lease; a guard that starts later is told as well. */
  tell(message: LeaseMessage): void {
    if (message.kind === 'renew') this.#renewal = message;
    else if (message.kind === 'containers') this.#containers = message;
    this.#send(message);
  }

  /** Has the claims held until then, whatever becomes of the agent. */
  hold(message: HoldMessage): void {
    this.#hold = message;
    this.#send(message);
  }

  /** Sends the guard away: this host has nothing left to guard. */
  retire(): void {
    this.#send({ kind: 'retire' });
  }

  /** Keeps a guard until the signal aborts, and leaves it behind then. */
  async run(signal: AbortSignal): Promise<void> {
    const { name, stateDir, logger } = this.#options;
    const { socket: path } = guardFiles(stateDir, name);
    for (;;) {
      const socket = await this.#connect(path, signal);
      if (socket === undefined) return;
      await this.#serve(socket, signal);
      if (signal.aborted) return;
      logger.warn({ guard: name, pid: this.#pid }, 'The guard has ended; starting another');
    }
  }

  async #connect(path: string, signal: AbortSignal): Promise<Socket | undefined> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const socket = await dial(path);
      if (socket !== undefined) return socket;
      if (tries % START_TRIES === 0) await this.#start(path);
      await sleep(tries === 0 ? RETRY_MS / 4 : RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  /** In a session of its own, so that nothing that ends the agent ends it as well. */
  async #start(path: string): Promise<void> {
    const { name, stateDir, version, logger } = this.#options;
    await rm(path, { force: true });
    const loader = SOURCE ? process.execArgv : [];
    const child = spawn(process.execPath, [...loader, GUARD_MAIN, stateDir, name, version], {
      // A loader is found from where the agent was started; nothing else should keep a folder busy.
      cwd: SOURCE ? process.cwd() : '/',
      detached: true,
      stdio: 'ignore',
    });
    child.on('error', (error) => {
      logger.error(
        { error, guard: name },
        'The guard cannot be started; exclusive pods are guarded without it',
      );
    });
    child.unref();
  }

  async #serve(socket: Socket, signal: AbortSignal): Promise<void> {
    this.#socket = socket;
    this.#answered();
    const closed = new Promise<void>((resolve) => socket.on('close', resolve));
    const leave = (): void => void socket.end();
    signal.addEventListener('abort', leave, { once: true });
    // It may have aborted while the guard was dialled.
    if (signal.aborted) leave();
    onMessages(socket, (message) => {
      this.#receive(message as FromGuard);
    });
    const watchdog = setInterval(() => {
      this.#checkAnswers(socket);
    }, WATCH_MS);
    watchdog.unref();
    this.#send(this.#options.hello);
    for (const message of [this.#renewal, this.#containers, this.#hold]) if (message) this.#send(message);
    await closed;
    clearInterval(watchdog);
    signal.removeEventListener('abort', leave);
    this.#socket = undefined;
    this.#welcome = false;
  }

  #receive(message: FromGuard): void {
    this.#answered();
    if (message.kind === 'welcome') this.#welcomed(message);
    else if (message.kind === 'fenced') this.#options.reports.tell(message.event, this.#options.name);
  }

  #welcomed({ pid, version, lacks = [] }: FromGuard & { readonly kind: 'welcome' }): void {
    this.#pid = pid;
    this.#options.logger.info({ guard: this.#options.name, pid, version }, 'The guard is there');
    this.#options.reports.tellLacks(lacks);
    // One of another version may not understand what it is told.
    this.#welcome = version === this.#options.version;
    if (this.#welcome) this.#options.onWelcome();
    else this.#send({ kind: 'retire' });
  }

  #checkAnswers(socket: Socket): void {
    if (this.#asked) this.#silentLooks += 1;
    if (this.#silentLooks < MAX_SILENT_LOOKS || this.#pid === undefined) return;
    this.#options.logger.warn(
      { guard: this.#options.name, pid: this.#pid },
      'The guard does not answer; it is killed',
    );
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
    socket.destroy();
  }

  #send(message: ToGuard): void {
    if (this.#socket === undefined) return;
    this.#asked = true;
    sendMessage(this.#socket, message);
  }

  #answered(): void {
    this.#asked = false;
    this.#silentLooks = 0;
  }
}

async function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}
