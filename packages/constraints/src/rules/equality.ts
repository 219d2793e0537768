import { attributeRule } from './attribute-rule.js';
import { comparable, mismatch } from './comparable.js';

/** `=`, `!=`. An absent value differs from every value: it fails `=` and meets `!=`. */
export const equality = attributeRule({
  name: 'equality',
  operators: ['=', '!='],
  compare: ({ constraint, kind, actual }) => {
    const required = comparable(kind, constraint.value);
    if (required === undefined) return mismatch(kind, constraint.value);
    const equal = actual !== undefined && comparable(kind, actual) === required;
    return equal === (constraint.operator === '=');
  },
});
