import type { Host, Requirements } from './requirements.js';
import { RULES } from './rules/rules.js';
import type { Verdict } from './verdict.js';

/**
 * Judges whether a host meets requirements, and lists all that speaks against it. Pure: the same input gives the same verdict
 * everywhere. Nonsense in a constraint (an unknown attribute or operator, a value of the wrong kind, a broken pattern) is a
 * failed rule that says so; nothing is thrown.
 */
export function evaluate(requirements: Requirements, host: Host): Verdict {
  const context = { requirements, host };
  const failures = RULES.flatMap((rule) => rule.check(context));
  return { eligible: failures.length === 0, failures };
}

/** The same judgement without reasons: stops at the first rule that fails. */
export function isEligible(requirements: Requirements, host: Host): boolean {
  const context = { requirements, host };
  return RULES.every((rule) => rule.check(context).length === 0);
}
