import type { AttributeKind, AttributeValue } from '../attributes.js';
import { lookUp, similarLabel } from '../attributes.js';
import { formatBytes } from '../bytes.js';
import type { HostFacts } from '../host-facts.js';
import type { Constraint, ConstraintOperator } from '../requirements.js';
import type { RuleFailure } from '../verdict.js';
import { NO_FAILURES } from './rule.js';
import type { Rule } from './rule.js';

/** An attribute of a host beside the constraint on it. */
export interface Comparison {
  readonly constraint: Constraint;
  readonly kind: AttributeKind;
  /** Undefined when the host has no such value. */
  readonly actual: AttributeValue | undefined;
}

/** Whether the constraint holds; or, as text, why the two cannot be compared, which is a failure as well. */
export type Outcome = boolean | string;

export interface AttributeRuleOptions {
  readonly name: string;
  /** The operators that this rule judges. */
  readonly operators: readonly ConstraintOperator[];
  /** Looks at the constraint's own value first, so that a mistake in it shows on every host. */
  readonly compare: (comparison: Comparison) => Outcome;
}

/** A rule over the constraints with certain operators. */
export function attributeRule(options: AttributeRuleOptions): Rule {
  return {
    name: options.name,
    check: ({ requirements, host }) => {
      const mine = requirements.constraints.filter(({ operator }) => options.operators.includes(operator));
      return mine.length === 0
        ? NO_FAILURES
        : mine.flatMap((constraint) => judge(options, constraint, host.facts));
    },
  };
}

function judge(
  options: AttributeRuleOptions,
  constraint: Constraint,
  facts: HostFacts,
): readonly RuleFailure[] {
  const found = lookUp(facts, constraint.attribute);
  if (!found.known)
    return [failure(options.name, constraint, unknownAttribute(constraint, found.suggestion))];
  const comparison = { constraint, kind: found.kind, actual: found.value };
  const outcome = options.compare(comparison);
  if (outcome === true) return NO_FAILURES;
  const why = outcome === false ? unmet(comparison, facts) : `${wanted(constraint)}: ${outcome}`;
  return [{ ...failure(options.name, constraint, why), actual: found.value ?? null }];
}

function failure(rule: string, constraint: Constraint, message: string): RuleFailure {
  const { attribute, operator, value = null } = constraint;
  return { rule, attribute, operator, required: value, actual: null, message };
}

function unknownAttribute(constraint: Constraint, suggestion: string | undefined): string {
  const hint = suggestion === undefined ? 'labels are written labels.NAME' : `did you mean "${suggestion}"?`;
  return `there is no attribute "${constraint.attribute}"; ${hint}`;
}

function unmet({ constraint, kind, actual }: Comparison, facts: HostFacts): string {
  const is = actual === undefined ? absent(constraint, facts) : `is ${shown(actual, kind)}`;
  return `${constraint.attribute} ${is}; required: ${wanted(constraint)}`;
}

function absent(constraint: Constraint, facts: HostFacts): string {
  const similar = similarLabel(facts, constraint.attribute);
  return similar === undefined ? 'is not set on this host' : `is not set on this host (it has "${similar}")`;
}

function shown(actual: AttributeValue, kind: AttributeKind): string {
  return kind === 'bytes' && typeof actual === 'number' ? formatBytes(actual) : JSON.stringify(actual);
}

function wanted({ attribute, operator, value }: Constraint): string {
  return [attribute, operator, ...(value === undefined ? [] : [JSON.stringify(value)])].join(' ');
}
