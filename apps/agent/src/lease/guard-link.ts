import { setTimeout as sleep } from 'node:timers/promises';

import { combineHolds } from '../guard/combine-holds.js';
import { endGuards } from '../guard/guard-processes.js';
import { onMessages, sendMessage } from '../guard/json-socket.js';
import { guardFiles, PROTOCOL } from '../guard/protocol.js';
import { dial } from './dial.js';
import { endOtherGuards, startGuard } from './start-guard.js';

import type { FromGuard, GuardName, HoldMessage, ToGuard } from '../guard/protocol.js';
import type { LeaseMessage, Proof } from './fence-book.js';
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
  /** Told of what a guard has proven while this agent hung. */
  readonly onProof: (proof: Proof) => void;
  /** Whether a guard of another version may be sent away now. Default: always. */
  readonly mayReplace?: () => boolean;
  /** Told of a hold that somebody asked a guard for before, whatever its version, and that is not over. */
  readonly onAsked: (until: number) => void;
}

const WATCH_MS = 1_000;
/** A guard that leaves so many looks in a row unanswered is taken for dead. Looks, not time: an agent that was frozen has not looked. */
const MAX_SILENT_LOOKS = 3;
const RETRY_MS = 200;
/** How often a guard is told in the time after which it takes a silent agent for one that hangs. */
const ALIVE_TIMES = 3;
/** So long may one take that is sent away. */
const LEAVES_WITHIN_MS = 2_000;
/** How often a new guard is looked for after it was started. */
const START_TRIES = 100;

/** Keeps a guard beside the agent: finds the one of the last run or starts one, and starts another when it dies. */
export class GuardLink {
  readonly #options: GuardLinkOptions;
  #hello: GuardLinkOptions['hello'];
  #socket: Socket | undefined;
  #pid: number | undefined;
  #welcome = false;
  #isForeign = false;
  #isRetired = false;
  #asked = false;
  #silentLooks = 0;
  #renewal: LeaseMessage | undefined;
  #containers: LeaseMessage | undefined;
  #hold: HoldMessage | undefined;

  constructor(options: GuardLinkOptions) {
    this.#options = options;
    this.#hello = options.hello;
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
    if (message.kind === 'renew') this.replace();
  }

  /** Containers have so long to end, from the next fence on. */
  adopt(stopTimeoutMs: number): void {
    if (stopTimeoutMs === this.#hello.stopTimeoutMs) return;
    this.#hello = { ...this.#hello, stopTimeoutMs };
    this.#send(this.#hello);
  }

  /** Says how, and how long, the claims are kept without the agent. What was wished for before, and longer, stays. */
  hold(message: HoldMessage): void {
    this.#hold = combineHolds(this.#hold, message);
    this.#send(this.#hold);
  }

  /** Sends the guard away, and starts no other: this host has nothing left to guard. */
  retire(): void {
    this.#isRetired = true;
    this.#say({ kind: 'retire' });
  }

  /** Keeps a guard until the signal aborts, and leaves it behind then. */
  async run(signal: AbortSignal): Promise<void> {
    const { name, stateDir, logger } = this.#options;
    const { socket: path } = guardFiles(stateDir, name);
    for (;;) {
      const socket = await this.#connect(path, signal);
      if (socket === undefined) return;
      await this.#serve(socket, signal);
      if (signal.aborted || this.#isRetired) return;
      logger.warn({ guard: name, pid: this.#pid }, 'The guard has ended; starting another');
    }
  }

  async #connect(path: string, signal: AbortSignal): Promise<Socket | undefined> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const socket = await dial(path);
      if (socket !== undefined) return socket;
      if (tries % START_TRIES === 0) await startGuard(this.#options);
      await sleep(tries === 0 ? RETRY_MS / 4 : RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
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
    const aliveMs = this.#options.hello.silentAfterMs / ALIVE_TIMES;
    const alive = setInterval(() => {
      this.#send({ kind: 'alive' });
    }, aliveMs);
    for (const timer of [watchdog, alive]) timer.unref();
    this.#say(this.#hello);
    await closed;
    for (const timer of [watchdog, alive]) clearInterval(timer);
    signal.removeEventListener('abort', leave);
    this.#socket = undefined;
    this.#welcome = false;
    this.#isForeign = false;
  }

  #receive(message: FromGuard): void {
    this.#answered();
    if (message.kind === 'welcome') this.#welcomed(message);
    else if (message.kind === 'proven') this.#options.onProof(message.proof);
    else if (message.kind === 'fenced') this.#options.reports.tell(message.event, this.#options.name);
  }

  #welcomed(welcome: FromGuard & { readonly kind: 'welcome' }): void {
    const { pid, version, protocol, askedUntil, lacks = [] } = welcome;
    const { name, logger, onWelcome, onAsked } = this.#options;
    this.#pid = pid;
    logger.info({ guard: name, pid, version }, 'The guard is there');
    this.#options.reports.tellLacks(lacks);
    if (askedUntil !== undefined) onAsked(askedUntil);
    this.#welcome = version === this.#options.version && protocol === PROTOCOL;
    this.#isForeign = !this.#welcome;
    if (this.#welcome) {
      for (const message of [this.#renewal, this.#containers, this.#hold]) if (message) this.#send(message);
      void endOtherGuards(this.#options, pid);
      onWelcome();
    } else this.replace();
  }

  /** A guard of another version keeps the claims until they are proven without it. Then it is sent away, and does go. */
  replace(): void {
    const socket = this.#socket;
    if (!this.#isForeign || socket === undefined || this.#renewal === undefined) return;
    if (this.#options.mayReplace?.() === false) return;
    this.#isForeign = false;
    this.#say({ kind: 'retire' });
    const timer = setTimeout(() => void this.#end(socket), LEAVES_WITHIN_MS);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  #checkAnswers(socket: Socket): void {
    if (this.#asked) this.#silentLooks += 1;
    if (this.#silentLooks < MAX_SILENT_LOOKS) return;
    const { name, logger } = this.#options;
    logger.warn({ guard: name, pid: this.#pid }, 'The guard does not answer; it is killed');
    void this.#end(socket);
  }

  /** Kills whatever is at the other end. That it is a guard of ours is looked at: a number may be another's by now. */
  async #end(socket: Socket): Promise<void> {
    await endGuards(this.#options);
    // Where there is no `/proc`, the number has to do.
    if (process.platform !== 'linux' && this.#pid !== undefined) kill(this.#pid);
    socket.destroy();
  }

  /** One of another version may not understand more than what {@link #say} is used for. */
  #send(message: ToGuard): void {
    if (this.#welcome) this.#say(message);
  }

  #say(message: ToGuard): void {
    if (this.#socket === undefined) return;
    this.#asked = true;
    sendMessage(this.#socket, message);
  }

  #answered(): void {
    this.#asked = false;
    this.#silentLooks = 0;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
