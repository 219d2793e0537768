import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { neutralEnvironment } from './environment.js';
import { startTicks } from './process-stat.js';

import type { Daemon } from './daemon.js';
import type { Machine } from './machine.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How the agents of a fleet are run. */
export interface AgentOptions {
  /** `dist`: the built program, as users run it. `source`: without a build, slower to start. Default `dist`. */
  readonly program?: 'dist' | 'source';
  /** Added to what leads the agent to its host. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Which host the agent is for. */
export interface AgentPlace {
  readonly machine: Machine;
  /** As in `DOCKER_HOST`. */
  readonly dockerHost: string;
}

/** The Raftainer agent's process on a host, not started yet. Its state directory is {@link stateFolder}. @throws Error without a build. */
export function agentDaemon({ machine, dockerHost }: AgentPlace, options: AgentOptions = {}): Daemon {
  const { program = 'dist', environment = {} } = options;
  // A process of a machine begins in `/`, where tsx is not found.
  const inRoot = ['sh', '-c', 'cd "$0" && exec "$@"', ROOT];
  const fromSource = [
    ...[...inRoot, process.execPath, '--conditions=@raftainer/source', '--import', 'tsx'],
    join(ROOT, 'apps/agent/src/main.ts'),
  ];
  const built = [process.execPath, join(ROOT, 'apps/agent/bin/raftainer-agent.js')];
  if (program === 'dist' && !existsSync(join(ROOT, 'apps/agent/dist/main.js')))
    throw new Error('The agent is not built, and the fleet is to run the built one: npm run build.');
  const command = program === 'dist' ? built : fromSource;
  return machine.daemon('agent', command, {
    ...neutralEnvironment(),
    HOSTNAME: machine.name,
    DOCKER_HOST: dockerHost,
    RAFTAINER_CONSUL_HOST: '127.0.0.1',
    RAFTAINER_SECURE_IP: machine.address,
    RAFTAINER_INTERNAL_IP: machine.address,
    RAFTAINER_STATE_DIR: stateFolder(machine),
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
    ...environment,
  });
}

/** Where the agent of a machine keeps its state. */
export function stateFolder(machine: Machine): string {
  return join(machine.folder, 'state');
}

/** The guard that an agent has started, found by the file in its state directory. */
export class Guard {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Its process id, undefined while there is none. */
  get pid(): number | undefined {
    const pid = this.#recordedPid();
    // A pid file outlives its process, whose number may be another's now: only processes of this host count.
    const ours = pid !== undefined && this.#machine.group.processes().includes(pid);
    return ours && startTicks(pid) !== undefined ? pid : undefined;
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

  #recordedPid(): number | undefined {
    try {
      const text = readFileSync(join(stateFolder(this.#machine), 'guard.pid'), 'utf8');
      // Its first number is the process id, whatever follows.
      const pid = Number(/\d+/.exec(text)?.[0]);
      return Number.isInteger(pid) && pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}
