import type { MoveRequest, PeerView } from './placement/index.js';
import type { RelativeView } from './edit-turn.js';
import type { SlotId } from '@raftainer/pod-spec';

/** What is known of the cluster besides this host. */
export interface FleetView {
  /** Every host with a record, this one too once it has one. */
  readonly peers: readonly PeerView[];
  /** When each slot that nobody holds was first seen so, by the snapshot's clock. Absent: just now. */
  readonly freeSince: ReadonlyMap<SlotId, number>;
  /** How long each host waits for the one before it in the ranking, in milliseconds. */
  readonly claimStepMs: number;
  /** How long a lock stays closed after its session was lost, in milliseconds. */
  readonly lockDelayMs: number;
  /** Slots that were asked to go to another host. Default: none. */
  readonly moves?: ReadonlyMap<SlotId, MoveRequest>;
  /** Hosts that are expected back for the slots they lost: these slots have their place there. Default: none. */
  readonly awaited?: ReadonlySet<string>;
  /** Statuses of slots that run here while another host holds their claim. */
  readonly replacements: ReadonlyMap<SlotId, ReplacementView>;
  /** Slots of the pods that are being edited here, whoever holds them. Absent: this host is the whole cluster. */
  readonly relatives?: ReadonlyMap<SlotId, RelativeView>;
}

/** What the new holder of a slot says about it. */
export interface ReplacementView {
  /** Of the claim under which it was written. */
  readonly epoch: number;
  /** It serves: its phase is `healthy` or `running`. */
  readonly serving: boolean;
}
