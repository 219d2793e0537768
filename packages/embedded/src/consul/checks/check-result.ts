import type { CheckStatus } from '../state/records.js';

/** What one run of a check found. */
export interface CheckResult {
  readonly status: CheckStatus;
  readonly output: string;
}
