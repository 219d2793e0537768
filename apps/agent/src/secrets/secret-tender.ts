import { isOurs } from '@raftainer/planner';
import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import { steadyNow } from '../clock.js';
import { secretChanges } from './slot-secrets-view.js';
import { TokenRenewals } from './token-renewals.js';

import type { Holdings } from './holdings.js';
import type { KvQuestion } from './kv-entry.js';
import type { SlotClaim } from './slot-claim.js';
import type { SlotHolding } from './slot-holding.js';
import type { Plan, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** Files that nobody wrote for so long belong to containers that the snapshot would show. */
const SWEEP_EVERY_MS = 60_000;

/** Keeps what slots use, and gives back what they do not, cycle by cycle. */
export class SecretTender {
  readonly #holdings: Holdings;
  readonly #renewals: TokenRenewals | undefined;
  readonly #tending = new Map<SlotId, Promise<void>>();
  #sweeping: Promise<void> | undefined;
  #sweptAt = -Infinity;
  #closed = false;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
    const { vault, logger } = holdings.options;
    if (vault === undefined) return;
    this.#renewals = new TokenRenewals({
      ...{ vault, logger },
      onEnding: (accessor) => {
        for (const holding of holdings.all()) holding.leases.tokenEnds(accessor);
      },
    });
  }

  follow(plan: Plan, snapshot: Snapshot, isBusy: (id: SlotId) => boolean): void {
    if (this.#closed) return;
    const { state } = this.#holdings.options;
    const resting = (id: SlotId): boolean => !snapshot.busy.has(id) && !isBusy(id) && !this.#tending.has(id);
    for (const [id, { epoch, session, containers }] of plan.secrets) {
      const isKnown = this.#holdings.find(id) !== undefined || state.get(id) !== undefined;
      if (containers.length === 0 && !isKnown) continue;
      const holding = this.#holdings.of(id);
      const claim = { id, slot: slotRefOf(id), epoch, session };
      holding.update(claim, containers);
      if (resting(id)) this.#tend(id, () => this.#keepUp(holding, claim, isServing(plan, id)));
    }
    const here = new Set(snapshot.containers.map(({ slot }) => slotIdOf(slot)));
    for (const id of [...this.#holdings.all().map((holding) => holding.id), ...state.slots]) {
      const held = isOurs(snapshot.sessions, snapshot.claims.get(id)?.session);
      if (!held && !here.has(id) && resting(id)) this.#abandon(id);
    }
    this.#watch();
    this.#sweep(snapshot, isBusy);
  }

  /** Revokes everything of a slot that stops here, while its claim is held. */
  async giveBack(holding: SlotHolding, claim: SlotClaim): Promise<void> {
    await this.#tending.get(holding.id);
    // What is being taken back must not be taken for lost, and replaced; nor used by what comes next.
    this.#holdings.detach(holding);
    holding.leases.close();
    await this.#holdings.ledger?.giveBack(claim, holding.own);
    await this.#holdings.drop(holding);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#holdings.kv.close();
    this.#renewals?.close();
    await Promise.all(this.#holdings.all().map((holding) => holding.close({ revoke: false })));
  }

  /** What cannot be done now is tried again in a later cycle. */
  #tend(id: SlotId, work: () => Promise<void>): void {
    const { logger } = this.#holdings.options;
    const running = work()
      .catch((error: unknown) => {
        logger.debug({ slot: id, error }, 'The secrets of a slot could not be tended; trying again');
      })
      .finally(() => this.#tending.delete(id));
    this.#tending.set(id, running);
  }

  async #keepUp(holding: SlotHolding, claim: SlotClaim, serves: boolean): Promise<void> {
    const { ledger, options } = this.#holdings;
    const { leases, tokens } = holding.own;
    if (leases.length + tokens.length > 0) await holding.takeOver(claim);
    const isGiven = holding.plan.every(
      ({ id, secrets }) => id === undefined || holding.given(secrets.container)?.id === id,
    );
    await holding.settle(isGiven && secretChanges(holding, options.splayMs).length === 0);
    await ledger?.retry(claim, holding.own, serves);
  }

  /** Nothing of the slot is here, and its claim is another's: what it had goes. */
  #abandon(id: SlotId): void {
    this.#tend(id, async () => {
      const holding = this.#holdings.of(id);
      // A lane that takes the slot meanwhile has a holding of its own.
      this.#holdings.detach(holding);
      holding.leases.close();
      if (holding.hadFiles) await (await this.#holdings.options.folder()).removeSlot(slotRefOf(id));
      const left = await this.#holdings.ledger?.giveBackUnheld(id, holding.own);
      const isDone = left === undefined || left.leases.length + left.tokens.length === 0;
      // Else its next holder has the same in the record, and here the state remembers it for the next cycle.
      await (isDone ? this.#holdings.drop(holding) : holding.close({ revoke: false }));
    });
  }

  #watch(): void {
    const { kv, options } = this.#holdings;
    const { vault } = options;
    if (vault === undefined) return;
    const questions: KvQuestion[] = [];
    const accessors = new Set<string>();
    for (const holding of this.#holdings.all()) {
      for (const { source, role } of holding.uses) {
        if (!('vault' in source)) continue;
        const as = role === undefined ? {} : { role };
        questions.push({ path: source.vault.path, client: holding.client(role), ...as });
      }
      for (const { adopted, accessor } of holding.leases.entries.values())
        if (adopted && accessor !== undefined && accessor !== vault.tokenState().accessor)
          accessors.add(accessor);
    }
    kv.watch(questions);
    this.#renewals?.keep(accessors);
  }

  /** Files of containers that are gone go too. */
  #sweep(snapshot: Snapshot, isBusy: (id: SlotId) => boolean): void {
    const hasFiles = this.#holdings
      .all()
      .some(({ plan }) => plan.some(({ secrets }) => secrets.files.length > 0));
    if (!hasFiles || this.#sweeping !== undefined || steadyNow() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = steadyNow();
    const here = new Set(snapshot.containers.map(({ slot, container }) => `${slotIdOf(slot)} ${container}`));
    const work = async (): Promise<void> => {
      const folder = await this.#holdings.options.folder();
      for (const found of await folder.list(SWEEP_EVERY_MS)) {
        const id = slotIdOf(found.slot);
        const isIdle = !snapshot.busy.has(id) && !isBusy(id);
        if (isIdle && !here.has(`${id} ${found.container}`)) await folder.remove(found);
      }
    };
    this.#sweeping = work()
      .catch(() => undefined)
      .finally(() => {
        this.#sweeping = undefined;
      });
  }
}

/** Whether the copy of a slot here does its work, so that another one is not needed any more. */
function isServing({ statuses }: Plan, id: SlotId): boolean {
  const phase = statuses.get(id)?.phase;
  return phase === 'running' || phase === 'healthy';
}
