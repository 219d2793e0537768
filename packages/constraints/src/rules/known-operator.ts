import { closest } from '../closest.js';
import type { ConstraintOperator } from '../requirements.js';
import type { Rule } from './rule.js';

const OPERATORS: readonly string[] = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not-in',
  'exists',
  'not-exists',
  'regexp',
  'semver',
] satisfies ConstraintOperator[];

/** A constraint whose operator does not exist holds nowhere; callers without types, or of another version, may have one. */
export const knownOperator: Rule = {
  name: 'operator',
  check: ({ requirements }) =>
    requirements.constraints
      .filter(({ operator }) => !OPERATORS.includes(operator))
      .map(({ attribute, operator, value = null }) => {
        const meant = closest(operator, OPERATORS);
        const hint = meant === undefined ? `use one of ${OPERATORS.join(' ')}` : `did you mean "${meant}"?`;
        const message = `${attribute}: there is no operator "${operator}"; ${hint}`;
        return { rule: 'operator', attribute, operator, required: value, actual: null, message };
      }),
};
