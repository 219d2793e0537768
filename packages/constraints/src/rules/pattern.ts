import { MAX_MATCHED_LENGTH, compilePattern } from '../safe-pattern.js';
import { attributeRule } from './attribute-rule.js';

/** `regexp`: the pattern matches somewhere in the value; anchor it with `^` and `$` for the whole. An absent value fails. */
export const pattern = attributeRule({
  name: 'pattern',
  operators: ['regexp'],
  compare: ({ constraint, actual }) => {
    if (typeof constraint.value !== 'string') return 'this operator takes a pattern as text';
    const compiled = compilePattern(constraint.value);
    if (!compiled.ok) return compiled.problem;
    if (actual === undefined) return false;
    const text = String(actual);
    if (text.length > MAX_MATCHED_LENGTH)
      return `the attribute is longer than ${MAX_MATCHED_LENGTH} characters`;
    return compiled.regexp.test(text);
  },
});
