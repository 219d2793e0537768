import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Of -1000 to 1000: is killed after everything that is not protected itself (proc(5), `oom_score_adj`). */
const OOM_SCORE = '-900';

/**
 * Puts this process before others. All that it does are a few system calls, but they must not wait behind whatever keeps
 * the machine busy; and when memory runs out, it must not be the one that goes. What is not allowed is left as it is: the
 * answer says what, for people.
 */
export function standOut(oomFile = '/proc/self/oom_score_adj'): readonly string[] {
  return [
    ...attempt(
      'it runs at the priority of every other process (a higher one takes root, or CAP_SYS_NICE)',
      () => {
        setPriority(constants.priority.PRIORITY_HIGH);
      },
    ),
    ...attempt(
      `it is not spared when memory runs out (an oom_score_adj of ${OOM_SCORE} takes root with CAP_SYS_RESOURCE)`,
      () => {
        writeFileSync(oomFile, OOM_SCORE);
      },
    ),
  ];
}

function attempt(without: string, change: () => void): readonly string[] {
  try {
    change();
    return [];
  } catch (error: unknown) {
    return [`${without}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
