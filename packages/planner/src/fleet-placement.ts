import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import { constraintFailures } from './admission.js';
import { hostPlacement, liveMoves } from './placement/index.js';
import { heldClaims } from './sessions.js';

import type { ClaimedBy, DefinedPod, HostPlacement, PeerView } from './placement/index.js';
import type { PodView, Snapshot } from './snapshot.js';
import type { SlotId } from '@raftainer/pod-spec';

/** Where this host stands for every free slot of the cluster of which the definition is free of `problems`, and who would take those it holds should it drain. */
export function fleetPlacement(
  snapshot: Snapshot,
  problems: ReadonlyMap<string, readonly string[]>,
): HostPlacement {
  const held = [...heldClaims(snapshot).keys()];
  const editedAway = new Set(held.filter((id) => isEditedAway(snapshot, id)));
  if (editedAway.size === 0 && !isAsked(snapshot)) return { ranks: new Map(), successors: new Map() };
  const pods = definedPods(snapshot.pods, problems);
  const moves = movesOf(snapshot);
  const { awaited } = snapshot.fleet;
  const world = {
    ...{ pods, claims: claimsOf(snapshot), hosts: allPeers(snapshot), moves },
    ...(awaited === undefined ? {} : { awaited }),
  };
  const leaving = isDraining(snapshot) ? held : held.filter((id) => moves.has(id) || editedAway.has(id));
  return hostPlacement(world, snapshot.host.name, leaving);
}

/** The definitions as placement takes them: what runs of one with `problems` takes its room; what nobody can run takes none. */
export function definedPods(
  pods: ReadonlyMap<string, PodView>,
  problems: ReadonlyMap<string, readonly string[]>,
): readonly DefinedPod[] {
  return [...pods].flatMap(([name, view]): readonly DefinedPod[] => {
    if (view.state !== 'valid') return [];
    return [problems.has(name) ? { ...view, pod: { ...view.pod, kind: 'service', instances: 0 } } : view];
  });
}

/** To which host a slot of this one was asked to go. A host that drains gives up all it has, to whoever can take it. */
export function moveTarget(snapshot: Snapshot, id: SlotId): string | undefined {
  return movesOf(snapshot).get(id);
}

function movesOf(snapshot: Snapshot): ReadonlyMap<SlotId, string> {
  const { moves } = snapshot.fleet;
  return moves === undefined || moves.size === 0 || isDraining(snapshot)
    ? new Map<SlotId, string>()
    : liveMoves(moves, snapshot.claims);
}

/** Whether the constraints of a slot of this host were edited so that it may not stay. */
function isEditedAway(snapshot: Snapshot, id: SlotId): boolean {
  const view = snapshot.pods.get(slotRefOf(id).pod);
  if (view?.state !== 'valid' || snapshot.claims.get(id)?.revision === view.revision) return false;
  return constraintFailures(snapshot, view.pod).length > 0;
}

/** At rest, when every slot is held and nobody drains, there is nothing to ask. */
function isAsked(snapshot: Snapshot): boolean {
  if (isDraining(snapshot) || movesOf(snapshot).size > 0) return true;
  for (const [name, view] of snapshot.pods) {
    if (view.state !== 'valid') continue;
    if (view.pod.kind === 'system') return true;
    for (let index = 0; index < view.pod.instances; index += 1) {
      if (snapshot.claims.get(slotIdOf({ pod: name, index }))?.session === undefined) return true;
    }
  }
  return false;
}

/** Whether this host is told to take nothing new and to hand over what it has. */
export function isDraining({ fleet, host }: Snapshot): boolean {
  return fleet.peers.some(({ name, draining }) => draining && name === host.name);
}

/** Whether another host's agent is there: what this host cannot do may be for others then. */
export function hasPresentPeers({ fleet, host }: Snapshot): boolean {
  return fleet.peers.some(
    ({ name, present, engineDownSince }) => present && engineDownSince === undefined && name !== host.name,
  );
}

/** This host counts although its record may not be there yet: it is asking. */
function allPeers({ fleet, host }: Snapshot): readonly PeerView[] {
  const own: PeerView = {
    name: host.name,
    facts: host.facts,
    present: true,
    draining: false,
    refusals: [],
  };
  const recorded = fleet.peers.find(({ name }) => name === host.name);
  const self =
    recorded?.facts === undefined
      ? { ...own, draining: recorded?.draining ?? false }
      : { ...withoutOutage(recorded), present: true };
  return [...fleet.peers.filter(({ name }) => name !== host.name), self];
}

/** Whoever observes its engine has one that answers, whatever its record still says. */
function withoutOutage({ engineDownSince: _over, ...peer }: PeerView): PeerView {
  return peer;
}

/** A slot that this host is taking is as good as its own. */
function claimsOf(snapshot: Snapshot): ReadonlyMap<SlotId, ClaimedBy> {
  const claims = new Map<SlotId, ClaimedBy>(snapshot.claims);
  for (const [id, { revision }] of snapshot.busy) {
    if (revision !== undefined && claims.get(id)?.session === undefined) {
      claims.set(id, { session: 'busy', host: snapshot.host.name });
    }
  }
  return claims;
}
