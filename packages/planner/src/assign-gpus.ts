import { assignGpus as pickGpus } from '@raftainer/constraints';

import { usableGpus } from './usable-gpus.js';

import type { GpuPlan } from './container-plan.js';
import type { ContainerStep } from './container-step.js';
import type { SlotContext } from './slot-context.js';
import type { HostFacts } from '@raftainer/constraints';

/** The GPUs of a slot's containers. */
export interface GpuAssignment {
  /** Ids by container name; containers without GPUs are absent. */
  readonly byContainer: ReadonlyMap<string, readonly string[]>;
  readonly taken: readonly string[];
  /** Why a container that is to be made or started could not have its devices. */
  readonly obstacle?: string;
}

/** A container keeps the devices it had while they fit its request; a new one gets free ones, the smallest that fit. */
export function assignGpus(context: SlotContext, steps: readonly ContainerStep[]): GpuAssignment {
  const byContainer = new Map<string, readonly string[]>();
  const { ledger, view } = context;
  const asking = steps.filter(
    ({ need, desired }) => desired.spec.resources.gpus !== undefined && need !== 'nothing',
  );
  const untouched = steps
    .filter(({ need }) => need === 'nothing')
    .flatMap(({ current }) => current?.gpus ?? []);
  for (const step of asking) {
    const ids = keptGpus(context, step);
    if (ids === undefined) continue;
    ledger.keepGpus(view.id, ids);
    byContainer.set(step.desired.spec.name, ids);
  }
  let obstacle: string | undefined;
  for (const { desired } of asking) {
    const { name, resources } = desired.spec;
    if (resources.gpus === undefined || byContainer.has(name)) continue;
    // What a container of its own had that makes way is free for it.
    const ids = ledger.takeGpus(view.id, resources.gpus, [...untouched, ...[...byContainer.values()].flat()]);
    if (ids === undefined)
      obstacle ??= `too few free GPUs that fit are left on this host for container ${name}`;
    else byContainer.set(name, ids);
  }
  return { byContainer, taken: [...byContainer.values()].flat(), obstacle };
}

/** A device that went away, that another slot was given meanwhile, or that no longer fits an edited request, is not kept. */
function keptGpus(
  { snapshot, ledger, view }: SlotContext,
  step: ContainerStep,
): readonly string[] | undefined {
  const had = new Set((step.current ?? step.replaced[0])?.gpus);
  const request = step.desired.spec.resources.gpus;
  if (request === undefined) return undefined;
  if (had.size !== request.count) return undefined;
  const others = new Set(ledger.gpusOfOthers(view.id));
  const present = usableGpus(snapshot.host.facts.gpus).filter(({ id }) => had.has(id) && !others.has(id));
  return pickGpus(request, present);
}

/** Docker's driver knows devices by their number, which follows the order of PCI addresses. */
export function gpuPlans(ids: readonly string[], facts: HostFacts): readonly GpuPlan[] {
  const all = usableGpus(facts.gpus)
    .map(({ id }) => id)
    .sort();
  return ids.map((id) => ({ id, index: all.indexOf(id) }));
}
