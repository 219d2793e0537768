import { slotRefOf } from '@raftainer/pod-spec';

import { claimTurn } from './claim-turn.js';
import { isFenced } from './container-labels.js';
import { awaitsReplacement, drainStep } from './draining.js';
import { fleetPlacement } from './fleet-placement.js';
import { Ledger } from './ledger.js';
import { Disturbances } from './disturbances.js';
import { describeBusy, reconcileHeld } from './reconcile-held.js';
import { checkIdsOf, reconcileFree, serving } from './reconcile-slot.js';
import { isOurs } from './sessions.js';
import { NO_WORK } from './slot-decision.js';
import { undefinedSlotHealth } from './slot-health.js';
import { standingOf } from './standing.js';
import { isRunning, teardown } from './teardown.js';
import { problemsOf, Verdicts } from './verdicts.js';
import { slotViews } from './world.js';

import type { HostPlacement } from './placement/index.js';
import type { Death, Plan, SlotHealth, SlotPlan, SlotSecretsPlan, SlotStatusPlan } from './plan.js';
import type { SlotContext } from './slot-context.js';
import type { SlotDecision } from './slot-decision.js';
import type { SlotId } from '@raftainer/pod-spec';
import type { Snapshot } from './snapshot.js';
import type { Standing } from './standing.js';
import type { SlotView } from './world.js';

/** Decides what this host should do, from one snapshot alone: the same snapshot gives the same plan. */
export function plan(snapshot: Snapshot): Plan {
  return new Planning(snapshot).run();
}

/** How often a slot that is being taken over asks whether its replacement serves: nobody tells this host. */
const REPLACEMENT_POLL_MS = 1_000;

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
  readonly #secrets = new Map<SlotId, SlotSecretsPlan>();
  readonly #deaths: Death[] = [];
  readonly #cancel: SlotId[] = [];
  readonly #problems: ReadonlyMap<string, readonly string[]>;
  readonly #verdicts: Verdicts;
  readonly #placement: HostPlacement;
  #wakeAt: number | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#ledger = new Ledger(snapshot);
    this.#problems = problemsOf(snapshot.pods);
    this.#verdicts = new Verdicts(snapshot.pods, this.#problems);
    this.#placement = fleetPlacement(snapshot, this.#problems);
  }

  run(): Plan {
    const placed = this.#placeSlots();
    for (const slot of placed) this.#chargeHeld(slot);
    const turns = new Disturbances(this.#heldOf(placed));
    for (const slot of placed.filter(({ standing }) => standing.kind !== 'free')) this.#decide(slot, turns);
    for (const slot of placed.filter(({ standing }) => standing.kind === 'free')) this.#decide(slot, turns);
    return {
      slots: this.#slots,
      cancel: this.#cancel,
      deaths: this.#deaths,
      statuses: this.#statuses,
      health: this.#health,
      secrets: this.#secrets,
      verdicts: this.#verdicts.list(),
      ...(this.#wakeAt === undefined ? {} : { wakeAt: this.#wakeAt }),
    };
  }

  #placeSlots(): readonly Placed[] {
    return [...slotViews(this.#snapshot, this.#placement.ranks.keys()).values()].map((view) => {
      const standing = standingOf(this.#snapshot, view);
      const wanted = standing.kind === 'held' || standing.kind === 'free';
      return {
        view,
        standing: wanted && this.#problems.has(view.ref.pod) ? { kind: 'undecided' } : standing,
      };
    });
  }

  /** What runs here takes its room whoever holds it; what is left of a slot that nobody holds takes none. */
  #chargeHeld({ view, standing }: Placed): void {
    const pod = this.#snapshot.pods.get(view.ref.pod);
    const isHere = view.containers.some(isRunning) || this.#snapshot.busy.has(view.id);
    const charged = standing.kind === 'held' || (standing.kind !== 'unwanted' && isHere);
    if (charged && pod?.state === 'valid') this.#ledger.charge(view.id, pod.pod);
  }

  #heldOf(placed: readonly Placed[]): readonly SlotContext[] {
    return placed.flatMap(({ view, standing }) =>
      standing.kind === 'held' ? [this.#contextOf(view, standing)] : [],
    );
  }

  #decide({ view, standing }: Placed, turns: Disturbances): void {
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
        this.#decideHeld(this.#contextOf(view, standing), turns);
        return;
      case 'free':
        this.#decideFree(view, this.#contextOf(view, standing));
    }
  }

  #decideUnwanted(view: SlotView, standing: Standing & { readonly kind: 'unwanted' }): void {
    const pod = this.#snapshot.pods.get(view.ref.pod);
    if (pod?.state === 'valid' && awaitsReplacement(this.#snapshot, view, standing.reason)) {
      const wakeAt = this.#snapshot.now + REPLACEMENT_POLL_MS;
      this.#accept(view.id, { ...serving(this.#contextOf(view, pod)), wakeAt });
      return;
    }
    const failure = this.#snapshot.teardownFailures.get(view.id);
    const waits = failure !== undefined && !failure.retried && failure.retryAt > this.#snapshot.now;
    const decision = waits
      ? { ...NO_WORK, wakeAt: failure.retryAt }
      : { ...NO_WORK, actions: teardown(view, standing.reason, standing) };
    this.#accept(view.id, decision);
  }

  #decideHeld(context: SlotContext, turns: Disturbances): void {
    const { view } = context;
    const decision = reconcileHeld(context, {
      waitsFor: (serves) => turns.waitsFor(context, serves),
      drain: () => drainStep(context, this.#placement),
      successor: this.#placement.successors.get(view.id),
    });
    this.#verdicts.refuse(view.ref.pod, decision.refusals);
    this.#accept(view.id, decision);
  }

  #decideFree(view: SlotView, context: SlotContext): void {
    const decision = reconcileFree(context, claimTurn(this.#snapshot, this.#placement, context));
    this.#verdicts.refuse(view.ref.pod, decision.refusals);
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
    const { actions, revision, hostPorts, gpus, subnet, rank } = decision;
    if (actions.length > 0) {
      const claim = this.#snapshot.claims.get(id);
      const held = isOurs(this.#snapshot.sessions, claim?.session) ? claim : undefined;
      const view = this.#snapshot.pods.get(slotRefOf(id).pod);
      const fenced = view?.state === 'valid' && isFenced(view.pod);
      const { epoch, session } = held ?? {};
      this.#slots.set(id, { revision, actions, fenced, epoch, session, hostPorts, gpus, subnet, rank });
    }
    if (decision.death !== undefined) this.#deaths.push(decision.death);
    if (decision.status !== undefined) this.#statuses.set(id, decision.status);
    if (decision.health !== undefined) this.#health.set(id, decision.health);
    if (decision.secrets !== undefined) this.#secrets.set(id, decision.secrets);
    if (decision.wakeAt !== undefined) this.#wakeAt = Math.min(this.#wakeAt ?? Infinity, decision.wakeAt);
  }

  #contextOf(view: SlotView, { pod, revision }: Pick<SlotContext, 'pod' | 'revision'>): SlotContext {
    return { snapshot: this.#snapshot, ledger: this.#ledger, view, pod, revision };
  }
}

function healthWithoutDefinition(view: SlotView): SlotHealth {
  const { state, note } = undefinedSlotHealth(view.containers);
  return { checkIds: checkIdsOf(view), status: state === 'running' ? 'passing' : 'critical', note };
}
