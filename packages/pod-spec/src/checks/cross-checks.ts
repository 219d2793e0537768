import { checkContainers } from './check-containers.js';
import { checkDependencies } from './check-dependencies.js';
import { checkLifecycle } from './check-lifecycle.js';
import { checkPlacement } from './check-placement.js';
import { checkPorts } from './check-ports.js';
import { checkSchedule } from './check-schedule.js';
import { checkSecrets } from './check-secrets.js';
import { checkUlimits } from './check-ulimits.js';
import { checkVolumes } from './check-volumes.js';
import { outlineOf } from './outline.js';

import type { Json } from '../plain-data.js';
import type { Problem } from '../problem.js';

const CHECKS = [
  checkSchedule,
  checkPlacement,
  checkLifecycle,
  checkVolumes,
  checkContainers,
  checkPorts,
  checkUlimits,
  checkSecrets,
  checkDependencies,
];

/** Rules between fields. They work on data that may still be wrong elsewhere, so that all problems come at once. */
export function crossChecks(data: Json): readonly Problem[] {
  const outline = outlineOf(data);
  return outline === undefined ? [] : CHECKS.flatMap((check) => check(outline));
}
