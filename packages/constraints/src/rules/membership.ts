import { attributeRule } from './attribute-rule.js';
import { comparable, mismatch } from './comparable.js';

/** `in`, `not-in`. An absent value is in no list: it fails `in` and meets `not-in`. */
export const membership = attributeRule({
  name: 'membership',
  operators: ['in', 'not-in'],
  compare: ({ constraint, kind, actual }) => {
    if (!Array.isArray(constraint.value)) return 'this operator takes a list of values';
    const items: readonly unknown[] = constraint.value;
    const wrong = items.find((item) => comparable(kind, item) === undefined);
    if (wrong !== undefined) return mismatch(kind, wrong);
    const found =
      actual !== undefined && items.some((item) => comparable(kind, item) === comparable(kind, actual));
    return found === (constraint.operator === 'in');
  },
});
