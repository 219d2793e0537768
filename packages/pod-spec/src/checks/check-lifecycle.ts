import { parseDuration } from '../units/duration.js';
import { asFields, numberOf } from './outline.js';

import type { Fields, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** Durations that exclude each other, and updates that cannot be. */
export function checkLifecycle({ restart, update, exclusive, instances }: Outline): readonly Problem[] {
  return [
    ...(restart === undefined ? [] : checkRestart(restart)),
    ...(update === undefined ? [] : checkUpdate(update, { exclusive, instances: numberOf(instances) ?? 1 })),
  ];
}

function checkRestart(restart: Fields): readonly Problem[] {
  const maxDelay = asFields(restart.backoff)?.maxDelay;
  return inOrder([
    { path: 'restart.delay', value: restart.delay ?? '1s' },
    { path: 'restart.backoff.maxDelay', value: maxDelay ?? '1m' },
  ]);
}

interface UpdateContext {
  readonly exclusive: boolean;
  readonly instances: number;
}

function checkUpdate(update: Fields, { exclusive, instances }: UpdateContext): readonly Problem[] {
  const problems: Problem[] = [];
  if (update.strategy === 'start-first' && exclusive) {
    problems.push({
      path: 'update.strategy',
      message: 'start-first runs two copies of a slot for a while, which an exclusive pod forbids',
      suggestion: 'add exclusive: false, or use stop-first',
    });
  }
  const canary = numberOf(update.canary) ?? 0;
  if (canary > instances) {
    problems.push({
      path: 'update.canary',
      message: `expected at most the ${instances} instances of the pod, found ${canary}`,
    });
  }
  const order = inOrder([
    { path: 'update.minHealthyTime', value: update.minHealthyTime ?? '10s' },
    { path: 'update.healthyDeadline', value: update.healthyDeadline ?? '5m' },
    { path: 'update.progressDeadline', value: update.progressDeadline ?? '10m' },
  ]);
  return [...problems, ...order];
}

interface Timed {
  readonly path: string;
  readonly value: unknown;
}

/** Each duration must be at least the one before it. */
function inOrder(times: readonly Timed[]): readonly Problem[] {
  return times.slice(1).flatMap((later, index) => {
    const earlier = times[index];
    const [low, high] = [milliseconds(earlier?.value), milliseconds(later.value)];
    if (earlier === undefined || low === undefined || high === undefined || low <= high) return [];
    const message = `expected at least ${earlier.path} (${String(earlier.value)}), found ${String(later.value)}`;
    return [{ path: later.path, message }];
  });
}

function milliseconds(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
