export { heldClaims, isOurs, sessionFor } from './sessions.js';
export { plan } from './planner.js';
export { isFenced } from './container-labels.js';
export { drainSuccessors } from './drain-successors.js';
export { definedPods } from './fleet-placement.js';
export { problemsOf } from './verdicts.js';
export { policyFailures } from './host-policy.js';
export { LABELS, SERVICE_META } from './labels.js';
export { REASONS } from './reason.js';
export { containerName, portServiceId, slotName, volumeName } from './names.js';
export { aliasCheckIdOf, checkIdOf, serviceNames } from './services.js';
export {
  explainPod,
  hostPlacement,
  hostUsage,
  liveMoves,
  placementOf,
  rebalancePlan,
} from './placement/index.js';
export { isRunning } from './teardown.js';
export { unsupportedProblems } from './unsupported.js';
export { CONTAINER_FIELD_EFFECTS, POD_FIELD_EFFECTS } from './field-effects.js';

export type { Action, ActionPayloads, ActionType, StopTarget } from './action.js';
export type { ContainerPlan, GpuPlan, HealthCheckPlan, MountPlan, PortPlan } from './container-plan.js';
export type { ContainerSecrets, FilePlan } from './container-secrets.js';
export type { FieldEffect } from './field-effects.js';
export type { HeldClaim } from './sessions.js';
export type {
  ContainerStatusPlan,
  Death,
  Plan,
  PodVerdictPlan,
  SlotHealth,
  SlotPhase,
  SlotPlan,
  SlotSecretsPlan,
  SlotStatusPlan,
} from './plan.js';
export type {
  ClaimedBy,
  DefinedPod,
  ExcludedHost,
  HostPlacement,
  HostUsage,
  MovableClaim,
  MoveRequest,
  PeerView,
  PlacementWorld,
  PodRefusal,
  RankedHost,
  RebalanceMove,
  SlotPlacement,
  SlotRank,
} from './placement/index.js';
export type { RelativeView } from './edit-turn.js';
export type { FleetView, ReplacementView } from './fleet-view.js';
export type { HostPolicy } from './host-policy.js';
export type { Reason } from './reason.js';
export type { ServicePlan } from './service-plan.js';
export type {
  BusyView,
  ClaimsInDoubt,
  ClaimView,
  ContainerHealth,
  ContainerState,
  ContainerView,
  FailureView,
  HostView,
  ListeningView,
  NetworkView,
  PodView,
  SecretChangeView,
  SecretEffect,
  SecretUseView,
  ServiceView,
  SessionsView,
  SlotSecretsView,
  Snapshot,
} from './snapshot.js';
export { probeCheckOf, readProbeCheck } from './probe-check.js';
export type { ProbeCheck } from './probe-check.js';
