import { formatProblems } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { LocatedProblem } from './definition.js';

/** One line for each problem: `web.yaml, document 2 (web): containers[0].image: …`. */
export function describeProblems(problems: readonly LocatedProblem[]): readonly string[] {
  return problems.map((problem) => {
    const document = problem.document === undefined ? '' : `, document ${problem.document}`;
    const pod = problem.pod === undefined ? '' : ` (${problem.pod})`;
    return `${problem.source}${document}${pod}: ${formatProblems([problem])}`;
  });
}

/** The error that refuses the definitions, with all that is wrong. */
export function invalidDefinitions(problems: readonly LocatedProblem[]): CliError {
  const lines = describeProblems(problems).map((line) => `  ${line}`);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new CliError('CLI_INVALID_DEFINITION', `${count}, nothing was written:\n${lines.join('\n')}`, {
    details: { problems },
  });
}
