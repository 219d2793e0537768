import { attributesOf, isEligible } from '@raftainer/constraints';

import { movesByItself } from '../moving-facts.js';
import { usableGpus } from '../usable-gpus.js';

import type { PeerView } from './placement-world.js';
import type { Constraint, GpuRequest } from '@raftainer/constraints';
import type { Affinity } from '@raftainer/pod-spec';

/** The values of one attribute over the hosts, numbered. A host without a value has one of its own kind: absent. */
export interface AttributeValues {
  /** Number of the value, by host. */
  readonly ids: Int32Array;
  readonly count: number;
}

/**
 * What the hosts' facts answer, each distinct question asked once per host: thousands of pods ask a handful of
 * questions, and evaluating each pod against each host would take minutes.
 */
export class RuleCache {
  readonly #hosts: readonly PeerView[];
  readonly #masks = new Map<string, Uint8Array>();
  readonly #points = new Map<string, Float64Array>();
  readonly #values = new Map<string, AttributeValues>();

  /** The columns it returns are in the order of these hosts. */
  constructor(hosts: readonly PeerView[]) {
    this.#hosts = hosts;
  }

  /** 1 where all constraints and each of the GPU requests are met by the facts, however many devices are taken. */
  matching(constraints: readonly Constraint[], gpus: readonly GpuRequest[]): Uint8Array {
    const lasting = constraints.filter((constraint) => !movesByItself(constraint));
    return remembered(this.#masks, signature([lasting, gpus]), () =>
      Uint8Array.from(this.#hosts, ({ facts }) => {
        if (facts === undefined) return 0;
        const devices = { ...facts, gpus: usableGpus(facts.gpus) };
        const met =
          isEligible({ constraints: lasting }, { facts }) &&
          gpus.every((request) =>
            isEligible({ constraints: [], resources: { gpus: request } }, { facts: devices }),
          );
        return Number(met);
      }),
    );
  }

  /** The sum of the weights of the affinities that each host meets. */
  affinityPoints(affinities: readonly Affinity[]): Float64Array {
    return remembered(this.#points, signature(affinities), () =>
      Float64Array.from(this.#hosts, ({ facts }) => {
        if (facts === undefined) return 0;
        const met = affinities.filter((affinity) => isEligible({ constraints: [affinity] }, { facts }));
        return met.reduce((sum, { weight }) => sum + weight, 0);
      }),
    );
  }

  /** The values over which slots are spread. */
  valuesOf(attribute: string): AttributeValues {
    return remembered(this.#values, attribute, () => {
      const numbers = new Map<string, number>();
      const ids = Int32Array.from(this.#hosts, ({ facts }) => {
        const value = facts === undefined ? undefined : attributesOf(facts)[attribute];
        const key = JSON.stringify(value ?? null);
        const id = numbers.get(key) ?? numbers.size;
        numbers.set(key, id);
        return id;
      });
      return { ids, count: numbers.size };
    });
  }
}

function signature(question: unknown): string {
  return JSON.stringify(question);
}

function remembered<T>(memory: Map<string, T>, key: string, answer: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const fresh = answer();
  memory.set(key, fresh);
  return fresh;
}
