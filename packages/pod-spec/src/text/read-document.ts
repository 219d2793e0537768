import type { Problem } from '../problem.js';

/** A document of a text before it is looked at as a pod. */
export interface ReadDocument {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly content: { readonly data: unknown } | { readonly problems: readonly Problem[] };
}

/** Where in a text. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** A problem of the whole document, with its place in the text. */
export function syntaxProblem({ line, column }: Position, message: string): Problem {
  return { path: '', message: `line ${line}, column ${column}: ${message}` };
}

/** What is said of a text, or a document, with nothing in it. */
export const NOTHING_THERE: Problem = {
  path: '',
  message: 'is empty: expected a pod definition',
  suggestion: 'a pod has at least a name and containers',
};
