import { z } from 'zod';

import { map } from './collections.js';
import { whole } from './quantity.js';
import { secretPath } from './secret-reference.js';
import { strict } from './strict.js';
import { anyText, containerName, text } from './text.js';
import { ULIMITS } from '../syntax/ulimits.js';

import type { Dependency } from '../types.js';

/** Start only after another container has come so far; a name alone means `started`. */
export const dependency = z
  .union([
    containerName(),
    strict({
      container: containerName()
        .describe('Name of another container of the pod.')
        .meta({ examples: ['db'] }),
      condition: z
        .enum(['started', 'healthy', 'completed'])
        .default('started')
        .describe(
          'How far it must have come: `healthy` needs its `healthCheck`, `completed` means exit code 0.',
        ),
    }).meta({
      id: 'Dependency',
      title: 'Dependency',
      description: 'Start only after another container has come so far. A name alone means `started`.',
    }),
  ])
  .transform((value): Dependency =>
    typeof value === 'string' ? { container: value, condition: 'started' } : value,
  );

/** Where the registry's credentials are. */
export const registry = strict({
  vault: strict({
    path: secretPath().describe('Path of a Vault KV secret with the keys `username` and `password`.'),
  }).describe('A Vault KV secret.'),
}).meta({
  id: 'Registry',
  title: 'Registry',
  description: "The image registry's credentials, kept in Vault.",
});

/** Docker's log driver. */
export const logging = strict({
  driver: text()
    .describe('Name of the driver.')
    .meta({ examples: ['json-file'] }),
  options: map(text(), anyText())
    .describe("The driver's options.")
    .meta({ examples: [{ 'max-size': '10m' }] }),
}).meta({
  id: 'Logging',
  title: 'Logging',
  description: "Docker's log driver. The engine's own when absent.",
});

const MOST = 2 ** 40;

/** A limit of the kernel on each process. */
export const ulimit = strict({
  name: z.enum(ULIMITS).describe('Which limit.'),
  soft: whole(-1, MOST)
    .describe('What applies; -1 for no limit.')
    .meta({ examples: [65_536] }),
  hard: whole(-1, MOST)
    .describe('How far the process may raise it; -1 for no limit.')
    .meta({ examples: [65_536] }),
}).meta({ id: 'Ulimit', title: 'Ulimit', description: 'A limit of the kernel on each process.' });
