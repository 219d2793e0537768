import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The branch of a union that was meant, or that none was as the value that tells them apart names none. */
export type Branch =
  | { readonly kind: 'issues'; readonly issues: readonly Issue[] }
  | {
      readonly kind: 'no-such';
      readonly path: readonly PropertyKey[];
      readonly expected: readonly string[];
      readonly found: unknown;
    };

/** How strongly an issue speaks against a branch having been meant. */
const WRONG_KIND = 1000;
const UNKNOWN_FIELD = 10;
const MISSING_FIELD = 3;
const OTHER = 1;

/**
 * A union's issue holds the issues of every branch; people want those of the branch they meant. That is the one
 * with the weakest case against it: a `type` that says otherwise weighs most, then fields it does not know.
 */
export function likeliestBranch(issue: z.core.$ZodIssueInvalidUnion): Branch {
  const branches = issue.errors.filter((issues) => issues.length > 0);
  const kinds = branches.map((issues) => issues.find(namesAnotherKind));
  const [first] = kinds;
  if (first !== undefined && kinds.every((kind) => kind !== undefined)) {
    return {
      kind: 'no-such',
      path: first.path,
      found: first.input,
      expected: kinds.flatMap((kind) => ('values' in kind ? kind.values.map(String) : [])),
    };
  }
  const ranked = branches
    .map((issues) => ({ issues, weight: issues.reduce((sum, each) => sum + weightOf(each), 0) }))
    .sort((a, b) => a.weight - b.weight);
  return { kind: 'issues', issues: ranked[0]?.issues ?? [] };
}

function namesAnotherKind(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.path.length === 1 && issue.path[0] === 'type';
}

function weightOf(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.length * UNKNOWN_FIELD;
  if (issue.code === 'invalid_type' && issue.path.length === 0) return WRONG_KIND;
  if (namesAnotherKind(issue)) return issue.input === undefined ? UNKNOWN_FIELD : WRONG_KIND;
  return issue.input === undefined ? MISSING_FIELD : OTHER;
}
