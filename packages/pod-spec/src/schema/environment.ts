import { z } from 'zod';

import { describeValue } from '../describe-value.js';
import { say } from '../issue-text.js';
import { map } from './collections.js';
import { secretSources } from './secret-reference.js';
import { strict } from './strict.js';
import { anyText, attribute, pattern } from './text.js';

const hostValue = strict({
  host: attribute()
    .describe('A host attribute.')
    .meta({ examples: ['region', 'labels.zone'] }),
}).meta({ id: 'HostValue', title: 'Host value', description: 'A fact of the host that runs the slot.' });

const slotValue = strict({
  slot: z
    .enum(['pod', 'index', 'id', 'revision', 'epoch'])
    .describe(
      'Which fact: name of the pod, index of the slot, both as `pod/index`, revision of the definition, or the number of times the slot has been claimed (a fencing token).',
    ),
}).meta({ id: 'SlotValue', title: 'Slot value', description: 'A fact of the slot.' });

const SOURCES = 'text, or one of { vault }, { database }, { pki }, { host }, { slot }';

const environmentValue = z.union([anyText(), ...secretSources, hostValue, slotValue], {
  error: ({ input }) => {
    if (hasFields(input)) return undefined;
    const quotable = typeof input === 'number' || typeof input === 'boolean';
    return say(
      `expected ${SOURCES}, found ${describeValue(input)}`,
      quotable ? `write it in quotes: "${input}"` : undefined,
    );
  },
});

function hasFields(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && !Array.isArray(input) && Object.keys(input).length > 0
  );
}

/** Set by the agent; a definition that set them would break what relies on them. */
const RESERVED = /^(?!RAFTAINER_(?:POD|INDEX|HOST|EPOCH)$)/;

const variableName = pattern(/^[A-Za-z_][\w.-]*$/, 'the name of an environment variable', 'LOG_LEVEL').regex(
  RESERVED,
  {
    error: 'is set by the agent and cannot be set here',
  },
);

/** Environment variables by name. */
export const environment = map(variableName, environmentValue);
