import { slotRefOf } from '@raftainer/pod-spec';

import { codeOf, messageOf } from '../agent-error.js';
import { steadyNow } from '../clock.js';
import { ClaimTally } from './claim-tally.js';
import { execute } from './executors.js';
import { Lanes } from './lanes.js';

import type { ActionTools } from './executors.js';
import type { LaneContext } from './lane-context.js';
import type { LaneOutcome } from './lanes.js';
import type { FailureMemory } from '../memory/failure-memory.js';
import type { Logger } from '@raftainer/logger';
import type { Action, BusyView, Plan, SlotPlan, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { RestartPolicy } from '@raftainer/pod-spec';

/** What acting needs. */
export interface ActorOptions {
  readonly tools: ActionTools;
  readonly memory: FailureMemory;
  /** The same for taking slots down. */
  readonly teardownMemory: FailureMemory;
  readonly logger: Logger;
  /** Slots that work at the engine at the same time. */
  readonly concurrency: number;
  /** Claims were written, or perhaps were: what is known of them is out of date. */
  readonly claimsChanged: () => void;
  /** This host is about to ask for a slot, or has not got it, or gives it up. */
  readonly onClaim: (id: SlotId, step: 'takes' | 'gives') => void;
  /** Asks for a cycle within so many milliseconds. */
  readonly wake: (delayMs: number) => void;
}

/** A finished lane is only looked at again for its status. */
const SETTLE_MS = 100;

/** While others go on working the look can wait: many slots then share a cycle, which costs the engine as much as one. */
const BUSY_SETTLE_MS = 500;

/** Failures that say nothing against the pod: they do not count towards its restarts. */
const NOBODYS_FAULT: ReadonlySet<string> = new Set([
  'AGENT_CLAIM_NOT_ACQUIRED',
  'AGENT_GUARD_MISSING',
  'AGENT_LEASE_UNPROVEN',
]);

/**
 * What a slot lacks in Vault it would lack on every host, and nothing is wrong with what runs: it is tried again for ever,
 * and never taken down for it.
 */
const WAITING_FOR_SECRETS = /^AGENT_(?:SECRET|VAULT)_/;
const SECRETS_POLICY: RestartPolicy = {
  attempts: Infinity,
  intervalMs: 600_000,
  delayMs: 1_000,
  backoff: { factor: 2, maxDelayMs: 30_000 },
};

const CLAIM_ACTIONS: ReadonlySet<Action['type']> = new Set([
  'acquire-claim',
  'update-claim',
  'release-claim',
] as const);

/** Carries plans out: hands work to the slots' lanes, and remembers how it went. */
export class Actor {
  readonly #options: ActorOptions;
  readonly #lanes: Lanes;
  readonly #claims = new ClaimTally();
  #policies: ReadonlyMap<string, RestartPolicy> = new Map();
  /** Slots that were given up since the observation under way began: what it has read of their claims may be old. */
  readonly #givenUp = new Set<SlotId>();

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#lanes = new Lanes(
      {
        execute: (action, context) => this.#execute(action, context),
        onStart: (id, plan) => {
          this.#started(id, plan);
        },
        onEnd: (id, plan, outcome) => {
          this.#ended(id, plan, outcome);
        },
        onProgress: () => {
          this.#settle();
        },
      },
      options.concurrency,
    );
  }

  busy(): ReadonlyMap<SlotId, BusyView> {
    return this.#lanes.busy();
  }

  /** What is worked on as an observation begins; what is given up while it goes on is not acted on by its plan. */
  observed(): ReadonlyMap<SlotId, BusyView> {
    this.#givenUp.clear();
    return this.busy();
  }

  /** How often this host asked for slots, and how often it got them. */
  claimCounts(): ReturnType<ClaimTally['counts']> {
    return this.#claims.counts();
  }

  /** Starts and cancels lanes, and remembers deaths. Returns at once. */
  act(plan: Plan, snapshot: Snapshot): void {
    this.#policies = restartPolicies(snapshot);
    for (const death of plan.deaths) {
      this.#options.logger.warn({ slot: death.slot, container: death.container }, death.message);
      this.#remember(death.slot, {
        revision: death.revision,
        code: 'container-exited',
        message: death.message,
      });
    }
    for (const id of plan.cancel) this.#lanes.cancel(id);
    for (const [id, slotPlan] of plan.slots) if (!this.#givenUp.has(id)) this.#lanes.start(id, slotPlan);
    if (this.#givenUp.size > 0) this.#options.wake(0);
    if (plan.wakeAt !== undefined) this.#options.wake(Math.max(0, plan.wakeAt - snapshot.now));
  }

  /** Starts work outside of a plan, for slots that have none under way, and calls off what cannot go on. */
  giveUp(plans: ReadonlyMap<SlotId, SlotPlan>, cancel: readonly SlotId[]): void {
    for (const id of cancel) this.#lanes.cancel(id);
    for (const [id, slotPlan] of plans) {
      this.#givenUp.add(id);
      this.#lanes.start(id, slotPlan);
    }
  }

  async close(): Promise<void> {
    await this.#lanes.close();
  }

  async #execute(action: Action, context: LaneContext): Promise<void> {
    try {
      await this.#perform(action, context);
    } finally {
      // Also after a failure: an answer that was lost may have been a yes.
      if (CLAIM_ACTIONS.has(action.type)) this.#options.claimsChanged();
    }
  }

  async #perform(action: Action, context: LaneContext): Promise<void> {
    const { onClaim, tools } = this.#options;
    if (action.type === 'release-claim') onClaim(context.id, 'gives');
    if (action.type !== 'acquire-claim') return execute(action, context, tools);
    const claimed = this.#claims.attempt();
    // Before it is asked for: a list may show it before the answer is here.
    onClaim(context.id, 'takes');
    await execute(action, context, tools).catch((error: unknown) => {
      if (codeOf(error) === 'AGENT_CLAIM_NOT_ACQUIRED') onClaim(context.id, 'gives');
      throw error;
    });
    claimed();
    this.#options.logger.debug({ slot: context.id, ...this.#claims.counts() }, 'A slot was claimed');
  }

  #settle(): void {
    this.#options.wake(this.#lanes.busy().size === 0 ? SETTLE_MS : BUSY_SETTLE_MS);
  }

  #started(id: SlotId, plan: SlotPlan): void {
    this.#memoryOf(plan).retrying(id);
    const actions = plan.actions.map((action) => `${action.type} (${action.reason})`);
    this.#options.logger.info(
      { slot: id, revision: plan.revision?.slice(0, 8), rank: plan.rank, actions },
      'Working on a slot',
    );
  }

  #ended(id: SlotId, plan: SlotPlan, outcome: LaneOutcome): void {
    const { logger, wake } = this.#options;
    if (outcome.kind === 'done') {
      logger.info({ slot: id, revision: plan.revision?.slice(0, 8) }, 'The work on a slot is done');
      if (plan.actions.some(({ reason }) => reason === 'pod-removed' || reason === 'scaled-down')) {
        this.#options.memory.forget(id);
      }
      this.#settle();
      return;
    }
    if (outcome.kind === 'failed') this.#failed(id, plan, outcome);
    else logger.info({ slot: id }, 'The work on a slot was called off');
    wake(0);
  }

  #failed(id: SlotId, plan: SlotPlan, { action, error }: LaneOutcome & { readonly kind: 'failed' }): void {
    const code = codeOf(error);
    const expected = NOBODYS_FAULT.has(code);
    const context = { slot: id, action: action.type, reason: action.reason, error };
    if (expected) {
      const counted = { ...context, ...this.#claims.counts() };
      this.#options.logger.info(counted, 'A slot could not be claimed, or its claim not proven');
    } else this.#options.logger.error(context, 'The work on a slot failed');
    this.#remember(id, { revision: plan.revision, code, message: messageOf(error) });
  }

  #remember(id: SlotId, failure: Failure): void {
    const policy = this.#policyFor(id, failure.code);
    const { code, message, revision } = failure;
    const retryAt =
      revision === undefined
        ? this.#options.teardownMemory.record(id, { revision: '', code, message })
        : this.#options.memory.record(id, { revision, code, message, policy });
    // What used up its restarts is not waited for, but taken down now.
    const givenUp = revision !== undefined && this.#options.memory.isExhausted(id);
    this.#options.wake(givenUp ? 0 : Math.max(0, retryAt - steadyNow()));
  }

  #policyFor(id: SlotId, code: string): RestartPolicy | undefined {
    if (NOBODYS_FAULT.has(code)) return undefined;
    return WAITING_FOR_SECRETS.test(code) ? SECRETS_POLICY : this.#policies.get(slotRefOf(id).pod);
  }

  #memoryOf(plan: SlotPlan): FailureMemory {
    return plan.revision === undefined ? this.#options.teardownMemory : this.#options.memory;
  }
}

interface Failure {
  /** Absent when the slot was being taken down. */
  readonly revision?: string;
  readonly code: string;
  readonly message: string;
}

function restartPolicies(snapshot: Snapshot): ReadonlyMap<string, RestartPolicy> {
  const policies = new Map<string, RestartPolicy>();
  for (const [name, view] of snapshot.pods) if (view.state === 'valid') policies.set(name, view.pod.restart);
  return policies;
}
