import { constants, setPriority } from 'node:os';
import { writeFileSync } from 'node:fs';

/** Of -1000 to 1000: is killed after everything that is not protected itself (proc(5), `oom_score_adj`). */
const OOM_SCORE = '-900';

/**
 * Puts this process before others. All that it does are a few system calls, but they must not wait behind whatever keeps
 * the machine busy; and when memory runs out, it must not be the one that goes. Where that is not allowed, nothing changes.
 */
export function standOut(): void {
  attempt(() => {
    setPriority(constants.priority.PRIORITY_HIGH);
  });
  attempt(() => {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  });
}

function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // Not root, or not Linux.
  }
}
