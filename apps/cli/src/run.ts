import { CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-code.js';
import { failureOf } from './failure.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Runs one command, from its arguments (without `node` and the script) to its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const session = { exitCode: EXIT.ok as number };
  try {
    await createProgram(io, session).parseAsync(argv, { from: 'user' });
    return io.signal.aborted ? EXIT.interrupted : session.exitCode;
  } catch (error) {
    if (isHelp(error)) {
      return error.exitCode === 0 ? EXIT.ok : EXIT.invalid;
    }
    return report(io.signal.aborted ? interrupted() : error, wantsJson(argv), io);
  }
}

/** Help and the version were printed, and nothing remains to be said. */
function isHelp(error: unknown): error is CommanderError {
  return error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
}

async function report(error: unknown, asJson: boolean, io: Io): Promise<number> {
  const { exitCode, code, message, details } = failureOf(error);
  if (asJson) {
    await io.stderr.write(`${JSON.stringify({ error: { code, message, ...details } })}\n`);
  } else if (exitCode !== EXIT.interrupted) {
    await io.stderr.write(`raftainer: ${message}\n`);
  }
  return exitCode;
}

function interrupted(): CliError {
  return new CliError('CLI_INTERRUPTED', 'interrupted');
}

/** Told from the arguments themselves, since they may be what is wrong. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}
