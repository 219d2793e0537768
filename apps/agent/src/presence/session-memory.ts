import { isDeepStrictEqual } from 'node:util';

import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf } from '../agent-error.js';

import type { Machine } from './machine.js';
import type { StateDir } from './state-dir.js';
import type { Logger } from '@raftainer/logger';

/** What one run of the agent leaves to the next. */
export interface StoredSessions {
  /** Name of the host. */
  readonly host: string;
  readonly exclusive?: string;
  readonly shared?: string;
  /** Of the exclusive session, in milliseconds. Absent in what version 0.1.0 wrote. */
  readonly lockDelayMs?: number;
  /** Where they were made. Absent in what version 0.1.0 wrote. */
  readonly machine?: Machine;
}

/** Ids of the sessions, for the next run; in the state directory. */
export const SESSION_FILE = 'session.json';
const RETRY_MS = 15_000;

/** The sessions on disk: a help for the next run, and nothing that this one could fail for. */
export class SessionMemory {
  readonly #stateDir: Pick<StateDir, 'path' | 'read' | 'write' | 'remove'>;
  readonly #logger: Logger;
  #writing = new AbortController();

  constructor(stateDir: Pick<StateDir, 'path' | 'read' | 'write' | 'remove'>, logger: Logger) {
    this.#stateDir = stateDir;
    this.#logger = logger;
  }

  /** Undefined when there is nothing, or nothing that can be read. */
  async read(): Promise<StoredSessions | undefined> {
    return readStored(await this.#stateDir.read(SESSION_FILE));
  }

  /** Returns once it has been tried; goes on trying until it is written, something else is, or the signal aborts. */
  async write(sessions: StoredSessions, signal: AbortSignal): Promise<void> {
    this.#writing.abort();
    this.#writing = new AbortController();
    const ending = this.#writing;
    signal.addEventListener(
      'abort',
      () => {
        ending.abort();
      },
      { once: true },
    );
    if (!(await this.#tryWrite(sessions, false))) void this.#writeLater(sessions, ending.signal);
  }

  async forget(): Promise<void> {
    this.#writing.abort();
    await this.#stateDir.remove(SESSION_FILE);
  }

  async #writeLater(sessions: StoredSessions, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      if (!(await this.#tryWrite(sessions, true))) continue;
      this.#logger.info({}, 'The state directory can be written again');
      return;
    }
  }

  async #tryWrite(sessions: StoredSessions, isRepeated: boolean): Promise<boolean> {
    try {
      const there = await this.read();
      // As JSON keeps it. What is there need not be written, least of all on a disk that is full.
      if (!isDeepStrictEqual(there, JSON.parse(JSON.stringify(sessions))))
        await this.#stateDir.write(SESSION_FILE, sessions);
      return true;
    } catch (error: unknown) {
      const message = `The state directory ${this.#stateDir.path} cannot be written (${messageOf(error)}): free space on its disk. This agent goes on; one that is started before then would not find its sessions, and would stop its exclusive pods.`;
      if (!isRepeated) this.#logger.error({ error, code: 'AGENT_STATE_NOT_WRITTEN' }, message);
      return false;
    }
  }
}

/** What the last run wrote down; undefined when it is unreadable. */
export function readStored(value: unknown): StoredSessions | undefined {
  const fields = fieldsOf(value);
  const { host, lockDelayMs, machine } = fields;
  if (typeof host !== 'string') return undefined;
  return {
    host,
    ...textsOf(fields, ['exclusive', 'shared']),
    ...(typeof lockDelayMs === 'number' ? { lockDelayMs } : {}),
    ...(machine === undefined ? {} : { machine: textsOf(fieldsOf(machine), ['machineId', 'engineId']) }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textsOf<N extends string>(
  fields: Readonly<Record<string, unknown>>,
  names: readonly N[],
): Readonly<Partial<Record<N, string>>> {
  const known = names.flatMap((name) =>
    typeof fields[name] === 'string' ? [[name, fields[name]] as const] : [],
  );
  return Object.fromEntries(known) as Readonly<Partial<Record<N, string>>>;
}
