import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { neutralEnvironment } from './environment.js';

import type { Daemon, DaemonProgram } from './daemon.js';
import type { Machine } from './machine.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How the agents of a fleet are run. */
export interface AgentOptions {
  /**
   * `dist`: the built program, as users run it. `source`: without a build, slower to start. Or the path of another built
   * one, which is looked up anew at each start. Default `dist`.
   */
  readonly program?: 'dist' | 'source' | `/${string}`;
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
export function agentDaemon(place: AgentPlace, options: AgentOptions = {}): Daemon {
  const { command, environment } = agentProgram(place, options);
  return place.machine.daemon('agent', command, environment);
}

/** What the agent's process on a host runs. @throws Error without a build. */
export function agentProgram({ machine, dockerHost }: AgentPlace, options: AgentOptions = {}): DaemonProgram {
  const { program = 'dist', environment = {} } = options;
  // A process of a machine begins in `/`, where tsx is not found.
  const inRoot = ['sh', '-c', 'cd "$0" && exec "$@"', ROOT];
  const fromSource = [
    ...[...inRoot, process.execPath, '--conditions=@raftainer/source', '--import', 'tsx'],
    join(ROOT, 'apps/agent/src/main.ts'),
  ];
  const built = [
    process.execPath,
    program.startsWith('/') ? program : join(ROOT, 'apps/agent/bin/raftainer-agent.js'),
  ];
  if (program === 'dist' && !existsSync(join(ROOT, 'apps/agent/dist/main.js')))
    throw new Error('The agent is not built, and the fleet is to run the built one: npm run build.');
  const command = program === 'source' ? fromSource : built;
  const variables = {
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
  };
  return { command, environment: variables };
}

/** Where the agent of a machine keeps its state. */
export function stateFolder(machine: Machine): string {
  return join(machine.folder, 'state');
}
