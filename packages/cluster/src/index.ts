export { createCluster } from './cluster.js';
export type { Cluster, ClusterOptions } from './cluster.js';
export { CLUSTER_ERRORS, ClusterError, isClusterError } from './cluster-error.js';
export type { ClusterErrorCode, ClusterErrorOptions } from './cluster-error.js';
export type { Claim, ClaimList, ClaimRequest, Claims } from './claims.js';
export type { ClaimInfo } from './claim-info.js';
export type { Drain, DrainInfo, Drains } from './drains.js';
export type { Host, HostAcquired, HostAcquisition, HostRefused, Hosts } from './hosts.js';
export type { HostMachine, HostRecord, HostTerms } from './host-record.js';
export type { Move, MoveInfo, Moves } from './moves.js';
export {
  claimKey,
  DEFAULT_PREFIX,
  drainKey,
  folders,
  hostKey,
  isHostName,
  isPodName,
  listedPodKey,
  moveKey,
  parseClaimKey,
  parseDrainKey,
  parseHostKey,
  parseMoveKey,
  parsePodConfigKey,
  parseSecretLeasesKey,
  parseStatusKey,
  parseVerdictsKey,
  podConfigKey,
  podStatusFolder,
  secretLeasesKey,
  statusKey,
  verdictsKey,
} from './keys.js';
export type { ClusterFolders } from './keys.js';
export { MAX_VALUE_BYTES } from './encode.js';
export { encodePod } from './encode-pod.js';
export type { PodList, PodRecord, Pods, ScaleResult, WriteOptions } from './pods.js';
export { peersOf } from './peers.js';
export type { Peer, PeerRecords, PeerRefusal } from './peers.js';
export type { PodVerdict } from './pod-verdict.js';
export type { LeaseHolding, SecretLeaseRecord, SecretLeases } from './secret-leases.js';
export type { ContainerStatus, PortStatus, SecretStatus, SlotPhase, SlotStatus } from './slot-status.js';
export type { StatusRecord, Statuses, StatusWriteOptions } from './statuses.js';
export type { HostVerdicts, Verdicts } from './verdicts.js';
export type { WakeUp } from './wake-ups.js';
