import type { HoldMessage } from './protocol.js';

/**
 * The newer message says how claims are held; a wish that it does not repeat goes on, and one that was made for longer is
 * not shortened by it.
 */
export function combineHolds(known: HoldMessage | undefined, message: HoldMessage): HoldMessage {
  const later = (one?: number, other?: number): number | undefined =>
    one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
  const askedUntil = later(known?.askedUntil, message.askedUntil);
  const leftUntil = later(known?.leftUntil, message.leftUntil);
  return {
    ...message,
    ...(askedUntil === undefined ? {} : { askedUntil }),
    ...(leftUntil === undefined ? {} : { leftUntil }),
  };
}
