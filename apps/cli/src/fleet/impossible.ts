import type { PlacementWorld } from '@raftainer/planner';
import { explainPod } from '@raftainer/planner';
import { contradictions } from './contradictions.js';

/**
 * Why no host can ever run a pod, whatever is stopped or drained: its constraints contradict each other, or no known host would do
 * even if it were empty. Empty when some host could, and while no host is known. Pure.
 */
export function impossibility(world: PlacementWorld, pod: string): readonly string[] {
  const defined = world.pods.find((one) => one.pod.name === pod);
  if (defined === undefined) return [];
  const clashes = contradictions(defined.pod.constraints);
  if (clashes.length > 0) return clashes;
  const hosts = world.hosts
    .filter(({ facts }) => facts !== undefined)
    .map((host) => ({ ...host, present: true, draining: false, refusals: [] }));
  // One is enough: of a host that is too small for the first, the others need not be asked.
  const alone = { ...defined, pod: { ...defined.pod, kind: 'service' as const, instances: 1 } };
  const [slot] = explainPod({ pods: [alone], claims: new Map(), hosts }, pod);
  if (slot === undefined || slot.ranked.length > 0 || slot.excluded.length === 0) return [];
  const rules = [...new Set(slot.excluded.flatMap(({ failures }) => failures.map(({ rule }) => rule)))];
  return [
    `none of the ${slot.excluded.length} known hosts could run it even if it were empty (${rules.join(', ')})`,
  ];
}
