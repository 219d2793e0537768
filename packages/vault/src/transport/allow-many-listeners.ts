import { getMaxListeners, setMaxListeners } from 'node:events';

const MANY = 10_000;

/** One signal may end hundreds of calls at once; Node warns of a leak beyond ten. Each call removes its listener. */
export function allowManyListeners(signal: AbortSignal): void {
  if (limitOf(signal) < MANY) setMaxListeners(MANY, signal);
}

/** `getMaxListeners` of Node 20 throws for a signal whose limit is 0, which means that there is none. */
function limitOf(signal: AbortSignal): number {
  try {
    return getMaxListeners(signal);
  } catch {
    return Infinity;
  }
}
