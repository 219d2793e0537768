import { setTimeout as sleep } from 'node:timers/promises';

import { sweep } from '../../scripts/sweep.mjs';

const ATTEMPTS = 20;
const PAUSE_MS = 500;

/** Removes all containers and networks with a label. A network may be in use for a moment after its last container. */
export async function sweepLabel(engineHost: string, label: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sweep(engineHost, label);
      return;
    } catch (error: unknown) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
