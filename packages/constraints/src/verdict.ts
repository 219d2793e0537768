/** One rule that a host does not meet. */
export interface RuleFailure {
  /** Name of the rule in the table: `equality`, `memory`, … */
  readonly rule: string;
  readonly attribute: string;
  readonly operator: string;
  readonly required: unknown;
  /** Null when the host has no such value. */
  readonly actual: unknown;
  /** For people; says both values. */
  readonly message: string;
}

/** One host's answer to "could you run this?". */
export interface Verdict {
  readonly eligible: boolean;
  /** Every rule that failed, in the order of the table; empty when eligible. */
  readonly failures: readonly RuleFailure[];
}
