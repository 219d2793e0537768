import { EDITS } from './edits.js';
import { EVENT_NAMES, EVENTS } from './events.js';
import { Random } from './random.js';

import type { EventName } from './events.js';
import type { EditName } from './edits.js';

/** A fault or an operation at its time. */
export interface PlannedFault {
  readonly kind: 'fault';
  /** From the beginning, milliseconds. */
  readonly atMs: number;
  readonly fault: EventName;
  /** Such as `host-1`, or `servers`, `edits`, `all`. */
  readonly target: string;
  /** How long it lasts, milliseconds. */
  readonly lastsMs: number;
}

/** A change of a definition at its time. */
export interface PlannedEdit {
  readonly kind: 'edit';
  readonly atMs: number;
  readonly edit: EditName;
  /** What the edit makes of it: how many, or which. */
  readonly number: number;
}

export type PlannedStep = PlannedFault | PlannedEdit;

/** What a schedule is made from: the same gives the same schedule. */
export interface ScheduleOptions {
  readonly seed: number;
  /** In which faults begin. */
  readonly durationMs: number;
  /** Names of the hosts. */
  readonly hosts: readonly string[];
  /** From which to pick. Default: all. Another choice gives another schedule. */
  readonly events?: readonly EventName[];
}

/** More would leave nothing of a small fleet that a fault could still be about. */
const AT_ONCE = 2;
const PAUSE_MS = [500, 4_000] as const;
/** What a target is given to come back. */
const RECOVERY_MS = 4_000;
const EDIT_SHARE = 0.2;
/** The target of what befalls all hosts, and waits until nothing else is under way. */
export const ALL = 'all';

/** What happens when: by the seed alone, not by what becomes of it. In the order of time. */
export function scheduleOf(options: ScheduleOptions): readonly PlannedStep[] {
  const { seed, durationMs, hosts, events = EVENT_NAMES } = options;
  const random = new Random(seed);
  const busyUntil = new Map<string, number>();
  const steps: PlannedStep[] = [];
  for (let atMs = 0; ;) {
    atMs += random.between(...PAUSE_MS);
    const now = atMs;
    if (now >= durationMs) return steps;
    if (events.length === 0 || random.next() < EDIT_SHARE) {
      steps.push({ kind: 'edit', atMs, edit: random.pick(EDITS), number: random.between(1, 5) });
      continue;
    }
    const busy = [...busyUntil].filter(([, untilMs]) => untilMs > now).map(([target]) => target);
    if (busy.length >= AT_ONCE) continue;
    const step = pickFault(random, { atMs, events, hosts: hosts.filter((host) => !busy.includes(host)) });
    const targets = step.target === ALL ? [ALL, 'servers', ...hosts] : [step.target];
    if (step.target === ALL ? busy.length > 0 : busy.includes(step.target)) continue;
    for (const target of targets) busyUntil.set(target, atMs + step.lastsMs + RECOVERY_MS);
    steps.push(step);
  }
}

function pickFault(
  random: Random,
  {
    atMs,
    hosts,
    events,
  }: { readonly atMs: number; readonly hosts: readonly string[]; readonly events: readonly EventName[] },
): PlannedFault {
  const fault = random.pick(events);
  const { scope, lasts } = EVENTS[fault];
  const host = random.pick(hosts);
  const [shortestMs, longestMs] = random.pick<readonly [number, number]>(lasts);
  const lastsMs = random.between(shortestMs, longestMs);
  return { kind: 'fault', atMs, fault, target: scope === 'host' ? host : scope, lastsMs };
}
