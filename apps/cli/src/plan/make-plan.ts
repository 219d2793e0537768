import type { PlacementWorld, SlotPlacement } from '@raftainer/planner';
import { placementOf } from '@raftainer/planner';
import type { Pod, SlotId } from '@raftainer/pod-spec';
import { canonicalForm, slotRefOf } from '@raftainer/pod-spec';
import type { Definition } from '../definitions/definition.js';
import type { Fleet } from '../fleet/fleet.js';
import { impossibility } from '../fleet/impossible.js';
import { refusedOf, worldOf } from '../fleet/world-of.js';
import { diffPods } from './diff-pods.js';
import type { ClusterPlan, PodPlan, SlotPlan } from './pod-plan.js';

/**
 * What applying the definitions would do, and where the agents would run the slots: the new definitions are put into the world that
 * the agents' planner sees, and it is asked. Pure.
 */
export function makePlan(fleet: Fleet, definitions: readonly Definition[]): ClusterPlan {
  const world = worldOf(fleet, definitions);
  const placements = placementOf(world);
  const pods = definitions.map((definition) =>
    planPod({ fleet, world, placements, definitions }, definition),
  );
  return { index: fleet.index, pods };
}

interface Question {
  readonly fleet: Fleet;
  readonly definitions: readonly Definition[];
  readonly world: PlacementWorld;
  readonly placements: ReadonlyMap<SlotId, SlotPlacement>;
}

function planPod(question: Question, definition: Definition): PodPlan {
  const { pod, revision, source, input } = definition;
  const stored = question.fleet.pods.find(({ name }) => name === pod.name);
  const before = stored?.result.ok === true ? stored.result.pod : undefined;
  const isSame = before !== undefined && canonicalForm(before) === canonicalForm(pod);
  const changed = stored === undefined ? 'new' : 'changed';
  return {
    name: pod.name,
    change: isSame ? 'unchanged' : changed,
    revision,
    source,
    seen: stored?.modifyIndex ?? 0,
    ...(before === undefined ? {} : { before }),
    definition: input,
    fields: before === undefined ? [] : diffPods(before, pod),
    slots: slotPlans(question, definition),
    impossible: impossibility(question.world, pod.name),
    refused: refusedOf(question.fleet, pod.name, question.definitions),
  };
}

function slotPlans({ fleet, world, placements }: Question, definition: Definition): readonly SlotPlan[] {
  const { pod } = definition;
  const slots = [...placements.values()].filter(({ slot }) => slotRefOf(slot).pod === pod.name);
  return slots.map((placement): SlotPlan => {
    const { slot, ranked, excluded } = placement;
    const first = ranked[0]?.host;
    const claim = fleet.claims.get(slot);
    if (claim?.session === undefined) {
      return first === undefined
        ? { slot, action: 'wait', excluded }
        : { slot, action: 'place', host: first };
    }
    const host = claim.info === undefined ? {} : { host: claim.info.host };
    const action = heldAction(definition, { slot, revision: claim.info?.revision });
    if (action === 'stop' || world.claims.get(slot)?.session !== undefined) return { slot, action, ...host };
    return {
      ...{ slot, action: 'replace', ...host },
      ...(first === undefined ? { excluded } : { to: first }),
    };
  });
}

function heldAction(
  { pod, revision }: { readonly pod: Pod; readonly revision: string },
  held: { readonly slot: SlotId; readonly revision: string | undefined },
): SlotPlan['action'] {
  const isBeyond = pod.kind !== 'system' && slotRefOf(held.slot).index >= pod.instances;
  if (isBeyond) return 'stop';
  return held.revision === revision ? 'keep' : 'update';
}
