import { isDeepStrictEqual } from 'node:util';

import { probe } from './probe.js';

import type { ProbeCheck } from '@raftainer/planner';
import type { ContainerHealth } from '@raftainer/planner';

/** A running container to be probed. */
export interface ProbeTarget {
  readonly id: string;
  readonly address: string;
  readonly check: ProbeCheck;
}

interface Probing extends ProbeTarget {
  readonly since: number;
  health: ContainerHealth;
  failures: number;
  probes: number;
  timer?: NodeJS.Timeout;
}

const FIRST_PROBE_AFTER_MS = 50;

/**
 * Probes containers over HTTP or TCP at their addresses on the pod network, each at its own interval. Until the
 * first success a container is `starting` and is asked more often, so that it serves as soon as it can; it becomes
 * `unhealthy` after as long as `threshold` failures at the plain interval would take, and never within the start period.
 */
export class Prober {
  readonly #onChange: (id: string) => void;
  readonly #probings = new Map<string, Probing>();
  #closed = false;

  constructor(onChange: (id: string) => void) {
    this.#onChange = onChange;
  }

  /** Probes exactly these containers from now on, and goes on with those of `keep` that it probes already. */
  track(targets: readonly ProbeTarget[], keep: Iterable<string> = []): void {
    if (this.#closed) return;
    const wanted = new Set([...keep, ...targets.map((target) => target.id)]);
    for (const [id, probing] of this.#probings) if (!wanted.has(id)) this.#drop(probing);
    for (const target of targets) {
      const known = this.#probings.get(target.id);
      if (known?.address === target.address && isDeepStrictEqual(known.check, target.check)) continue;
      if (known !== undefined) this.#drop(known);
      this.#add(target);
    }
  }

  /** Undefined for a container that is not probed. */
  healthOf(id: string): ContainerHealth | undefined {
    return this.#probings.get(id)?.health;
  }

  /** Nothing is probed any more, and no timer keeps the process. */
  close(): void {
    this.track([]);
    this.#closed = true;
  }

  #add({ id, address, check }: ProbeTarget): void {
    const probing: Probing = {
      id,
      address,
      check,
      since: performance.now(),
      health: 'starting',
      failures: 0,
      probes: 0,
    };
    this.#probings.set(id, probing);
    this.#schedule(probing, FIRST_PROBE_AFTER_MS);
  }

  #drop(probing: Probing): void {
    clearTimeout(probing.timer);
    this.#probings.delete(probing.id);
  }

  #schedule(probing: Probing, delayMs: number): void {
    probing.timer = setTimeout(() => void this.#probe(probing), delayMs);
  }

  async #probe(probing: Probing): Promise<void> {
    const healthy = await probe(probing.address, probing.check);
    if (this.#probings.get(probing.id) !== probing) return;
    probing.probes += 1;
    probing.failures = healthy ? 0 : probing.failures + 1;
    const next = healthy ? 'healthy' : healthAfterFailure(probing);
    const changed = next !== probing.health;
    probing.health = next;
    const { intervalMs } = probing.check;
    this.#schedule(
      probing,
      next === 'starting' ? Math.min(intervalMs, 100 * 2 ** Math.min(probing.probes, 10)) : intervalMs,
    );
    if (changed) this.#onChange(probing.id);
  }
}

function healthAfterFailure({ health, failures, since, check }: Probing): ContainerHealth {
  if (health !== 'starting') return failures >= check.threshold ? 'unhealthy' : health;
  const allowedMs = check.startPeriodMs + check.threshold * check.intervalMs;
  return performance.now() - since >= allowedMs ? 'unhealthy' : 'starting';
}
