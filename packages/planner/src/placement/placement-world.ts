import type { HostFacts, RuleFailure } from '@raftainer/constraints';
import type { Pod, SlotId } from '@raftainer/pod-spec';

/** All that placement follows from: records that every host reads alike, so that every host ranks alike. */
export interface PlacementWorld {
  /** The usable definitions; their order does not matter. */
  readonly pods: readonly DefinedPod[];
  readonly claims: ReadonlyMap<SlotId, ClaimedBy>;
  /** Every host with a record, the absent ones too; their order does not matter. */
  readonly hosts: readonly PeerView[];
  /** Slots that were asked to go to another host, and to which: see `liveMoves`. Default: none. */
  readonly moves?: ReadonlyMap<SlotId, string>;
  /** Absent hosts that are expected back for the slots they lost. Default: none. */
  readonly awaited?: ReadonlySet<string>;
}

/** A usable definition. */
export interface DefinedPod {
  readonly pod: Pod;
  readonly revision: string;
  /** Orders the pods by when they were first defined: what was there first is placed first. */
  readonly definedAt: number;
}

/** Who has a slot. */
export interface ClaimedBy {
  /** Absent while nobody holds it. */
  readonly session?: string;
  /** The holder; the last one while nobody holds it. */
  readonly host?: string;
}

/** Where a slot that nobody holds was when its holder was lost; a holder that gives a slot up leaves no name. */
export function homeOf(claim: ClaimedBy | undefined): string | undefined {
  return claim?.session === undefined ? claim?.host : undefined;
}

/** A host as its record and its verdicts show it. */
export interface PeerView {
  readonly name: string;
  /** Absent when its record cannot be read: nothing is placed on what nobody knows. */
  readonly facts?: HostFacts;
  /** Its agent holds its session. */
  readonly present: boolean;
  /** It is told to take nothing new. */
  readonly draining: boolean;
  readonly agentVersion?: string;
  /** Since when its Docker engine does not answer, ISO 8601; absent: it does. */
  readonly engineDownSince?: string;
  readonly refusals: readonly PodRefusal[];
}

/** A verdict of a host against a pod. */
export interface PodRefusal {
  readonly pod: string;
  /** The revision it refuses: an edited pod is not judged by it. Absent: every revision. */
  readonly revision?: string;
  readonly failures: readonly RuleFailure[];
  /** What is wrong with the definition in the eyes of that host. */
  readonly problems?: readonly string[];
}

/** Whether a verdict is about this revision of the pod. */
export function isAbout({ pod, revision }: PodRefusal, defined: DefinedPod): boolean {
  return pod === defined.pod.name && (revision === undefined || revision === defined.revision);
}

/** In the order of placing: first defined first, and by name where Consul cannot tell. */
export function inOrderOfDefinition(pods: readonly DefinedPod[]): readonly DefinedPod[] {
  return [...pods].sort((a, b) => a.definedAt - b.definedAt || (a.pod.name < b.pod.name ? -1 : 1));
}
