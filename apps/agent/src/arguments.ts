import { parseArgs } from 'node:util';

import { AgentError, messageOf } from './agent-error.js';

/** What the command line asks of the agent. */
export type Request = 'run' | 'help' | 'version';

/** What `--help` prints. */
export const USAGE = `raftainer-agent: runs the pods of this host until it is told to stop

  --help     print this
  --version  print the version

Everything else is configured by environment variables: RAFTAINER_CONSUL_HOST, DOCKER_HOST, VAULT_ADDR and others,
listed in the README of the package. SIGTERM leaves the pods running for the next agent; Ctrl-C stops them.
`;

/**
 * Reads the arguments after the program's name. A misspelt option must not start an agent.
 *
 * @throws AgentError `AGENT_ARGUMENTS_INVALID`
 */
export function readArguments(args: readonly string[]): Request {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } },
    });
    if (values.help === true) return 'help';
    return values.version === true ? 'version' : 'run';
  } catch (error: unknown) {
    throw new AgentError(
      'AGENT_ARGUMENTS_INVALID',
      `${messageOf(error)} Nothing was started; raftainer-agent --help says what there is.`,
      { cause: error },
    );
  }
}
