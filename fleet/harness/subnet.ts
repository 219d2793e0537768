import { randomInt } from 'node:crypto';

/** 10.64.0.0/10, as its first and its number of /24. */
const FIRST = 64 * 256;
const COUNT = 64 * 256;

/**
 * A random /24 of 10.64.0.0/10 that nothing in `routes` (what `ip -4 route` prints) touches; gives its first three
 * numbers, such as `10.77.3`.
 *
 * @throws Error when none is found.
 */
export function freeSubnet(routes: string): string {
  const taken = [...routes.matchAll(/^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?/gm)].map(
    ([, address = '', length]) => ({ address: toNumber(address), length: Number(length ?? 32) }),
  );
  // From a random one on, so that two fleets that start at the same moment do not meet.
  const start = randomInt(COUNT);
  for (let step = 0; step < COUNT; step += 1) {
    const at = FIRST + ((start + step) % COUNT);
    const subnet = `10.${Math.floor(at / 256)}.${at % 256}`;
    const first = toNumber(`${subnet}.0`);
    if (!taken.some(({ address, length }) => sameNet(address, first, Math.min(length, 24)))) return subnet;
  }
  throw new Error('No free /24 was found in 10.64.0.0/10: this machine routes too much of it.');
}

function sameNet(one: number, other: number, length: number): boolean {
  const size = 2 ** (32 - length);
  return Math.floor(one / size) === Math.floor(other / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
