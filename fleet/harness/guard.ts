import { readFileSync, statSync } from 'node:fs';

import { guardFiles } from '../../apps/agent/src/guard/protocol.js';
import { startTicks } from './process-stat.js';
import { stateFolder } from './raftainer-agent.js';

import type { GuardName } from '../../apps/agent/src/guard/protocol.js';
import type { Machine } from './machine.js';

const SETTLED_AFTER_MS = 5_000;

/** A guard that an agent has started, found by its file in the state directory. */
export class Guard {
  readonly name: GuardName;
  readonly #machine: Machine;

  constructor(machine: Machine, name: GuardName) {
    this.#machine = machine;
    this.name = name;
  }

  /** Its process id, undefined while there is none. */
  get pid(): number | undefined {
    const pid = this.#recordedPid();
    // A pid file outlives its process, whose number may be another's now: only processes of this host count.
    const ours = pid !== undefined && this.#machine.group.processes().includes(pid);
    return ours && startTicks(pid) !== undefined ? pid : undefined;
  }

  /** It has been there for long enough to know what its agent knows. */
  get isSettled(): boolean {
    return this.pid !== undefined && Date.now() - statSync(this.#pidFile).mtimeMs > SETTLED_AFTER_MS;
  }

  /** Sends it a signal; false when there is no guard. */
  signal(signal: NodeJS.Signals): boolean {
    const { pid } = this;
    return pid !== undefined && process.kill(pid, signal);
  }

  /** Like a crash. False when there is no guard. */
  kill(): boolean {
    return this.signal('SIGKILL');
  }

  get #pidFile(): string {
    return guardFiles(stateFolder(this.#machine), this.name).pid;
  }

  #recordedPid(): number | undefined {
    try {
      const text = readFileSync(this.#pidFile, 'utf8');
      // Its first number is the process id, whatever follows.
      const pid = Number(/\d+/.exec(text)?.[0]);
      return Number.isInteger(pid) && pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}
