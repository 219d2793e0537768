import { ignoringAbsence } from './absence.js';
import type { CallOptions } from './call-options.js';
import type { CallScope } from './call-scope.js';
import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { isDockerError } from './errors.js';
import { pathSegment } from './path-segment.js';

/** How to stop a container. */
export interface StopOptions extends CallOptions {
  /** Signal that asks it to stop, such as `SIGINT`. Default: the container's own. */
  readonly stopSignal?: string;
  /** Time until SIGKILL. The engine counts whole seconds, so it is rounded up. Default 10 s. */
  readonly gracePeriodMs?: number;
}

const DEFAULT_GRACE_PERIOD_MS = 10_000;

/** What a busy engine may need on top of the grace period to kill the processes and clean up. */
const STOP_MARGIN_MS = 30_000;

/** Stops a container gracefully; see {@link Containers.stop}. */
export async function stopContainer(engine: Engine, id: string, options: StopOptions): Promise<void> {
  const { stopSignal, gracePeriodMs = DEFAULT_GRACE_PERIOD_MS } = options;
  const graceSeconds = Math.ceil(gracePeriodMs / 1000);
  const bounds = bounded(options, graceSeconds * 1000 + STOP_MARGIN_MS);
  const doing = `stop container ${id}`;
  await ignoringAbsence(
    engine.within(doing, bounds, async (scope) => {
      // From API 1.42 on the stop call takes a signal; before, it would ignore it.
      if (stopSignal !== undefined && (await stopsWith(engine, { id, stopSignal, graceSeconds }, scope)))
        return;
      const t = stopSignal === undefined ? graceSeconds : 0;
      const path = `/containers/${pathSegment(id)}/stop`;
      await engine.request(
        { doing, method: 'POST', path, query: { t }, long: true },
        { signal: scope.signal },
      );
    }),
  );
}

interface SignalledStop {
  readonly id: string;
  readonly stopSignal: string;
  readonly graceSeconds: number;
}

/** Sends the signal and tells whether the container has stopped within the grace period. */
async function stopsWith(engine: Engine, stop: SignalledStop, scope: CallScope): Promise<boolean> {
  await sendSignal(engine, { id: stop.id, signal: stop.stopSignal }, { signal: scope.signal });
  const doing = `wait for container ${stop.id} to stop`;
  const bounds = { signal: scope.signal, timeoutMs: stop.graceSeconds * 1000 };
  try {
    await engine.request(
      { doing, method: 'POST', path: `/containers/${pathSegment(stop.id)}/wait`, long: true },
      bounds,
    );
    return true;
  } catch (error) {
    if (!scope.signal.aborted && isDockerError(error) && error.code === 'DOCKER_TIMEOUT') return false;
    throw error;
  }
}

/** Sends a signal to process 1; a container that does not run is as good as one that got it. */
export async function sendSignal(
  engine: Engine,
  target: { readonly id: string; readonly signal: string },
  options: CallOptions,
): Promise<void> {
  const doing = `send ${target.signal} to container ${target.id}`;
  const path = `/containers/${pathSegment(target.id)}/kill`;
  try {
    await engine.change({ doing, method: 'POST', path, query: { signal: target.signal } }, options);
  } catch (error) {
    if (isNotRunning(error)) return;
    throw error;
  }
}

/** Engines before 28 answer 409 for a container that is there but does not run. */
function isNotRunning(error: unknown): boolean {
  return isDockerError(error) && (error.code === 'DOCKER_NOT_FOUND' || error.code === 'DOCKER_CONFLICT');
}
