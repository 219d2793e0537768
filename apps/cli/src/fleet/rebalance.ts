import type { PlacementWorld, RebalanceMove } from '@raftainer/planner';
import { hostUsage, rebalancePlan } from '@raftainer/planner';

/** A host before and after the moves. */
export interface HostBalance {
  readonly host: string;
  readonly slots: { readonly before: number; readonly after: number };
  /** Percent of the CPU or the memory that is allocated, whichever is more. */
  readonly percent: { readonly before: number; readonly after: number };
}

/** The moves that would help, and what they change. */
export interface Rebalance {
  readonly moves: readonly RebalanceMove[];
  /** Hosts that gain or lose slots, by name. */
  readonly hosts: readonly HostBalance[];
}

/** What moving slots to where they would be placed anew would change. Pure. */
export function rebalanceOf(world: PlacementWorld): Rebalance {
  const moves = rebalancePlan(world);
  const claims = new Map(world.claims);
  for (const { slot, to } of moves) claims.set(slot, { session: 'moved', host: to });
  const after = { ...world, claims };
  const touched = new Set(moves.flatMap(({ from, to }) => [from, to]));
  const percents = [world, after].map(percentOf);
  const counts = [world, after].map(slotsOf);
  const pair = (maps: readonly ReadonlyMap<string, number>[], host: string): HostBalance['slots'] => ({
    before: maps[0]?.get(host) ?? 0,
    after: maps[1]?.get(host) ?? 0,
  });
  const hosts = [...touched].sort().map((host) => ({
    host,
    slots: pair(counts, host),
    percent: pair(percents, host),
  }));
  return { moves, hosts };
}

function percentOf(world: PlacementWorld): ReadonlyMap<string, number> {
  const usage = hostUsage(world);
  return new Map(
    world.hosts.map(({ name, facts }) => {
      const { cpu = 0, memoryBytes = 0 } = usage.get(name) ?? {};
      const shares = [
        cpu / (facts?.cpu.cores ?? Infinity),
        memoryBytes / (facts?.memory.totalBytes ?? Infinity),
      ];
      return [name, Math.round(100 * Math.max(...shares))];
    }),
  );
}

function slotsOf({ claims }: PlacementWorld): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { session, host } of claims.values()) {
    if (session !== undefined && host !== undefined) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}
