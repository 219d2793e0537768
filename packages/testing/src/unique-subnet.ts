import { randomInt } from 'node:crypto';

/** A subnet of 16 addresses. */
export interface UniqueSubnet {
  /** Such as `10.214.7.32/28`. */
  readonly cidr: string;
  /** The address that comes `offset` after the first; Docker gives 1 to the gateway and 2 to the first container. */
  address(offset: number): string;
}

const SIZE = 16;
/** Subnets of 10.214.0.0/15. */
const COUNT = 2 ** 17 / SIZE;

/**
 * A random /28 of 10.214.0.0/15, for networks that a test makes itself. Agents that run beside it on the same engine
 * take their subnets from 10.213.0.0/16, so none of theirs can be in the way.
 */
export function uniqueSubnet(): UniqueSubnet {
  const first = randomInt(COUNT) * SIZE;
  const address = (offset: number): string => {
    const at = first + offset;
    return `10.${214 + Math.floor(at / 65_536)}.${Math.floor(at / 256) % 256}.${at % 256}`;
  };
  return { cidr: `${address(0)}/28`, address };
}
