import { parseDuration } from '@raftainer/pod-spec';
import { askAgent, stateDirOf } from '../agent/agent-socket.js';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import type { Host } from './host.js';

/** The longest time that an agent holds its claims without running. */
const MAX_HOLD_MS = 86_400_000;

interface AgentOptions {
  readonly stateDir?: string;
}

/** `raftainer agent hold DURATION`: what is asked of the agent of this host, over the socket in its state directory. */
export function addAgent(host: Host): void {
  const agent = host.program.command('agent').description('talk to the agent of this host');
  const command = agent
    .command('hold')
    .description(
      'have the claims of this host kept for so long, whatever becomes of its agent, as for an upgrade',
    )
    .argument('<duration>', 'from now on, such as 90s or 10m; 24h at most')
    .option(
      '--state-dir <folder>',
      "the agent's state (default: RAFTAINER_STATE_DIR, else the agent's default)",
    )
    .action((duration: string, options: AgentOptions) =>
      host.run(command, (context) => hold(context, duration, options)),
    );
}

async function hold({ io, output }: Context, duration: string, options: AgentOptions): Promise<number> {
  const forMs = parseDuration(duration);
  if (forMs === undefined || forMs > MAX_HOLD_MS) {
    throw new CliError(
      'CLI_USAGE',
      `"${duration}" is no time to hold; write it as in 90s or 10m, 24h at most`,
    );
  }
  const stateDir = stateDirOf(io.env, options.stateDir);
  await askAgent(stateDir, { kind: 'hold', forMs }, io.signal);
  if (output.json) await output.document({ stateDir, holdMs: forMs });
  else await output.line(`the claims of this host are kept for ${duration}, whatever becomes of its agent`);
  return EXIT.ok;
}
