import { editTurn } from './edit-turn.js';
import { containerSteps, isEdited } from './slot-context.js';
import { isServing } from './slot-health.js';

import type { EditTurn } from './edit-turn.js';
import type { SlotContext } from './slot-context.js';
import type { Pod } from '@raftainer/pod-spec';

const WAITS = 'waits for another slot of the pod to be updated';

/** Which slots of this run may be disturbed: of each pod one at a time, and none while a relative is unwell. */
export class Disturbances {
  readonly #held: readonly SlotContext[];
  /** By pod: a definition has one revision. */
  readonly #turns = new Map<string, EditTurn>();
  readonly #unwell = new Map<string, readonly string[]>();

  /** `held`: the slots that this host holds. */
  constructor(held: readonly SlotContext[]) {
    this.#held = held;
  }

  /** Why the containers of a slot may not make way yet; undefined: they may. What does not serve has nothing to lose. */
  waitsFor(context: SlotContext, serves: boolean): string | undefined {
    const { view, snapshot, ledger } = context;
    const isForAll = isEdited(context) && snapshot.fleet.relatives !== undefined;
    const relative = isForAll ? this.#editedBefore(context, serves) : this.#unwellRelative(context);
    if (relative !== undefined) return `${WAITS}: ${relative}`;
    return ledger.takeTurn(view.ref) ? undefined : WAITS;
  }

  /** Which slot, of this host or another, an edit of this one waits for. */
  #editedBefore({ snapshot, view, pod, revision }: SlotContext, serves: boolean): string | undefined {
    if (!serves || isAlone(pod)) return undefined;
    const turn = this.#turns.get(pod.name) ?? editTurn(snapshot, pod, revision);
    this.#turns.set(pod.name, turn);
    return turn.waitsFor ?? (turn.next === view.id ? undefined : turn.next);
  }

  /** A relative here that has the present revision already and is unwell: what breaks the first slot stops there. */
  #unwellRelative({ view, pod }: SlotContext): string | undefined {
    const unwell = this.#unwell.get(pod.name) ?? this.#findUnwell(pod.name);
    this.#unwell.set(pod.name, unwell);
    return unwell.find((id) => id !== view.id);
  }

  /** Once for each pod, not for each of its slots. */
  #findUnwell(pod: string): readonly string[] {
    return this.#held
      .filter((context) => context.view.ref.pod === pod && !isEdited(context))
      .filter((context) => !isServing(containerSteps(context)))
      .map(({ view }) => view.id);
  }
}

/** Nothing that is published of such a pod matters to anybody, so nothing is read. */
function isAlone({ kind, instances }: Pod): boolean {
  return kind !== 'system' && instances < 2;
}
