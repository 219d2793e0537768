import { z } from 'zod';

import { list } from './collections.js';
import { whole } from './quantity.js';
import { strict } from './strict.js';
import { attribute } from './text.js';

const OPERATORS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not-in',
  'exists',
  'not-exists',
  'regexp',
  'semver',
] as const;

const scalar = z.union([z.string(), z.number()]);
const operand = z.union([z.string(), z.number(), z.boolean(), z.array(scalar).min(1)], {
  error: 'expected text, a number, a boolean, or a list of texts and numbers that is not empty',
});

const rule = {
  attribute: attribute()
    .describe('A host attribute.')
    .meta({ examples: ['cpu.architecture', 'labels.zone'] }),
  operator: z.enum(OPERATORS).describe('How the attribute is compared.'),
  value: operand
    .optional()
    .describe(
      'What it is compared with: a list for `in` and `not-in`, nothing for `exists` and `not-exists`.',
    )
    .meta({ examples: ['amd64', ['eu-1', 'eu-2']] }),
};

const constraint = strict(rule).meta({
  id: 'Constraint',
  title: 'Constraint',
  description: 'A hard requirement: hosts that do not meet it never run the pod.',
});

const affinity = strict({
  ...rule,
  weight: whole(-100, 100).default(50).describe('From -100 (avoid) to 100 (prefer).'),
}).meta({
  id: 'Affinity',
  title: 'Affinity',
  description: 'A preference among the hosts that meet all constraints.',
});

const spread = strict({
  attribute: attribute()
    .describe('A host attribute.')
    .meta({ examples: ['region'] }),
  weight: whole(1, 100).default(50).describe('How much it counts.'),
}).meta({
  id: 'Spread',
  title: 'Spread',
  description: 'Spreads the slots over the values of a host attribute.',
});

/** The fields of a pod that say where it runs. */
export const placement = {
  constraints: list(constraint).describe('Hard requirements on the host; all must hold.'),
  affinities: list(affinity).describe('Preferences among hosts.'),
  spread: list(spread).describe('Attributes over which to spread the slots.'),
  placement: z
    .enum(['spread', 'pack'])
    .default('spread')
    .describe(
      '`spread`: slots of the pod on different hosts while there are enough; `pack`: on the fullest hosts that have room.',
    ),
};
