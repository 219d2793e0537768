import { isConsulError } from '../consul-error.js';
import type { Transport } from '../transport/transport.js';
import { follow } from '../watch/follow.js';
import { keepAlive } from './keep-alive.js';
import type { KeepAlive } from './keep-alive.js';
import { readSession, toSession } from './read-session.js';
import type { CallOptions } from '../call-options.js';
import type { HeldSession, HoldOptions, SessionInfo, Sessions } from './sessions.js';

/** What holding a session needs. */
export interface HoldContext {
  readonly sessions: Sessions;
  readonly transport: Transport;
}

interface Start {
  readonly id: string;
  readonly resumed: boolean;
  readonly ttlMs: number;
  readonly lockDelayMs: number;
  /** When the request that proved the session was sent. */
  readonly provenAt: number;
}

/** Consul's own. */
const DEFAULT_LOCK_DELAY_MS = 15_000;

/** Makes or resumes a session, then keeps it alive and watches over it. */
export async function holdSession(context: HoldContext, options: HoldOptions): Promise<HeldSession> {
  const start = (await resume(context, options)) ?? (await createNew(context, options));
  const alive = keepAlive({
    ...start,
    ...renewalOf(options),
    closed: context.transport.closed,
    renew: (call) => context.sessions.renew(start.id, call),
    read: (call) => readConsistently(context, start.id, call),
  });
  void watchOver(context.transport, start.id, alive);
  return {
    id: start.id,
    resumed: start.resumed,
    lockDelayMs: start.lockDelayMs,
    lost: alive.lost,
    get lastRenewedAt() {
      return alive.lastRenewedAt;
    },
    release: async (call) => {
      alive.stop();
      await context.sessions.destroy(start.id, call);
    },
    detach: () => {
      alive.stop();
    },
  };
}

async function readConsistently(
  { transport }: HoldContext,
  id: string,
  options: CallOptions,
): Promise<SessionInfo | undefined> {
  return toSession(await readSession(transport, id, { ...options, consistent: true }));
}

async function resume(context: HoldContext, options: HoldOptions): Promise<Start | undefined> {
  const { resumeId: id } = options;
  if (id === undefined) return undefined;
  const provenAt = performance.now();
  try {
    const [info, renewed] = await Promise.all([
      readConsistently(context, id, callOf(options)),
      context.sessions.renew(id, callOf(options)),
    ]);
    if (renewed === undefined || info === undefined) return undefined;
    const { ttlMs = options.ttlMs, lockDelayMs } = info;
    return { id, resumed: true, ttlMs, lockDelayMs, provenAt };
  } catch (error) {
    // Not a session id at all (a damaged state file): as good as gone.
    if (isConsulError(error) && error.code === 'CONSUL_SESSION_INVALID') return undefined;
    throw error;
  }
}

async function createNew({ sessions }: HoldContext, options: HoldOptions): Promise<Start> {
  const provenAt = performance.now();
  const id = await sessions.create(options, callOf(options));
  const { ttlMs, lockDelayMs = DEFAULT_LOCK_DELAY_MS } = options;
  return { id, resumed: false, ttlMs, lockDelayMs, provenAt };
}

function renewalOf({
  renewEveryMs,
  onRenewed,
}: HoldOptions): Pick<HoldOptions, 'renewEveryMs' | 'onRenewed'> {
  return {
    ...(renewEveryMs === undefined ? {} : { renewEveryMs }),
    ...(onRenewed === undefined ? {} : { onRenewed }),
  };
}

function callOf({ signal, timeoutMs }: HoldOptions): Pick<HoldOptions, 'signal' | 'timeoutMs'> {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/**
 * Learns of an early end (destroyed, a check turned critical) at once, instead of at the next renewal. It only asks for a
 * renewal: that one is answered by the leader, and decides.
 */
async function watchOver(transport: Transport, id: string, alive: KeepAlive): Promise<void> {
  const updates = follow(
    transport,
    {
      read: (blocking, signal) => readSession(transport, id, { blocking, signal }),
      decode: toSession,
    },
    { signal: alive.ended },
  );
  for await (const { value } of updates) {
    if (value === undefined) alive.renewNow();
  }
}
