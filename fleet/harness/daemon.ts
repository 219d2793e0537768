import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { ChildProcess } from 'node:child_process';

/** What a {@link Daemon} runs. */
export interface DaemonProgram {
  readonly command: readonly string[];
  /** Replaces the environment. */
  readonly environment: NodeJS.ProcessEnv;
}

/** How to start a {@link Daemon}. */
export interface DaemonOptions extends DaemonProgram {
  /** For messages, such as `the agent of host-1`. */
  readonly name: string;
  /** What it prints is added to this file. */
  readonly logFile: string;
  /** Makes it a process of its machine: words to put before the command. */
  readonly wrap: (command: readonly string[]) => readonly string[];
}

const RESTART_DELAY_MS = 200;
const END_TIMEOUT_MS = 20_000;

/** A long-running process of a machine: started, killed, stopped in the middle of everything, started again. */
export class Daemon {
  #options: DaemonOptions;
  #child: ChildProcess | undefined;
  #supervised = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** File with what it has printed over all its runs. */
  get logFile(): string {
    return this.#options.logFile;
  }

  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined;
  }

  /** Whether it has been started and has not ended. */
  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether it is started again when it ends. */
  get supervised(): boolean {
    return this.#supervised;
  }

  /** Starts it; one that runs is left alone. */
  start(): void {
    if (this.running) return;
    clearTimeout(this.#restart);
    const { command, environment, logFile, wrap } = this.#options;
    const [program = '', ...args] = wrap(command);
    const log = openSync(logFile, 'a');
    // Detached: Ctrl-C in the terminal must not reach it.
    const child = spawn(program, args, { env: environment, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    child.on('error', (error) => {
      throw new Error(`${this.#options.name} cannot be started.`, { cause: error });
    });
    child.once('exit', () => {
      this.#startAgain();
    });
    this.#child = child;
  }

  /** What it is from its next start on. */
  become(program: DaemonProgram): void {
    this.#options = { ...this.#options, ...program };
  }

  /**
   * With a supervisor it is started again 200 ms after it has ended, whatever ended it; until then it was not. Turning it
   * on does not start anything.
   */
  supervise(on: boolean): void {
    this.#supervised = on;
    if (!on) clearTimeout(this.#restart);
  }

  /** Like a crash; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Sends a signal and waits for the end; SIGKILL follows after 20 s. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal);
    const hard = setTimeout(() => this.#child?.kill('SIGKILL'), END_TIMEOUT_MS);
    await this.exited();
    clearTimeout(hard);
  }

  /** Waits until it has ended by itself. */
  async exited(): Promise<void> {
    if (this.#child !== undefined && this.running) await once(this.#child, 'exit');
  }

  /** Stops it where it is (SIGSTOP); its children go on. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** The end of its log, for messages. */
  async logTail(characters = 2_000): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    return text.slice(-characters);
  }

  #startAgain(): void {
    if (!this.#supervised) return;
    this.#restart = setTimeout(() => {
      this.start();
    }, RESTART_DELAY_MS);
  }
}
