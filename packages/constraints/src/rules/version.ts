import coerce from 'semver/functions/coerce.js';
import Range from 'semver/classes/range.js';
import { attributeRule } from './attribute-rule.js';

/** Longest range that is parsed. */
const MAX_RANGE_LENGTH = 256;

/** Version numbers of distributions have leading zeros (`22.04`), which strict parsing refuses. */
const LOOSE = { loose: true };

/**
 * `semver`: a range such as `>=5.15 <7`. Of the attribute the first up to three numbers count, missing ones as 0, and what follows is
 * ignored: `6.18.44-fc-v782` is 6.18.44, not a pre-release of it. An absent value fails.
 */
export const version = attributeRule({
  name: 'version',
  operators: ['semver'],
  compare: ({ constraint, kind, actual }) => {
    if (kind === 'number' || kind === 'bytes')
      return 'the attribute is a number; compare it with <, <=, > or >=';
    const range = rangeOf(constraint.value);
    if (range === undefined) return 'the value is not a version range such as ">=5.15 <7"';
    if (actual === undefined) return false;
    const found = coerce(String(actual), LOOSE);
    return found === null ? `${JSON.stringify(actual)} has no version number in it` : range.test(found);
  },
});

function rangeOf(value: unknown): Range | undefined {
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_RANGE_LENGTH) return undefined;
  try {
    return new Range(value, LOOSE);
  } catch {
    return undefined;
  }
}
