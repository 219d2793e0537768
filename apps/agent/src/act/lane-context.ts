import type { SlotId, SlotRef } from '@raftainer/pod-spec';

/** What the actions of one lane share. */
export interface LaneContext {
  readonly slot: SlotRef;
  readonly id: SlotId;
  /** Its containers must not run while the claim is not proven. */
  readonly fenced: boolean;
  /** Ends the lane: the definition changed, or the agent stops. */
  readonly signal: AbortSignal;
  /** Ids of the containers made or started in this lane, by their names in the definition. */
  readonly containerIds: Map<string, string>;
  /** The claim's epoch, once this lane has learnt it. */
  epoch?: number;
  /** The session that holds the claim. */
  session?: string;
  /** Tells people what is going on. */
  readonly report: (message: string) => void;
}
