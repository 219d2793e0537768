import { crossChecks } from './checks/cross-checks.js';
import { explainIssues } from './explain-issues.js';
import { LIMITS } from './limits.js';
import { plainData } from './plain-data.js';
import { podSchema } from './schema/pod.js';

import type { Problem } from './problem.js';
import type { Pod } from './types.js';

/** A pod, or everything that is wrong with its definition. */
export type ParseResult =
  { readonly ok: true; readonly pod: Pod } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Parses a definition from data of unknown shape: fills in defaults, turns sizes and durations into numbers, and
 * reports every problem at once (up to 100). Never throws, and does not change the input.
 */
export function parsePod(input: unknown): ParseResult {
  const plain = plainData(input);
  if (plain.tooBig) return { ok: false, problems: plain.problems };
  const parsed = podSchema.safeParse(plain.data, { reportInput: true, error: () => '' });
  const problems = [
    ...plain.problems,
    ...elsewhere(plain.problems, parsed.success ? [] : explainIssues(parsed.error.issues)),
    ...crossChecks(plain.data),
  ];
  if (parsed.success && problems.length === 0) return { ok: true, pod: parsed.data };
  return { ok: false, problems: bounded(problems) };
}

/** What had to be left out of the data is missing for the schema too; once is enough. */
function elsewhere(known: readonly Problem[], problems: readonly Problem[]): readonly Problem[] {
  const paths = new Set(known.map(({ path }) => path));
  return problems.filter(({ path }) => !paths.has(path));
}

function bounded(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= LIMITS.problems) return problems;
  const rest = problems.length - LIMITS.problems;
  return [...problems.slice(0, LIMITS.problems), { path: '', message: `has ${rest} more problems` }];
}
