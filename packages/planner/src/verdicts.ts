import { definitionProblems } from './admission.js';
import { serviceNameCollisions } from './service-name-collisions.js';

import type { PodVerdictPlan } from './plan.js';
import type { Snapshot } from './snapshot.js';
import type { RuleFailure } from '@raftainer/constraints';

/** Collects what this host refuses during one planning run. */
export class Verdicts {
  readonly #pods: Snapshot['pods'];
  readonly #refusals = new Map<string, RuleFailure[]>();
  readonly #problems: ReadonlyMap<string, readonly string[]>;

  /** `problems` are those of the definitions themselves. */
  constructor(pods: Snapshot['pods'], problems: ReadonlyMap<string, readonly string[]>) {
    this.#pods = pods;
    this.#problems = problems;
  }

  refuse(pod: string, failures: readonly RuleFailure[]): void {
    if (failures.length > 0) this.#refusals.set(pod, [...(this.#refusals.get(pod) ?? []), ...failures]);
  }

  /** By pod; each reason once, although several slots have it. */
  list(): readonly PodVerdictPlan[] {
    const names = new Set([...this.#problems.keys(), ...this.#refusals.keys()]);
    return [...names].sort().map((pod) => {
      const view = this.#pods.get(pod);
      return {
        pod,
        ...(view?.state === 'valid' ? { revision: view.revision } : {}),
        failures: uniqueFailures(this.#refusals.get(pod) ?? []),
        problems: this.#problems.get(pod) ?? [],
      };
    });
  }
}

function uniqueFailures(failures: readonly RuleFailure[]): readonly RuleFailure[] {
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}

/** What is wrong with each definition, in itself and beside the others. */
export function problemsOf(pods: Snapshot['pods']): ReadonlyMap<string, readonly string[]> {
  const collisions = serviceNameCollisions(pods);
  const problems = [...pods].map(
    ([name, view]) => [name, [...definitionProblems(view), ...(collisions.get(name) ?? [])]] as const,
  );
  return new Map(problems.filter(([, list]) => list.length > 0));
}
