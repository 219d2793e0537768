import { slotRefOf } from '@raftainer/pod-spec';

import { definitionProblems } from './admission.js';
import { isFenced } from './desired-container.js';
import { Ledger } from './ledger.js';
import { checkIdsOf, describeBusy, reconcileFree, reconcileHeld } from './reconcile-slot.js';
import { isOurs } from './sessions.js';
import { serviceNameCollisions } from './service-name-collisions.js';
import { containerSteps } from './slot-context.js';
import { NO_WORK } from './slot-decision.js';
import { slotHealth, undefinedSlotHealth } from './slot-health.js';
import { standingOf } from './standing.js';
import { teardown } from './teardown.js';
import { slotViews } from './world.js';

import type { Death, Plan, PodVerdictPlan, SlotHealth, SlotPlan, SlotStatusPlan } from './plan.js';
import type { SlotContext } from './slot-context.js';
import type { SlotDecision } from './slot-decision.js';
import type { SlotId } from '@raftainer/pod-spec';
import type { Snapshot } from './snapshot.js';
import type { Standing } from './standing.js';
import type { SlotView } from './world.js';
import type { RuleFailure } from '@raftainer/constraints';

/** Decides what this host should do, from one snapshot alone: the same snapshot gives the same plan. */
export function plan(snapshot: Snapshot): Plan {
  return new Planning(snapshot).run();
}

interface Placed {
  readonly view: SlotView;
  readonly standing: Standing;
}

/** One run. Held slots come before free ones, so that what runs is in the books before anything is added. */
class Planning {
  readonly #snapshot: Snapshot;
  readonly #ledger: Ledger;
  readonly #slots = new Map<SlotId, SlotPlan>();
  readonly #statuses = new Map<SlotId, SlotStatusPlan>();
  readonly #health = new Map<SlotId, SlotHealth>();
  readonly #deaths: Death[] = [];
  readonly #cancel: SlotId[] = [];
  readonly #refusals = new Map<string, RuleFailure[]>();
  readonly #problems = new Map<string, readonly string[]>();
  #wakeAt: number | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#ledger = new Ledger(snapshot);
    const collisions = serviceNameCollisions(snapshot.pods);
    for (const [name, view] of snapshot.pods) {
      const problems = [...definitionProblems(view), ...(collisions.get(name) ?? [])];
      if (problems.length > 0) this.#problems.set(name, problems);
    }
  }

  run(): Plan {
    const placed = this.#placeSlots();
    for (const slot of placed) this.#chargeHeld(slot);
    for (const slot of placed.filter(({ standing }) => standing.kind !== 'free')) this.#decide(slot, placed);
    for (const slot of placed.filter(({ standing }) => standing.kind === 'free')) this.#decide(slot, placed);
    return {
      slots: this.#slots,
      cancel: this.#cancel,
      deaths: this.#deaths,
      statuses: this.#statuses,
      health: this.#health,
      verdicts: this.#verdicts(),
      ...(this.#wakeAt === undefined ? {} : { wakeAt: this.#wakeAt }),
    };
  }

  #placeSlots(): readonly Placed[] {
    return [...slotViews(this.#snapshot).values()].map((view) => {
      const standing = standingOf(this.#snapshot, view);
      const wanted = standing.kind === 'held' || standing.kind === 'free';
      return {
        view,
        standing: wanted && this.#problems.has(view.ref.pod) ? { kind: 'undecided' } : standing,
      };
    });
  }

  #chargeHeld({ view, standing }: Placed): void {
    const running =
      standing.kind === 'free' && (view.containers.length > 0 || this.#snapshot.busy.has(view.id));
    if (standing.kind === 'held' || running) this.#ledger.charge(view.id, standing.pod);
  }

  #decide({ view, standing }: Placed, all: readonly Placed[]): void {
    if (this.#snapshot.busy.has(view.id)) {
      this.#decideBusy(view, standing);
      return;
    }
    switch (standing.kind) {
      case 'undecided':
        if (view.services.length > 0) this.#health.set(view.id, healthWithoutDefinition(view));
        return;
      case 'unwanted':
        this.#decideUnwanted(view, standing);
        return;
      case 'held':
        this.#accept(
          view.id,
          reconcileHeld(this.#contextOf(view, standing), this.#settled(view, standing.revision, all)),
        );
        return;
      case 'free':
        this.#decideFree(view, this.#contextOf(view, standing));
    }
  }

  #decideUnwanted(view: SlotView, standing: Standing & { readonly kind: 'unwanted' }): void {
    const failure = this.#snapshot.teardownFailures.get(view.id);
    const waits = failure !== undefined && !failure.retried && failure.retryAt > this.#snapshot.now;
    const decision = waits
      ? { ...NO_WORK, wakeAt: failure.retryAt }
      : { ...NO_WORK, actions: teardown(view, standing.reason, standing) };
    this.#accept(view.id, decision);
  }

  #decideFree(view: SlotView, context: SlotContext): void {
    const decision = reconcileFree(context);
    if (decision.refusals.length > 0) {
      const known = this.#refusals.get(view.ref.pod) ?? [];
      this.#refusals.set(view.ref.pod, [...known, ...decision.refusals]);
    }
    if (decision.actions.length > 0) this.#ledger.charge(view.id, context.pod);
    this.#accept(view.id, decision);
  }

  /** Work for a definition that is no longer wanted is called off; taking down always goes on. */
  #decideBusy(view: SlotView, standing: Standing): void {
    const revision = this.#snapshot.busy.get(view.id)?.revision;
    const wanted = standing.kind === 'held' || standing.kind === 'free' ? standing : undefined;
    const outdated = standing.kind === 'unwanted' || (wanted !== undefined && wanted.revision !== revision);
    if (revision !== undefined && outdated) this.#cancel.push(view.id);
    if (wanted !== undefined) this.#accept(view.id, describeBusy(this.#contextOf(view, wanted)));
  }

  #accept(id: SlotId, decision: SlotDecision): void {
    const { actions, revision, hostPorts, subnet } = decision;
    if (actions.length > 0) {
      const claim = this.#snapshot.claims.get(id);
      const epoch = isOurs(this.#snapshot.sessions, claim?.session) ? claim?.epoch : undefined;
      const view = this.#snapshot.pods.get(slotRefOf(id).pod);
      const fenced = view?.state === 'valid' && isFenced(view.pod);
      this.#slots.set(id, { revision, actions, fenced, epoch, hostPorts, subnet });
    }
    if (decision.death !== undefined) this.#deaths.push(decision.death);
    if (decision.status !== undefined) this.#statuses.set(id, decision.status);
    if (decision.health !== undefined) this.#health.set(id, decision.health);
    if (decision.wakeAt !== undefined) this.#wakeAt = Math.min(this.#wakeAt ?? Infinity, decision.wakeAt);
  }

  #contextOf(
    view: SlotView,
    wanted: { readonly pod: SlotContext['pod']; readonly revision: string },
  ): SlotContext {
    return {
      snapshot: this.#snapshot,
      ledger: this.#ledger,
      view,
      pod: wanted.pod,
      revision: wanted.revision,
    };
  }

  /** No relative here that already has this revision is unwell: an edit that breaks the first slot stops there. */
  #settled(view: SlotView, revision: string, all: readonly Placed[]): boolean {
    return all.every(({ view: relative, standing }) => {
      if (relative.ref.pod !== view.ref.pod || relative.id === view.id || standing.kind !== 'held')
        return true;
      if (relative.claim?.revision !== revision) return true;
      const { state } = slotHealth(containerSteps(this.#contextOf(relative, standing)));
      return state === 'healthy' || state === 'running';
    });
  }

  #verdicts(): readonly PodVerdictPlan[] {
    const names = new Set([...this.#problems.keys(), ...this.#refusals.keys()]);
    return [...names].sort().map((pod) => ({
      pod,
      failures: uniqueFailures(this.#refusals.get(pod) ?? []),
      problems: this.#problems.get(pod) ?? [],
    }));
  }
}

function healthWithoutDefinition(view: SlotView): SlotHealth {
  const { state, note } = undefinedSlotHealth(view.containers);
  return { checkIds: checkIdsOf(view), status: state === 'running' ? 'passing' : 'critical', note };
}

function uniqueFailures(failures: readonly RuleFailure[]): readonly RuleFailure[] {
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}
