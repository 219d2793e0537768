import { didYouMean } from '../did-you-mean.js';
import { duplicates } from './duplicates.js';
import { findCycle } from './find-cycle.js';

import type { ContainerOutline, DependencyOutline, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** One container that waits for another. */
interface Edge {
  readonly from: ContainerOutline;
  readonly dependency: DependencyOutline;
  readonly to: ContainerOutline;
}

/** Dependencies on nobody, on oneself, in circles, and conditions that can never come true. */
export function checkDependencies({ kind, containers }: Outline): readonly Problem[] {
  const edges = edgesOf(containers);
  return [
    ...containers.flatMap((container) => unknownTargets(container, containers)),
    ...containers.flatMap(({ dependencies }) =>
      duplicates(
        'the dependency on',
        dependencies.map(({ path, container }) => ({ path, value: container })),
      ),
    ),
    ...edges.flatMap((edge) => [...startupOrder(edge, containers), ...impossible(edge, kind)]),
    ...cycles(containers),
  ];
}

function edgesOf(containers: readonly ContainerOutline[]): readonly Edge[] {
  const byName = new Map(containers.map((container) => [container.name, container]));
  return containers.flatMap((from) =>
    from.dependencies.flatMap((dependency) => {
      const to = dependency.container === undefined ? undefined : byName.get(dependency.container);
      return to === undefined ? [] : [{ from, dependency, to }];
    }),
  );
}

function unknownTargets(from: ContainerOutline, containers: readonly ContainerOutline[]): readonly Problem[] {
  const names = containers.flatMap(({ name }) => name ?? []);
  return from.dependencies.flatMap(({ path, container }) => {
    if (container === undefined || names.includes(container)) return [];
    const suggestion =
      didYouMean(container, names) ?? `containers of the pod: ${[...new Set(names)].join(', ')}`;
    return [{ path, message: `the pod has no container "${container}"`, suggestion }];
  });
}

function startupOrder(
  { from, dependency, to }: Edge,
  containers: readonly ContainerOutline[],
): readonly Problem[] {
  if (from.role !== 'startup' || from === to) return [];
  if (to.role !== 'startup') {
    const message = `"${to.name ?? ''}" starts only after all startup containers have ended, so this would wait for ever`;
    return [{ path: dependency.path, message }];
  }
  if (containers.indexOf(to) < containers.indexOf(from)) return [];
  const message = `startup containers run in the order of the list, and "${to.name ?? ''}" comes later`;
  return [{ path: dependency.path, message, suggestion: 'move it up' }];
}

function impossible({ from, dependency, to }: Edge, kind: string): readonly Problem[] {
  const { path, condition } = dependency;
  const name = `"${to.name ?? ''}"`;
  if (from === to) return [];
  if (condition === 'healthy' && to.role === 'startup') {
    const message = `${name} is a startup container, which ends and is never healthy`;
    return [{ path, message, suggestion: 'use condition: completed' }];
  }
  if (condition === 'healthy' && to.fields.healthCheck === undefined) {
    const message = `${name} has no healthCheck that would tell when it is healthy`;
    return [{ path, message, suggestion: 'add one; type: docker uses the one of the image' }];
  }
  if (condition === 'completed' && to.role !== 'startup' && kind !== 'job' && kind !== 'periodic') {
    const message = `${name} is meant to run for ever, so it never completes`;
    return [{ path, message, suggestion: 'give it the role startup' }];
  }
  return [];
}

function cycles(containers: readonly ContainerOutline[]): readonly Problem[] {
  const targets = new Map(
    containers.map(({ name, dependencies }) => [
      name ?? '',
      dependencies.flatMap(({ container }) => container ?? []),
    ]),
  );
  const cycle = findCycle(targets);
  if (cycle === undefined) return [];
  const start = containers.find(({ name }) => name === cycle[0]);
  const path = start === undefined ? 'containers' : `${start.path}.dependsOn`;
  return [{ path, message: `waits for itself: ${[...cycle, cycle[0]].join(' → ')}` }];
}
