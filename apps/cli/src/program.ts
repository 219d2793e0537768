import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAgent } from './commands/agent.js';
import { addApply } from './commands/apply.js';
import { addDrain } from './commands/drain.js';
import { addHosts } from './commands/hosts.js';
import { addLogs } from './commands/logs.js';
import { addPlan } from './commands/plan.js';
import { addPs } from './commands/ps.js';
import { addRebalance } from './commands/rebalance.js';
import { addRm } from './commands/rm.js';
import { addScale } from './commands/scale.js';
import { addSecrets } from './commands/secrets.js';
import { addValidate } from './commands/validate.js';
import { addWhy } from './commands/why.js';
import type { Host } from './commands/host.js';
import { Context } from './context.js';
import type { GlobalOptions } from './context.js';
import { EXIT_HELP } from './exit-code.js';
import type { Io } from './io.js';

/** What a finished command leaves behind. */
export interface Session {
  exitCode: number;
}

/** In the order of `--help`. */
const VERBS: readonly ((host: Host) => void)[] = [
  ...[addApply, addPlan, addValidate, addPs, addWhy, addSecrets, addLogs, addRm, addScale],
  ...[addHosts, addDrain, addRebalance, addAgent],
];

/** The command line: every verb, with the options that all of them share. */
export function createProgram(io: Io, session: Session): Command {
  const program = new Command('raftainer')
    .description('Apply, inspect and remove pods.')
    .version(version(), '-V, --version', 'print the version')
    .option(
      '--consul-addr <address>',
      'Consul, as host:port or URL (default: RAFTAINER_CONSUL_HOST and _PORT, else CONSUL_HTTP_ADDR, else 127.0.0.1:8500)',
    )
    .option('--token <token>', 'Consul ACL token (default: CONSUL_HTTP_TOKEN)')
    .option('--json', 'print JSON, errors too')
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_HELP);
  const write = (sink: Io['stdout']) => (text: string) => void sink.write(text);
  program
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: write(io.stdout),
      writeErr: write(io.stderr),
      outputError: () => undefined,
    });
  const host: Host = {
    program,
    run: async (command, action) => {
      const context = new Context(io, command.optsWithGlobals<GlobalOptions>());
      try {
        session.exitCode = await action(context);
      } finally {
        context.close();
      }
    },
  };
  for (const add of VERBS) add(host);
  return program;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
