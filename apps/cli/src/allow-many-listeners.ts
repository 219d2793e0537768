import { setMaxListeners } from 'node:events';

/** Not 0, Node's word for "no limit": `getMaxListeners` of Node 20 fails on a target that has it. */
const MANY = 10_000;

/** Every call under way listens to its signal; so many are no leak that Node should warn of. */
export function allowManyListeners(signal: AbortSignal): void {
  setMaxListeners(MANY, signal);
}
