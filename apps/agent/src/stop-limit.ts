import { AgentError } from './agent-error.js';

/** Longer than any call that an abort cannot end; shorter than a supervisor's patience (systemd: 90 s). */
export const STOP_LIMIT_MS = 20_000;

/**
 * Waits for the end of an agent that leaves its pods, but not for ever: it has nothing to wait for, as the claims are with
 * the guards by then.
 *
 * @throws AgentError `AGENT_STOP_OVERDUE` when it did not end in time; whatever `stopping` rejects with.
 */
export async function withinStopLimit(stopping: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `The agent did not come to an end within ${STOP_LIMIT_MS / 1_000} s, and is ended now. Its pods run on, and the next run takes them up; please report this with the log before it.`;
      reject(new AgentError('AGENT_STOP_OVERDUE', message));
    }, STOP_LIMIT_MS);
  });
  try {
    await Promise.race([stopping, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
