import { eventually, uniqueName } from '@raftainer/testing';
import { expect } from 'vitest';

import { define, sleepingPod } from './definitions.js';

import type { TestHost } from './test-host.js';

/** What tells whether a container is still the same run of the same container. */
export interface ContainerRun {
  readonly id: string;
  readonly startedAt: number | undefined;
}

/** The runs of all containers of a pod, in a fixed order. */
export async function runsOf(host: TestHost, pod: string): Promise<readonly ContainerRun[]> {
  const containers = await host.containers(pod);
  const details = await Promise.all(containers.map(({ id }) => host.docker.containers.inspect(id)));
  return details
    .map(({ id, startedAt }) => ({ id, startedAt }))
    .sort((one, other) => one.id.localeCompare(other.id));
}

/** How many instances of a service pass their checks. */
export async function passing(host: TestHost, service: string): Promise<number> {
  return (await host.consul.services.health(service, { passing: true })).length;
}

/** Waits until a service has so many instances that pass. */
export async function untilPassing(host: TestHost, service: string, instances = 1): Promise<void> {
  await eventually(
    async () => {
      expect(await passing(host, service)).toBe(instances);
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
}

/** A pod that is well: whatever goes wrong beside it must not touch it. */
export class Witness {
  readonly pod: string;
  readonly #host: TestHost;
  #runs: readonly ContainerRun[] = [];

  private constructor(host: TestHost, pod: string) {
    this.#host = host;
    this.pod = pod;
  }

  /** Applies it and waits until it runs and passes its check. */
  static async start(host: TestHost, image: string, changes: object = {}): Promise<Witness> {
    const witness = new Witness(host, uniqueName('well'));
    await host.put(define({ ...sleepingPod(witness.pod, image), ...changes }));
    await host.untilRunning(witness.pod);
    await untilPassing(host, witness.pod);
    witness.#runs = await runsOf(host, witness.pod);
    expect(witness.#runs.length).toBeGreaterThan(0);
    return witness;
  }

  /** Fails when a container was replaced, stopped or started again. */
  async expectSameContainers(): Promise<void> {
    expect(await runsOf(this.#host, this.pod)).toEqual(this.#runs);
    expect((await this.#host.containers(this.pod)).map(({ state }) => state)).toEqual(
      this.#runs.map(() => 'running'),
    );
  }

  /** The same, and its service passes. */
  async expectUndisturbed(): Promise<void> {
    await this.expectSameContainers();
    expect(await passing(this.#host, this.pod)).toBe(1);
  }
}
