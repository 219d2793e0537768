import { isOurs } from '@raftainer/planner';
import { slotIdOf } from '@raftainer/pod-spec';

import type { Claim, ClaimList, HostRecord } from '@raftainer/cluster';
import type { Logger } from '@raftainer/logger';
import type { ClaimsInDoubt, SessionsView } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What noticing needs. */
export interface ClaimRewindsOptions {
  /** How long any host of the cluster may go on with what it cannot prove, in milliseconds: hosts have terms of their own. */
  readonly lockDelayMs: () => number;
  readonly logger: Logger;
  /** What this host wrote before may be gone, or back in an older form; and again when the wait is over. */
  readonly onRewind: () => void;
}

/**
 * Longest time of one blocking query for claims, in milliseconds. One that begins just after a restore waits for an index of
 * before, and nothing wakes it: this is how long a host may go on without noticing.
 */
export const CLAIMS_WAIT_MS = 4_000;
/** Beyond its wait: Consul adds a sixteenth to it, and the host that is told has to come to its next cycle. */
const NOTICE_MARGIN_MS = 2_000;
/** Slots in one line of the log at most. */
const SHOWN_SLOTS = 20;

/**
 * Notices that Consul's claims are those of another time: a snapshot was restored, or the servers were replaced. Each claim
 * has a place in Consul's history that never falls otherwise, and a host knows which claims it took. Whoever ran a slot
 * that is another's now, or nobody's, notices within the wait of its watch, and has stopped it a lock delay later; until
 * then nobody else starts it.
 */
export class ClaimRewinds {
  readonly #options: ClaimRewindsOptions;
  #list: ClaimList | undefined;
  #before: ReadonlyMap<SlotId, Claim> = new Map();
  /** Claims of ours that were seen in the last list. */
  #ours: ReadonlySet<SlotId> = new Set();
  /** Taken by this host, and not seen in a list yet. */
  readonly #taken = new Set<SlotId>();
  readonly #held = new Map<SlotId, number>();
  #freeUntil = -Infinity;
  #warning: string | undefined;

  constructor(options: ClaimRewindsOptions) {
    this.#options = options;
  }

  /** What the host's record says of it, until the wait is over. */
  get record(): Pick<HostRecord, 'warnings'> {
    return this.#warning === undefined ? {} : { warnings: [this.#warning] };
  }

  /** This host asked for the slot, and may have got it. */
  took(id: SlotId): void {
    this.#taken.add(id);
  }

  /** This host gives the slot up. */
  gave(id: SlotId): void {
    this.#taken.delete(id);
  }

  /** Takes note of a list; undefined while nothing is in doubt. */
  see(list: ClaimList, sessions: SessionsView, now: number): ClaimsInDoubt | undefined {
    if (list !== this.#list) this.#compare(list, sessions, now);
    for (const [id, until] of this.#held) if (until <= now) this.#held.delete(id);
    if (this.#held.size === 0 && this.#freeUntil <= now) return undefined;
    return { freeUntil: this.#freeUntil, held: this.#held };
  }

  #compare(list: ClaimList, sessions: SessionsView, now: number): void {
    const claims = new Map(list.claims.map((claim) => [slotIdOf(claim), claim]));
    const ours = new Set([...claims].flatMap(([id, { session }]) => (isOurs(sessions, session) ? [id] : [])));
    const last = this.#list;
    // What an earlier run of this agent took is its own: nothing is known of the time before.
    if (last !== undefined) {
      const given = [...ours].filter((id) => !this.#ours.has(id) && !this.#taken.has(id));
      const older = [...claims].flatMap(([id, claim]) => (this.#isOlder(id, claim) ? [id] : []));
      // Alone, a fall proves nothing: Consul forgets deletions after a while.
      const fell = list.index < last.index && this.#differs(claims);
      const wentBack = fell || older.length > 0;
      if (wentBack || given.length > 0) this.#rewound({ given, older, wentBack }, now);
    }
    for (const id of ours) this.#taken.delete(id);
    this.#list = list;
    this.#before = claims;
    this.#ours = ours;
  }

  #differs(claims: ReadonlyMap<SlotId, Claim>): boolean {
    return [...this.#before].some(([id, { modifyIndex }]) => claims.get(id)?.modifyIndex !== modifyIndex);
  }

  #isOlder(id: SlotId, { modifyIndex }: Claim): boolean {
    const before = this.#before.get(id);
    return before !== undefined && modifyIndex < before.modifyIndex;
  }

  #rewound({ given, older, wentBack }: Rewind, now: number): void {
    const waitMs = CLAIMS_WAIT_MS + NOTICE_MARGIN_MS + this.#options.lockDelayMs();
    for (const id of given) this.#held.set(id, now + waitMs);
    if (wentBack) this.#freeUntil = now + waitMs;
    const shown = { given: given.slice(0, SHOWN_SLOTS), older: older.slice(0, SHOWN_SLOTS) };
    this.#options.logger.error({ waitMs, ...shown }, REWOUND);
    const warning = `Consul went to another state of the claims at ${new Date().toISOString()}; exclusive slots that moved by it wait for ${waitMs / 1_000} s`;
    this.#warning = warning;
    this.#options.onRewind();
    const over = (): void => {
      if (this.#warning !== warning) return;
      this.#warning = undefined;
      this.#options.onRewind();
    };
    setTimeout(over, waitMs).unref();
  }
}

interface Rewind {
  /** Claims of this host that it did not take. */
  readonly given: readonly SlotId[];
  /** Claims that are older than they were. */
  readonly older: readonly SlotId[];
  readonly wentBack: boolean;
}

const REWOUND =
  'Consul has claims of another time: a snapshot was restored, or its servers were replaced. ' +
  'Exclusive slots that are free, or that became those of this host without its doing, wait until whoever ran them must have stopped them';
