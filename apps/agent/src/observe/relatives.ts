import { heldClaims } from '@raftainer/planner';
import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import type { Cluster, SlotStatus } from '@raftainer/cluster';
import type { RelativeView, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What one observation knows already. */
export interface RelativesQuestion extends Pick<Snapshot, 'now' | 'sessions' | 'pods' | 'claims'> {
  readonly signal: AbortSignal;
}

interface Well {
  /** Of what was well; another run of it begins anew. */
  readonly run: string;
  readonly since: number;
}

/**
 * How the slots of those pods are that this host has to edit, wherever they run. Clocks of hosts differ, so how long one
 * has been well is counted from when it was first seen so.
 */
export class Relatives {
  readonly #statuses: Pick<Cluster['statuses'], 'listFor'>;
  #well: ReadonlyMap<SlotId, Well> = new Map();

  constructor(statuses: Pick<Cluster['statuses'], 'listFor'>) {
    this.#statuses = statuses;
  }

  /** Throws when the statuses cannot be read: what is not known is not well. */
  async view(question: RelativesQuestion): Promise<ReadonlyMap<SlotId, RelativeView>> {
    const { now, signal } = question;
    const lists = await Promise.all(
      editedPods(question).map((pod) => this.#statuses.listFor(pod, { signal })),
    );
    const well = new Map<SlotId, Well>();
    const views = new Map<SlotId, RelativeView>();
    for (const { pod, index, status } of lists.flat()) {
      if (status === undefined) continue;
      const id = slotIdOf({ pod, index });
      const { epoch, revision } = status;
      if (!isWell(status)) {
        views.set(id, { epoch, revision });
        continue;
      }
      const run = `${epoch} ${revision} ${status.since} ${status.restarts}`;
      const known = this.#well.get(id);
      const since = known?.run === run ? known.since : now;
      well.set(id, { run, since });
      views.set(id, { epoch, revision, wellSince: since });
    }
    this.#well = well;
    return views;
  }
}

/** Of which this host holds a slot that has yet to be brought to the present definition, and others there may be. */
function editedPods({ pods, claims, sessions }: RelativesQuestion): readonly string[] {
  const edited = [...heldClaims({ claims, sessions })].flatMap(([id, { revision }]) => {
    const { pod } = slotRefOf(id);
    const view = pods.get(pod);
    if (view?.state !== 'valid') return [];
    // How many slots a system pod has depends on the hosts.
    if (view.pod.kind !== 'system' && view.pod.instances < 2) return [];
    return revision === undefined || revision === view.revision ? [] : [pod];
  });
  return [...new Set(edited)];
}

function isWell({ phase }: SlotStatus): boolean {
  return phase === 'healthy' || phase === 'running';
}
