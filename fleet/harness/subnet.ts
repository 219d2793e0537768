import { randomInt } from 'node:crypto';

const FIRST = 64;
const LAST = 127;
const ATTEMPTS = 200;

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
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const subnet = `10.${randomInt(FIRST, LAST + 1)}.${randomInt(256)}`;
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
