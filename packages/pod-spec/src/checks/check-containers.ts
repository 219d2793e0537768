import { duplicates } from './duplicates.js';

import type { Outline, ContainerOutline } from './outline.js';
import type { Problem } from '../problem.js';

/** Names, roles, and what a startup container cannot have. */
export function checkContainers({ containers }: Outline): readonly Problem[] {
  return [
    ...duplicates(
      'the name',
      containers.map(({ path, name }) => ({ path: `${path}.name`, value: name })),
    ),
    ...someRun(containers),
    ...containers.filter(({ role }) => role === 'startup').flatMap(startupLimits),
  ];
}

function someRun(containers: readonly ContainerOutline[]): readonly Problem[] {
  if (containers.length === 0 || containers.some(({ role }) => role !== 'startup')) return [];
  return [
    {
      path: 'containers',
      message: 'all of them are startup containers, so nothing would run',
      suggestion: 'give one the role main',
    },
  ];
}

function startupLimits({ path, fields, ports }: ContainerOutline): readonly Problem[] {
  const reason = 'a startup container has ended before the pod is up, so it cannot';
  return [
    ...(ports.length === 0 ? [] : [{ path: `${path}.ports`, message: `${reason} have ports` }]),
    ...(fields.healthCheck === undefined
      ? []
      : [{ path: `${path}.healthCheck`, message: `${reason} have a health check` }]),
  ];
}
