import { attributeRule } from './attribute-rule.js';
import type { Comparison } from './attribute-rule.js';
import { comparable, mismatch, numberWithUnit } from './comparable.js';

/** `<`, `<=`, `>`, `>=`. An absent value fails. Text is compared as a number, with or without a unit, and fails when it is none. */
export const ordering = attributeRule({
  name: 'ordering',
  operators: ['<', '<=', '>', '>='],
  compare: (comparison) => {
    const { constraint, kind, actual } = comparison;
    const required = numberOf(comparison, constraint.value);
    if (required === undefined)
      return kind === 'text' ? notANumber(constraint.value) : mismatch(kind, constraint.value);
    if (actual === undefined) return false;
    const value = numberOf(comparison, actual);
    return value === undefined ? notANumber(actual) : ordered(constraint.operator, value, required);
  },
});

function numberOf({ kind }: Comparison, value: unknown): number | undefined {
  const number = kind === 'text' || kind === 'architecture' ? numberWithUnit(value) : comparable(kind, value);
  return typeof number === 'number' ? number : undefined;
}

function notANumber(value: unknown): string {
  return `${value === undefined ? 'no value' : JSON.stringify(value)} is not a number; versions compare with the operator semver`;
}

function ordered(operator: string, value: number, required: number): boolean {
  if (operator === '<') return value < required;
  if (operator === '<=') return value <= required;
  return operator === '>' ? value > required : value >= required;
}
