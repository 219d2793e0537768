import ipaddr from 'ipaddr.js';

import { fractionOf } from './names.js';

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Picks a free subnet for a slot. Where to begin follows from the slot and the number of failures before,
 * so hosts agree, slots rarely collide, and a subnet that the engine refused is not tried twice in a row.
 */
export function pickSubnet(options: {
  readonly range: string;
  readonly prefixLength: number;
  /** Subnets in use: Docker's networks and the host's routes. Other than IPv4 is ignored. */
  readonly taken: readonly string[];
  readonly seed: string;
}): string | undefined {
  const whole = rangeOf(options.range);
  if (whole === undefined) return undefined;
  const taken = options.taken.map(rangeOf).filter((range) => range !== undefined);
  const size = 2 ** (32 - options.prefixLength);
  const count = Math.floor((whole.last - whole.first + 1) / size);
  const start = Math.floor(fractionOf(options.seed) * count);
  for (let step = 0; step < count; step += 1) {
    const first = whole.first + ((start + step) % count) * size;
    const last = first + size - 1;
    if (!taken.some((range) => first <= range.last && range.first <= last)) {
      return `${addressOf(first)}/${options.prefixLength}`;
    }
  }
  return undefined;
}

function rangeOf(cidr: string): Range | undefined {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - prefixLength);
  const number = address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
