import { Placer } from './placer.js';

import type { PlacementWorld } from './placement-world.js';

/** What the slots that a host holds ask for together. */
export interface HostUsage {
  /** Cores. */
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Devices. */
  readonly gpus: number;
}

/** What is allocated on each host: the sum over the slots that it holds, as placement counts it. */
export function hostUsage(world: PlacementWorld): ReadonlyMap<string, HostUsage> {
  const { books } = new Placer(world);
  return new Map(books.hosts.map(({ name }, host) => [name, books.used(host)]));
}
