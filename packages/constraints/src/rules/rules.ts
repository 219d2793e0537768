import { cpu, disk, memory, pids } from './amount-rule.js';
import { equality } from './equality.js';
import { existence } from './existence.js';
import { gpus } from './gpus.js';
import { knownOperator } from './known-operator.js';
import { membership } from './membership.js';
import { ordering } from './ordering.js';
import { pattern } from './pattern.js';
import type { Rule } from './rule.js';
import { version } from './version.js';

/** Every rule, the cheapest first: who only asks whether all hold stops at the first that does not. */
export const RULES: readonly Rule[] = [
  knownOperator,
  cpu,
  memory,
  pids,
  disk,
  existence,
  equality,
  ordering,
  membership,
  gpus,
  version,
  pattern,
];
