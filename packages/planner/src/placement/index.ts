export { explainPod, placementOf } from './placement-of.js';
export { hostPlacement } from './slot-ranks.js';
export { hostUsage } from './host-usage.js';
export { liveMoves } from './live-moves.js';
export { rebalancePlan } from './rebalance-plan.js';

export type { ClaimedBy, DefinedPod, PeerView, PlacementWorld, PodRefusal } from './placement-world.js';
export type { ExcludedHost, RankedHost, SlotPlacement } from './placement-of.js';
export type { HostUsage } from './host-usage.js';
export type { MovableClaim, MoveRequest } from './live-moves.js';
export type { HostPlacement, SlotRank } from './slot-ranks.js';
export type { RebalanceMove } from './rebalance-plan.js';
