import { randomUUID } from 'node:crypto';

import { COMMAND } from '../harness/pods.js';

import type { Docker } from '@raftainer/docker';

/** What one engine needs by itself, milliseconds, run by run. */
export interface EngineFigures {
  /** Containers that were started at the same moment. */
  readonly count: number;
  /** From the first call until the last container runs, on networks that are there already. */
  readonly onNetworksMs: readonly number[];
  /** The same with the networks to be made first. */
  readonly withNetworksMs: readonly number[];
}

/** As many as a host of three takes over at once. */
const COUNTS = [1, 2, 3];
/** A range that no pod of the fleet uses. */
const SUBNETS = '10.217.0.';

/**
 * The floor of every failover: the calls that somebody has to make of the engine for a container on a network of its own,
 * and nothing else.
 */
export async function measureEngine(
  docker: Docker,
  image: string,
  runs: number,
): Promise<readonly EngineFigures[]> {
  const figures: EngineFigures[] = [];
  for (const count of COUNTS) {
    const onNetworksMs: number[] = [];
    const withNetworksMs: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { ready, whole } = await startTogether(docker, image, count);
      onNetworksMs.push(ready);
      withNetworksMs.push(whole);
    }
    figures.push({ count, onNetworksMs, withNetworksMs });
  }
  return figures;
}

async function startTogether(
  docker: Docker,
  image: string,
  count: number,
): Promise<{ readonly ready: number; readonly whole: number }> {
  const names = Array.from({ length: count }, () => `alone-${randomUUID().slice(0, 8)}`);
  const subnetOf = (index: number): string => `${SUBNETS}${16 * index}/28`;
  try {
    const beganAt = performance.now();
    await Promise.all(
      names.map((name, index) => docker.networks.create({ name, subnet: subnetOf(index), labels: {} })),
    );
    const networksAt = performance.now();
    await Promise.all(
      names.map(async (name) => {
        const spec = { name, image, command: COMMAND, network: name };
        await docker.containers.start(await docker.containers.create(spec));
      }),
    );
    const endedAt = performance.now();
    return { ready: endedAt - networksAt, whole: endedAt - beganAt };
  } finally {
    for (const name of names) {
      await docker.containers.remove(name, { force: true }).catch(() => undefined);
      await docker.networks.remove(name).catch(() => undefined);
    }
  }
}
