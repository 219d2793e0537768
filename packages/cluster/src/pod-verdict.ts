import type { RuleFailure } from '@raftainer/constraints';
import type { Decoder } from './decoder.js';
import { anything, array, boolean, object, optional, string } from './decoder.js';

/** One host's answer to "could you run this pod?". */
export interface PodVerdict {
  readonly pod: string;
  readonly eligible: boolean;
  /** The revision that was judged: an edited pod is not judged by an old answer. Absent: whatever it becomes. */
  readonly revision?: string;
  /** Every rule that failed. */
  readonly failures: readonly RuleFailure[];
  /** What is wrong with the definition, or not supported by the host's agent. */
  readonly problems?: readonly string[];
  readonly message?: string;
}

const failure: Decoder<RuleFailure> = object<RuleFailure>({
  rule: string,
  attribute: string,
  operator: string,
  required: anything,
  actual: anything,
  message: string,
});

export const verdictsDecoder: Decoder<readonly PodVerdict[]> = array(
  object<PodVerdict>({
    pod: string,
    eligible: boolean,
    revision: optional(string),
    failures: array(failure),
    problems: optional(array(string)),
    message: optional(string),
  }),
);
