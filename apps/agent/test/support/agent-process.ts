import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { programOf, ROOT } from './program.js';

import type { ChildProcess } from 'node:child_process';

/** Longer than any agent takes that works, on any machine. */
const END_LIMIT_MS = 60_000;
const TAIL_CHARACTERS = 3_000;

/** An agent in a process of its own, as on a host: it can be killed, frozen and started again. */
export class AgentProcess {
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  /** Everything it has printed, over all its runs. */
  output = '';
  /** Arguments for Node that run the program of the next start. */
  program = programOf('agent');

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = { ...cleanEnvironment(), LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...environment };
  }

  /** Log lines as objects; lines that are no JSON are left out. */
  get log(): readonly Readonly<Record<string, unknown>>[] {
    return this.output.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Readonly<Record<string, unknown>>];
      } catch {
        return [];
      }
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it has been started and has not ended. */
  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Throws while its last run goes on: two would fight for the state directory. */
  start(): void {
    if (this.running) throw new Error('This agent runs already.');
    const child = spawn(process.execPath, this.program, {
      cwd: ROOT,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#child = child;
  }

  /**
   * Sends a signal and waits for the end; resolves with the exit code, null when the signal ended it. Fails, with the end
   * of its log, when it goes on.
   */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    child.kill(signal);
    const ended = await Promise.race([this.exited(), sleep(END_LIMIT_MS, 'late' as const, { ref: false })]);
    if (ended !== 'late') return ended;
    child.kill('SIGKILL');
    throw new Error(`The agent did not end after ${signal}; log:\n${this.output.slice(-TAIL_CHARACTERS)}`);
  }

  /** Waits until it has ended by itself. */
  async exited(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }
}

/** Variables of the machine must not configure the agent under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const configuring = /^(RAFTAINER_(?!TEST_|EXAMPLE_)|CONSUL_|VAULT_|LOG_|HOSTNAME$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !configuring.test(name)));
}
