import { z } from 'zod';

import { SCHEMA_EXAMPLES } from './schema-examples.js';
import { podSchema } from './schema/pod.js';

/**
 * JSON Schema (draft 7, which editors and YAML language servers know) of what a user writes. It describes each field;
 * the rules between fields are only in `parsePod`.
 */
export function podJsonSchema(): object {
  return z.toJSONSchema(podSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const example = SCHEMA_EXAMPLES[z.globalRegistry.get(zodSchema)?.id ?? ''];
      if (example !== undefined) jsonSchema.examples = [example];
    },
  });
}
