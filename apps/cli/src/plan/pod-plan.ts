import type { RuleFailure } from '@raftainer/constraints';
import type { Pod, SlotId } from '@raftainer/pod-spec';
import type { FieldChange } from './diff-pods.js';

/** What applying one definition would do. */
export interface PodPlan {
  readonly name: string;
  readonly change: 'new' | 'changed' | 'unchanged';
  readonly revision: string;
  readonly source: string;
  /** The modify index of the stored definition; 0: there is none. */
  readonly seen: number;
  /** The stored definition; absent when there is none, or it is not valid. */
  readonly before?: Pod;
  /** What the user wrote. */
  readonly definition: unknown;
  readonly fields: readonly FieldChange[];
  readonly slots: readonly SlotPlan[];
  /** Why no host can ever run it; empty when some host could. */
  readonly impossible: readonly string[];
  /** What the agents refuse of it, whatever the host. */
  readonly refused: readonly string[];
}

/** What becomes of one slot. */
export interface SlotPlan {
  readonly slot: SlotId;
  /**
   * `place`: nobody holds it and `host` would claim it; `update`: `host` holds it and brings it to the new revision; `keep`: nothing
   * happens to it; `stop`: `host` gives it up; `replace`: the pod becomes exclusive or stops being so, `host` gives it up and `to`
   * claims it, perhaps the same one; `wait`: no host can take it now.
   */
  readonly action: 'place' | 'update' | 'keep' | 'stop' | 'replace' | 'wait';
  readonly host?: string;
  /** For `replace`: who comes first then; absent when no host can take it. */
  readonly to?: string;
  /** For `wait`: every host with every rule that fails. */
  readonly excluded?: readonly { readonly host: string; readonly failures: readonly RuleFailure[] }[];
}

/** Everything that a plan says. */
export interface ClusterPlan {
  /** Consul's index of the definitions that it saw. */
  readonly index: number;
  readonly pods: readonly PodPlan[];
}
