import { z } from 'zod';

import { fileMode } from './quantity.js';
import { secretSources } from './secret-reference.js';
import { strict } from './strict.js';
import { absolutePath, anyText, signal, user } from './text.js';

import type { FileChangeAction } from '../types.js';

const onChange = z
  .union([z.enum(['restart', 'none']), strict({ signal: signal().describe('Signal to send to process 1.') })])
  .default('restart')
  .transform((value): FileChangeAction =>
    typeof value === 'string' ? { action: value } : { action: 'signal', signal: value.signal },
  );

/** A file put into the container. */
export const file = strict({
  path: absolutePath()
    .describe('Absolute path in the container.')
    .meta({ examples: ['/run/secrets/token'] }),
  content: z
    .union([anyText(), ...secretSources])
    .describe('What the file holds: text, or where it comes from.'),
  mode: fileMode()
    .prefault('0400')
    .describe('Octal permission bits, in quotes.')
    .meta({ examples: ['0440'] }),
  owner: user().optional().describe("Owner, by name or number; the container's user when absent."),
  onChange: onChange.describe('What to do when the content changes while the container runs.'),
}).meta({ id: 'File', title: 'File', description: 'A file put into the container, on tmpfs.' });
