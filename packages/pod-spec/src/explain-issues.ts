import { describeValue } from './describe-value.js';
import { didYouMean } from './did-you-mean.js';
import { heard } from './issue-text.js';
import { likeliestBranch } from './likeliest-branch.js';
import { formatPath } from './problem.js';

import type { Problem } from './problem.js';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What the schema found wrong, in words. Issues come with their input and without zod's own messages. */
export function explainIssues(issues: readonly Issue[], parent: Path = []): readonly Problem[] {
  return issues.flatMap((issue) => explain(issue, [...parent, ...issue.path]));
}

function explain(issue: Issue, path: Path): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') return unknownFields(issue, path);
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => problemAt(path, inner));
  if (issue.input === undefined && issue.code !== 'custom') {
    return [{ path: formatPath(path), message: 'is required, and missing', ...whatIsMissing(issue) }];
  }
  if (issue.code === 'invalid_union' && issue.message === '') return explainUnion(issue, path);
  return [problemAt(path, issue)];
}

function problemAt(path: Path, issue: Issue): Problem {
  return { path: formatPath(path), ...(issue.message === '' ? standardText(issue) : heard(issue.message)) };
}

function unknownFields(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path): readonly Problem[] {
  const known = issue.message.split(',');
  return issue.keys.map((key) => ({
    path: formatPath([...path, key]),
    message: 'is not a known field',
    suggestion: didYouMean(key, known) ?? `known fields: ${known.join(', ')}`,
  }));
}

function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): readonly Problem[] {
  const branch = likeliestBranch(issue);
  if (branch.kind === 'issues') return explainIssues(branch.issues, path);
  const found = describeValue(branch.found);
  return [
    {
      path: formatPath([...path, ...branch.path]),
      message: `expected one of ${branch.expected.join(', ')}, found ${found}`,
      ...suggest(branch.found, branch.expected),
    },
  ];
}

interface Text {
  readonly message: string;
  readonly suggestion?: string;
}

function standardText(issue: Issue): Text {
  const found = describeValue(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_value': {
      const expected = issue.values.map(String);
      const list = expected.length === 1 ? `"${expected[0] ?? ''}"` : `one of ${expected.join(', ')}`;
      return { message: `expected ${list}, found ${found}`, ...suggest(issue.input, expected) };
    }
    case 'too_small':
      return { message: `expected at least ${issue.minimum}, found ${found}` };
    case 'too_big':
      return { message: `expected at most ${issue.maximum}, found ${found}` };
    default:
      return { message: `is not valid: ${found}` };
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
};

function wrongType(expected: string, input: unknown): Text {
  const message = `expected ${TYPE_NAMES[expected] ?? expected}, found ${describeValue(input)}`;
  const suggestion = typeHint(expected, input);
  return suggestion === undefined ? { message } : { message, suggestion };
}

function typeHint(expected: string, input: unknown): string | undefined {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `write it in quotes: "${input}"`;
  }
  if (expected === 'array' && typeof input === 'string') return `write a list: ${asList(input)}`;
  if (expected === 'array' && typeof input === 'object' && input !== null)
    return 'write a list: begin each entry with "- "';
  if ((expected === 'number' || expected === 'int' || expected === 'boolean') && typeof input === 'string') {
    return 'write it without quotes';
  }
  return undefined;
}

function whatIsMissing(issue: Issue): { readonly suggestion?: string } {
  if (issue.code !== 'invalid_value') return {};
  const values = issue.values.map(String);
  return { suggestion: values.length === 1 ? `write ${values[0] ?? ''}` : `one of ${values.join(', ')}` };
}

function asList(text: string): string {
  return JSON.stringify(text.slice(0, 60).trim().split(/\s+/)).replaceAll(',', ', ');
}

function suggest(input: unknown, expected: readonly string[]): { readonly suggestion?: string } {
  const suggestion = typeof input === 'string' ? didYouMean(input, expected) : undefined;
  return suggestion === undefined ? {} : { suggestion };
}
