import type { ExitCode } from './exit-code.js';
import { EXIT } from './exit-code.js';

/** Every code of the command line's own errors, with its meaning in one line. */
export const CLI_ERRORS = {
  CLI_USAGE: 'The arguments are not understood.',
  CLI_INVALID_DEFINITION: 'A definition, or a file that should hold one, is not valid; nothing was written.',
  CLI_NOT_FOUND: 'There is no such pod, slot, container or host.',
  CLI_ELSEWHERE: 'A slot runs on another host, so its logs are not here.',
  CLI_NO_CONTAINERS: 'The pod has no containers yet, so there are no logs.',
  CLI_CONFLICT: 'Somebody else changed a definition while it was being applied.',
  CLI_PLAN_STALE: 'A definition was changed since the plan was made; nothing was written.',
  CLI_INVALID_PLAN: 'A file that should hold a plan is not valid; nothing was written.',
  CLI_NO_AGENT: 'No agent answers at the socket of its state directory.',
  CLI_AGENT_DENIED: 'The user may not use the socket of the agent.',
  CLI_AGENT_REFUSED: 'The agent of this host does not do what was asked.',
  CLI_WAIT_FAILED: 'A slot failed, or no host can run or take it.',
  CLI_TIMED_OUT: 'What was waited for did not happen in time.',
  CLI_INTERRUPTED: 'The command was interrupted.',
  CLI_INTERNAL: 'An error of the command line itself.',
} as const satisfies Readonly<Record<string, string>>;

/** A key of {@link CLI_ERRORS}. */
export type CliErrorCode = keyof typeof CLI_ERRORS;

const EXIT_CODES: Readonly<Record<CliErrorCode, ExitCode>> = {
  CLI_USAGE: EXIT.invalid,
  CLI_INVALID_DEFINITION: EXIT.invalid,
  CLI_NOT_FOUND: EXIT.notFound,
  CLI_ELSEWHERE: EXIT.failed,
  CLI_NO_CONTAINERS: EXIT.failed,
  CLI_CONFLICT: EXIT.failed,
  CLI_PLAN_STALE: EXIT.failed,
  CLI_INVALID_PLAN: EXIT.invalid,
  CLI_NO_AGENT: EXIT.unreachable,
  CLI_AGENT_DENIED: EXIT.failed,
  CLI_AGENT_REFUSED: EXIT.failed,
  CLI_WAIT_FAILED: EXIT.failed,
  CLI_TIMED_OUT: EXIT.timedOut,
  CLI_INTERRUPTED: EXIT.interrupted,
  CLI_INTERNAL: EXIT.failed,
};

/** Extra facts of a {@link CliError}. */
export interface CliErrorOptions extends ErrorOptions {
  /** More fields of the error under `--json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure that ends the command. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly exitCode: ExitCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.exitCode = EXIT_CODES[code];
    this.details = options.details ?? {};
  }
}
