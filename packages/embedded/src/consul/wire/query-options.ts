import type { Call } from './call.js';
import { Fault } from './fault.js';
import { parseGoDuration } from '../../wire/go-duration.js';

const NS_PER_MS = 1_000_000;
const DEFAULT_WAIT_MS = 300_000;
const MAX_WAIT_MS = 600_000;

/** The parts of a request that ask to wait. */
export interface WaitOptions {
  readonly minIndex: number;
  readonly waitMs: number;
}

/** `?index` and `?wait`: five minutes by default, ten at most (longer waits are shortened, as Consul does). */
export function waitOptions(call: Call): WaitOptions {
  const index = call.query.get('index') ?? '';
  const wait = call.query.get('wait') ?? '';
  if (index !== '' && !/^\d+$/.test(index)) throw new Fault(400, 'Invalid index');
  return { minIndex: Number(index), waitMs: waitMs(wait) };
}

/** Refuses what no read can satisfy: two consistency modes at once, another datacenter. */
export function checkReach(call: Call, datacenter: string): void {
  if (call.query.has('stale') && call.query.has('consistent')) {
    throw new Fault(400, 'Cannot specify ?stale with ?consistent, conflicting semantics.');
  }
  const wanted = call.query.get('dc') ?? '';
  if (wanted !== '' && wanted.toLowerCase() !== datacenter.toLowerCase()) {
    throw new Fault(500, 'No path to datacenter');
  }
}

function waitMs(text: string): number {
  if (text === '') return DEFAULT_WAIT_MS;
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === undefined) throw new Fault(400, 'Invalid wait time');
  const wanted = nanoseconds <= 0 ? DEFAULT_WAIT_MS : nanoseconds / NS_PER_MS;
  return Math.min(wanted, MAX_WAIT_MS);
}
