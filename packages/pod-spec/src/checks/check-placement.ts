import { textOf } from './outline.js';

import type { Located, Outline } from './outline.js';
import type { Problem } from '../problem.js';

const ORDERINGS = ['<', '<=', '>', '>='];
const WORDS = ['regexp', 'semver'];

/** Values that do not go with their operator. */
export function checkPlacement({ rules }: Outline): readonly Problem[] {
  return rules.flatMap((rule) => {
    const problem = mismatch(rule);
    return problem === undefined ? [] : [{ ...problem, path: `${rule.path}.value` }];
  });
}

type Mismatch = Omit<Problem, 'path'>;

function mismatch({ fields: { operator, value } }: Located): Mismatch | undefined {
  const name = textOf(operator);
  if (name === undefined) return undefined;
  if (name === 'exists' || name === 'not-exists') {
    return value === undefined
      ? undefined
      : { message: `has no meaning for ${name}`, suggestion: 'remove it' };
  }
  if (value === undefined) return { message: `is required for ${name}` };
  if (name === 'in' || name === 'not-in') {
    return Array.isArray(value)
      ? undefined
      : { message: `expected a list for ${name}`, suggestion: 'such as [eu-1, eu-2]' };
  }
  if (Array.isArray(value))
    return {
      message: `expected one value for ${name}, found a list`,
      suggestion: 'use the operator in or not-in',
    };
  if (ORDERINGS.includes(name) && typeof value === 'boolean')
    return { message: `expected a number for ${name}, found ${value}` };
  if (WORDS.includes(name) && typeof value !== 'string')
    return { message: `expected text for ${name}`, suggestion: 'write it in quotes' };
  return name === 'regexp' && typeof value === 'string' ? badPattern(value) : undefined;
}

function badPattern(source: string): Mismatch | undefined {
  try {
    new RegExp(source, 'u');
    return undefined;
  } catch (error) {
    return { message: error instanceof Error ? error.message : 'is not a regular expression' };
  }
}
