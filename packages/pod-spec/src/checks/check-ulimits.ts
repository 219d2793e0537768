import { duplicates } from './duplicates.js';
import { asFields, itemsOf, numberOf, textOf } from './outline.js';

import type { ContainerOutline, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** Kernel limits that are set twice, or whose soft limit is above the hard one. */
export function checkUlimits({ containers }: Outline): readonly Problem[] {
  return containers.flatMap(ulimitsOf);
}

function ulimitsOf(container: ContainerOutline): readonly Problem[] {
  const ulimits = itemsOf(container.fields.ulimits).map((item, index) => ({
    path: `${container.path}.ulimits[${index}]`,
    fields: asFields(item) ?? {},
  }));
  const names = ulimits.map(({ path, fields }) => ({ path: `${path}.name`, value: textOf(fields.name) }));
  const tooHigh = ulimits.filter(({ fields }) => limit(numberOf(fields.soft)) > limit(numberOf(fields.hard)));
  return [
    ...duplicates('the limit', names),
    ...tooHigh.map(({ path }) => ({ path: `${path}.soft`, message: 'is above the hard limit' })),
  ];
}

/** -1 means no limit; what cannot be read is not compared. */
function limit(value: number | undefined): number {
  if (value === undefined) return Number.NaN;
  return value < 0 ? Number.POSITIVE_INFINITY : value;
}
