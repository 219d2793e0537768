import { LABELS } from '@raftainer/planner';

import type { ContainerSummary, Docker } from '@raftainer/docker';

/** What clearing the engine needs. */
export interface ClearEngineOptions {
  readonly docker: Docker;
  /** Name under which it was made. */
  readonly host: string;
  /** Nobody proves the claims of exclusive containers any more: they have so long to end. */
  readonly fencedMs?: number;
  readonly signal: AbortSignal;
}

/** What was found. */
export interface ClearedEngine {
  readonly containers: number;
  readonly networks: number;
}

const DEFAULT_GRACE_MS = 10_000;

/** Stops and removes the containers of a host name, and its networks. Named volumes stay: slots find them by their pod's name. */
export async function clearEngine(options: ClearEngineOptions): Promise<ClearedEngine> {
  const { docker, host, signal } = options;
  const labels = { [LABELS.host]: host };
  const containers = await docker.containers.list({ labels, signal });
  await Promise.all(
    containers.map(async (container) => {
      await docker.containers.stop(container.id, { gracePeriodMs: graceOf(container, options), signal });
      await docker.containers.remove(container.id, { volumes: true, signal });
    }),
  );
  const networks = await docker.networks.list({ labels, signal });
  for (const { id } of networks) await docker.networks.remove(id, { signal });
  // One that was being started when the last run ended may have come since.
  const left = await docker.containers.list({ labels, signal });
  if (left.length > 0) throw new Error(`There are still containers of ${host}: ${namesOf(left)}`);
  return { containers: containers.length, networks: networks.length };
}

function graceOf({ labels }: ContainerSummary, { fencedMs = Infinity }: ClearEngineOptions): number {
  const graceMs = Number(labels[LABELS.stopGracePeriod] ?? DEFAULT_GRACE_MS);
  return labels[LABELS.fenced] === undefined ? graceMs : Math.min(graceMs, fencedMs);
}

function namesOf(containers: readonly ContainerSummary[]): string {
  return containers.map(({ name }) => name).join(', ');
}
