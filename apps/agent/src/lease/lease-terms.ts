/** The times on which "at most one" rests; all in milliseconds. See `docs/guarantees.md`. */
export interface LeaseTerms {
  /** Life of the agent's check in Consul without a beat: what it takes to notice that an agent is gone. */
  readonly checkTtlMs: number;
  /** TTL of the sessions: the backstop when the checks fail to tell. Consul ends them at twice this. */
  readonly sessionTtlMs: number;
  /** How long a lost slot stays closed to everybody. */
  readonly lockDelayMs: number;
  /** From the sending of the last good renewal to the moment when exclusive containers begin to be stopped. */
  readonly fenceAfterMs: number;
  /** From that moment until every one of them is certainly dead. */
  readonly stopTimeoutMs: number;
  /** Whether they are frozen first, and go on when a proof comes within that time; else they are stopped. */
  readonly freeze?: boolean;
  /** How long the guard keeps the claims of an agent that was told to stop, for the next one to take them up. */
  readonly holdMs: number;
  /** How long the guards keep the claims of an agent that crashed or hangs; 0: not at all, the lease runs out by itself. */
  readonly crashHoldMs: number;
}

/** Chosen from measurements: see `docs/decisions/0017-lease-terms.md`. */
export const DEFAULT_LEASE_TERMS: LeaseTerms = {
  checkTtlMs: 3_000,
  sessionTtlMs: 10_000,
  lockDelayMs: 7_000,
  fenceAfterMs: 4_500,
  stopTimeoutMs: 2_500,
  holdMs: 30_000,
  crashHoldMs: 10_000,
};

/** For short outages of hosts: wants fast gossip of Consul, and elections within two seconds. See `docs/guarantees.md`. */
export const FAST_LEASE_TERMS: LeaseTerms = {
  ...DEFAULT_LEASE_TERMS,
  lockDelayMs: 3_500,
  fenceAfterMs: 2_000,
  stopTimeoutMs: 1_500,
  freeze: true,
};

/** What is needed after SIGKILL was sent, or Docker asked for it, until the process is gone for certain. */
export const KILL_MARGIN_MS = 1_000;

const MIN_STOP_MS = 2 * KILL_MARGIN_MS;
const MIN_FREEZE_MS = 500;
const MIN_FENCE_AFTER_MS = 1_500;

/** Three renewals fit before the fence falls, so that one lost request does not stop anything. */
export function renewEveryMs({ fenceAfterMs, sessionTtlMs }: LeaseTerms): number {
  return Math.min(sessionTtlMs, fenceAfterMs) / 3;
}

/**
 * How long an agent may say nothing before its guards renew in its place: its check was passed a third of its life ago at
 * most, so that the first beat of a guard is in time, and so is its first renewal.
 */
export function silentAfter(terms: LeaseTerms): number {
  return Math.min(0.4 * terms.checkTtlMs, renewEveryMs(terms));
}

/** Everything that is wrong with the terms, each with the numbers; empty when they keep the guarantee. */
export function termProblems(terms: LeaseTerms): readonly string[] {
  const { checkTtlMs, sessionTtlMs, lockDelayMs, fenceAfterMs, stopTimeoutMs, crashHoldMs } = terms;
  const problems: string[] = [];
  if (fenceAfterMs + stopTimeoutMs > lockDelayMs) {
    problems.push(
      `RAFTAINER_FENCE_AFTER + RAFTAINER_FENCE_STOP_TIMEOUT must be at most RAFTAINER_LOCK_DELAY, or a slot could start elsewhere before it has stopped here; ${show(fenceAfterMs)} + ${show(stopTimeoutMs)} is more than ${show(lockDelayMs)}`,
    );
  }
  if (lockDelayMs > 60_000)
    problems.push(
      `RAFTAINER_LOCK_DELAY must be at most 60s, Consul's own limit (it is ${show(lockDelayMs)})`,
    );
  problems.push(...stopProblems(terms));
  if (fenceAfterMs < MIN_FENCE_AFTER_MS)
    problems.push(
      `RAFTAINER_FENCE_AFTER must be at least ${show(MIN_FENCE_AFTER_MS)}: three renewals have to fit (it is ${show(fenceAfterMs)})`,
    );
  if (checkTtlMs < 1_000)
    problems.push(`RAFTAINER_CHECK_TTL must be at least 1s (it is ${show(checkTtlMs)})`);
  if (sessionTtlMs < 10_000 || sessionTtlMs > 86_400_000)
    problems.push(
      `RAFTAINER_SESSION_TTL must be between 10s and 24h, Consul's own limits (it is ${show(sessionTtlMs)})`,
    );
  if (crashHoldMs > 3_600_000)
    problems.push(
      `RAFTAINER_CRASH_HOLD must be at most 1h: for so long nobody else starts what a crashed agent had (it is ${show(crashHoldMs)})`,
    );
  return problems;
}

function stopProblems({ stopTimeoutMs, freeze = false }: LeaseTerms): readonly string[] {
  const leastMs = freeze ? MIN_FREEZE_MS : MIN_STOP_MS;
  if (stopTimeoutMs >= leastMs) return [];
  const why = freeze
    ? 'for freezing and killing on a busy machine'
    : `${show(KILL_MARGIN_MS)} for the stop signal, and as much for the kill`;
  return [
    `RAFTAINER_FENCE_STOP_TIMEOUT must be at least ${show(leastMs)}: ${why} (it is ${show(stopTimeoutMs)})`,
  ];
}

/**
 * The terms as a session keeps them that was made with this lock delay: it protects for so long and no longer, whatever
 * is configured by now. Undefined: no terms fit.
 */
export function termsWithin(terms: LeaseTerms, lockDelayMs: number): LeaseTerms | undefined {
  const { fenceAfterMs, stopTimeoutMs, freeze = false } = terms;
  const needsMs = fenceAfterMs + stopTimeoutMs;
  if (needsMs <= lockDelayMs) return { ...terms, lockDelayMs };
  const share = Math.floor((stopTimeoutMs * lockDelayMs) / needsMs);
  const stopMs = Math.max(freeze ? MIN_FREEZE_MS : MIN_STOP_MS, share);
  const leaseMs = lockDelayMs - stopMs;
  if (leaseMs < MIN_FENCE_AFTER_MS) return undefined;
  return { ...terms, lockDelayMs, fenceAfterMs: leaseMs, stopTimeoutMs: stopMs };
}

/**
 * The terms where nothing can be frozen: stopping takes longer, so it begins earlier, and the lock delay stays as it is.
 * Undefined when that leaves too little.
 */
export function withoutFreezing(terms: LeaseTerms): LeaseTerms | undefined {
  const stopTimeoutMs = Math.max(terms.stopTimeoutMs, MIN_STOP_MS);
  const fenceAfterMs = Math.min(terms.fenceAfterMs, terms.lockDelayMs - stopTimeoutMs);
  if (fenceAfterMs < MIN_FENCE_AFTER_MS) return undefined;
  return { ...terms, freeze: false, stopTimeoutMs, fenceAfterMs };
}

function show(ms: number): string {
  return `${ms / 1_000}s`;
}
