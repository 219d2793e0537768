import { createHash } from 'node:crypto';

/** 32 bits that stand for a name. Once per pod and host; everything finer is {@link mixed} from these. */
export function nameHash(name: string): number {
  return createHash('md5').update(name).digest().readUInt32BE(0);
}

/** 32 bits from two times 32: every bit of the result depends on every bit of both (the end of MurmurHash3). */
export function mixed(a: number, b: number): number {
  let hash = a ^ Math.imul(b, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Weighted rendezvous: among hosts of any weights, the one with the highest score is a host with a probability in
 * proportion to its weight, and adding or removing a host never reorders the others. The `+ 0.5` keeps the logarithm
 * finite.
 */
export function rendezvousScore(slotHash: number, hostHash: number, weight: number): number {
  return -weight / Math.log((mixed(slotHash, hostHash) + 0.5) / 2 ** 32);
}
