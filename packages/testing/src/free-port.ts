import { freePort as find } from '../../../scripts/free-port.mjs';

/**
 * A TCP port between 10000 and 19999 on which nothing of this machine listens: what stops using it for a while finds it
 * free again, as no outgoing connection and no pod gets one of these.
 *
 * @throws Error when a hundred tries found none.
 */
export async function freePort(): Promise<number> {
  return find();
}
