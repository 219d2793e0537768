import { setTimeout as sleep } from 'node:timers/promises';

import type { ConsulCalls, HeldClaim } from './consul-calls.js';
import type { HoldMessage } from './protocol.js';

/** What giving up needs. */
export interface GiveUpOptions {
  readonly hold: HoldMessage;
  readonly consul: ConsulCalls;
  /** Stops what must not run twice, with its grace. Resolves with how many were found running, by the engine or by their processes. */
  readonly stop: () => Promise<number>;
  /** Whether the agent may still start something on the strength of its last proof. */
  readonly agentMayStart: () => boolean;
  /** From here on nothing exclusive may run on this host. */
  readonly expire: () => void;
  /** Renewing ends: what follows is only to end the sessions. */
  readonly letGo: () => void;
  /** Somebody has come: every step looks at it before it is taken. */
  readonly calledOff: () => boolean;
}

const TIMEOUT_MS = 5_000;
const POLL_MS = 50;
/** For so long what still runs is stopped again: a start that was under way may have come in between. */
const STOP_WITHIN_MS = 10_000;
const RELEASES_AT_ONCE = 16;

/**
 * Nobody came back. What must not run twice is stopped while its claim still lasts; then the claims are freed one by one,
 * with an emptied record, so that no lock delay keeps others from starting them at once; at last the sessions end. Others'
 * containers run on, as they do when an agent is lost. Both guards of a host may do this at the same time.
 *
 * Resolves with false when it was called off: then everything that was not done yet is as it was.
 */
export async function giveUp(options: GiveUpOptions): Promise<boolean> {
  const { hold, consul, letGo, calledOff } = options;
  if (!(await standsStill(options))) return false;
  const { exclusiveSession, sharedSession, serviceId, claimsFolder } = hold;
  const sessions = [exclusiveSession, sharedSession];
  if (calledOff()) return false;
  const claims = await consul.claimsOf(claimsFolder, sessions, TIMEOUT_MS);
  if (!(await released(claims, options)) || calledOff()) return false;
  letGo();
  await Promise.all([
    ...sessions.map((session) => consul.destroy(session, TIMEOUT_MS)),
    consul.deregister(serviceId, TIMEOUT_MS),
  ]);
  return true;
}

/** True once nothing runs here that must not run twice, and nothing can begin to. */
async function standsStill({ stop, agentMayStart, expire, calledOff }: GiveUpOptions): Promise<boolean> {
  await stop();
  while (agentMayStart() && !calledOff()) await sleep(POLL_MS);
  if (calledOff()) return false;
  expire();
  const since = performance.now();
  for (;;) {
    const found = await stop();
    if (calledOff()) return false;
    if (found === 0) return true;
    await sleep(POLL_MS);
    if (performance.now() - since > STOP_WITHIN_MS)
      throw new Error(`${found} exclusive containers still run although they were stopped`);
  }
}

async function released(
  claims: readonly HeldClaim[],
  { consul, calledOff }: GiveUpOptions,
): Promise<boolean> {
  for (let from = 0; from < claims.length; from += RELEASES_AT_ONCE) {
    if (calledOff()) return false;
    const some = claims.slice(from, from + RELEASES_AT_ONCE);
    await Promise.all(some.map((claim) => consul.release(claim, TIMEOUT_MS)));
  }
  return true;
}
