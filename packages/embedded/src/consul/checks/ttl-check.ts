import type { CheckResult } from './check-result.js';
import { IDLE_CHECK, type RunningCheck } from './running-check.js';

/** Turns critical when nobody has reported for `ttlMs`. One timer, and none once it has lapsed. */
export function startTtlCheck(ttlMs: number, report: (result: CheckResult) => void): RunningCheck {
  let timer: NodeJS.Timeout;
  const beat = (): void => {
    clearTimeout(timer);
    timer = setTimeout(report, ttlMs, { status: 'critical', output: 'TTL expired' });
    timer.unref();
  };
  beat();
  return {
    ...IDLE_CHECK,
    beat,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
