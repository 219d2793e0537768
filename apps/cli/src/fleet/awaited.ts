import type { SlotPlacement } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';
import { nobodyPresent } from './nobody-present.js';
import { worldOf } from './world-of.js';

/** What a slot that nobody holds is waiting for, in sentences. Pure. */
export function awaitedFor(
  fleet: Fleet,
  slot: SlotId,
  placement: SlotPlacement | undefined,
): readonly string[] {
  const present = fleet.hosts.filter(({ session }) => session !== undefined);
  if (present.length === 0) return [nobodyPresent(fleet)];
  const target = worldOf(fleet).moves?.get(slot);
  return [
    ...lockDelay(fleet, slot),
    ...homecoming(fleet, slot),
    ...lastFailure(fleet, slot),
    ...(target === undefined ? [] : [`it was asked to move to ${target}`]),
    ...turn(placement),
  ];
}

/** A release empties the claim's record; what a holder left in it says that the holder was lost. */
function lockDelay(fleet: Fleet, slot: SlotId): readonly string[] {
  const claim = fleet.claims.get(slot);
  const pod = fleet.pods.find(({ name }) => slot.startsWith(`${name}/`));
  const isExclusive = pod?.result.ok !== true || pod.result.pod.exclusive;
  if (claim === undefined || claim.session !== undefined || claim.info === undefined || !isExclusive)
    return [];
  return [
    `its last holder, ${claim.info.host}, was lost rather than stopped: the slot stays closed until the lock delay ends (7 s unless configured), so that no second copy starts`,
  ];
}

/** Only the hosts know whether they wait, so this says when they do. */
function homecoming(fleet: Fleet, slot: SlotId): readonly string[] {
  const claim = fleet.claims.get(slot);
  if (claim === undefined || claim.session !== undefined || claim.info === undefined) return [];
  const { host } = claim.info;
  const home = fleet.hosts.find((candidate) => candidate.host === host);
  if (home === undefined || home.session !== undefined) return [];
  return [
    `${host} is absent: after a power cut or an outage of Consul, or when most hosts went at once, the others leave its slots to it until nobody has come back for RAFTAINER_RETURN (60 s unless configured)`,
  ];
}

function lastFailure(fleet: Fleet, slot: SlotId): readonly string[] {
  const status = fleet.statuses.get(slot)?.status;
  const hasFailed = status?.phase === 'failed' || status?.phase === 'backoff';
  if (!hasFailed) return [];
  return [
    `it failed on ${status.host} before (${status.message ?? status.reason ?? 'no reason given'}); hosts on which it failed back off`,
  ];
}

function turn(placement: SlotPlacement | undefined): readonly string[] {
  const [first, second] = placement?.ranked ?? [];
  if (first === undefined) return ['a free host: every host is ruled out'];
  const next = second === undefined ? '' : `; ${second.host} a second later, if it is still free`;
  return [`${first.host} comes first and has not claimed it yet${next}`];
}
