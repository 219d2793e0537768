import { compareContainer } from './compare.js';

import type { DesiredContainer } from './desired-container.js';
import type { Reason } from './reason.js';
import type { ContainerView, SecretEffect } from './snapshot.js';

/** What one container of a slot needs. */
export interface ContainerStep {
  readonly desired: DesiredContainer;
  /** The container that stays, or is started again. */
  readonly current?: ContainerView;
  /** `restart`: it runs, and has to end and start again; `refresh`: only its files are to be rewritten. */
  readonly need: 'nothing' | 'start' | 'create' | 'restart' | 'refresh';
  readonly reason?: Reason;
  /** Containers that make way. */
  readonly replaced: readonly ContainerView[];
}

/** What is known besides the container itself. */
export interface StepContext {
  /** An edit is being applied: the claim names another revision. */
  readonly editing: boolean;
  readonly networkPresent: boolean;
  /** A container that is not a startup container exists: the startup work was done. */
  readonly startedBefore: boolean;
  readonly images: ReadonlyMap<string, string>;
  /** What running containers need because of their secrets, by id. */
  readonly secretEffects: ReadonlyMap<string, SecretEffect>;
}

/** Compares one container of the definition with what is there. */
export function containerStep(
  desired: DesiredContainer,
  observed: readonly ContainerView[],
  context: StepContext,
): ContainerStep {
  const mine = observed.filter((container) => container.container === desired.spec.name);
  const best = bestOf(mine, desired.configHash);
  const others = mine.filter((container) => container !== best);
  if (best === undefined) return missing(desired, context);
  const comparison = compareContainer(desired, best, context.images);
  if (comparison.verdict === 'recreate') return create(desired, comparison.reason, mine);
  return stateStep(desired, best, { others, context });
}

function missing(desired: DesiredContainer, context: StepContext): ContainerStep {
  const done = desired.spec.role === 'startup' && context.startedBefore && !context.editing;
  return done ? { desired, need: 'nothing', replaced: [] } : create(desired, 'container-missing', []);
}

function stateStep(
  desired: DesiredContainer,
  current: ContainerView,
  { others, context }: { readonly others: readonly ContainerView[]; readonly context: StepContext },
): ContainerStep {
  switch (current.state) {
    case 'created':
      return create(desired, 'container-unstarted', [current, ...others]);
    case 'dead':
      return create(desired, 'container-exited', [current, ...others]);
    case 'exited':
      return exitedStep(desired, current, { others, context });
    case 'running':
      return runningStep(desired, current, { others, context });
    case 'paused':
    case 'restarting':
    case 'removing':
      return { desired, current, need: 'nothing', replaced: others };
  }
}

/** What a startup container was given does not matter once it runs: it is about to end. */
function runningStep(
  desired: DesiredContainer,
  current: ContainerView,
  { others, context }: { readonly others: readonly ContainerView[]; readonly context: StepContext },
): ContainerStep {
  const effect = context.secretEffects.get(current.id);
  if (effect === undefined || desired.spec.role === 'startup')
    return { desired, current, need: 'nothing', replaced: others };
  const reason = 'secret-changed';
  if (effect === 'recreate') return create(desired, reason, [current, ...others]);
  return { desired, current, need: effect, reason, replaced: others };
}

function exitedStep(
  desired: DesiredContainer,
  current: ContainerView,
  { others, context }: { readonly others: readonly ContainerView[]; readonly context: StepContext },
): ContainerStep {
  if (desired.spec.role === 'startup') {
    if (current.exitCode === 0) return { desired, current, need: 'nothing', replaced: others };
    return create(desired, 'startup-failed', [current, ...others]);
  }
  // A container cannot be started again on a network that was removed in between.
  if (!context.networkPresent) return create(desired, 'container-exited', [current, ...others]);
  return { desired, current, need: 'start', reason: 'container-exited', replaced: others };
}

function create(
  desired: DesiredContainer,
  reason: Reason,
  replaced: readonly ContainerView[],
): ContainerStep {
  return { desired, need: 'create', reason, replaced };
}

/** Of several containers for one name: the right configuration before the wrong, running before not, new before old. */
function bestOf(containers: readonly ContainerView[], configHash: string): ContainerView | undefined {
  const rank = (container: ContainerView): number =>
    (container.configHash === configHash ? 2 : 0) + (container.state === 'running' ? 1 : 0);
  return [...containers].sort((a, b) => rank(b) - rank(a) || b.createdAt - a.createdAt)[0];
}
