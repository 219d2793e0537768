import type { CheckRun, CheckStatus } from '../state/records.js';
import type { CheckResult } from './check-result.js';
import { IDLE_CHECK, type RunningCheck } from './running-check.js';

/** What an interval check needs. */
export interface IntervalCheckOptions {
  readonly intervalMs: number;
  readonly run: Pick<CheckRun, 'successesBeforePassing' | 'failuresBeforeCritical'>;
  readonly probe: (signal: AbortSignal) => Promise<CheckResult>;
  readonly report: (result: CheckResult) => void;
}

/** Probes at once and then `intervalMs` after each probe has ended, so a slow probe never overlaps the next. */
export function startIntervalCheck(options: IntervalCheckOptions): RunningCheck {
  const admits = createThreshold(options.run);
  let stopped = false;
  // A fresh one for each probe: a signal that lives as long as the check would collect what listened to it.
  let probing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const probeOnce = async (): Promise<void> => {
    probing = new AbortController();
    const result = await options.probe(probing.signal);
    if (stopped) return;
    if (admits(result.status)) options.report(result);
    timer = setTimeout(() => void probeOnce(), options.intervalMs);
    timer.unref();
  };
  void probeOnce();
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
    probing.abort();
  };
  return { ...IDLE_CHECK, stop };
}

/** Says whether a result counts, or whether more of the same are needed first. */
function createThreshold(run: IntervalCheckOptions['run']): (status: CheckStatus) => boolean {
  let successes = 0;
  let failures = 0;
  return (status) => {
    if (status === 'critical') {
      successes = 0;
      failures += 1;
      return failures >= run.failuresBeforeCritical;
    }
    failures = 0;
    successes += 1;
    return successes >= run.successesBeforePassing;
  };
}
