import { attributeRule } from './attribute-rule.js';

/** `exists`, `not-exists`: whether the host has a value for the attribute. */
export const existence = attributeRule({
  name: 'existence',
  operators: ['exists', 'not-exists'],
  compare: ({ constraint, actual }) => {
    if (constraint.value !== undefined)
      return 'this operator takes no value; for the opposite use the other one';
    return (actual !== undefined) === (constraint.operator === 'exists');
  },
});
