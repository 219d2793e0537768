import type { Host, Requirements } from '../requirements.js';
import type { RuleFailure } from '../verdict.js';

/** What a rule looks at. */
export interface RuleContext {
  readonly requirements: Requirements;
  readonly host: Host;
}

/** One row of the table: it names itself, and says everything it finds wrong. */
export interface Rule {
  readonly name: string;
  /** Empty when the host meets the rule. */
  readonly check: (context: RuleContext) => readonly RuleFailure[];
}

/** Shared, so that a rule that holds allocates nothing. */
export const NO_FAILURES: readonly RuleFailure[] = [];
