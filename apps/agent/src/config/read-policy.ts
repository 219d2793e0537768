import { readFileSync } from 'node:fs';

import { parseDocument } from 'yaml';
import { z } from 'zod';

import { messageOf } from '../agent-error.js';

import type { HostPolicy } from '@raftainer/planner';

const words = z.array(z.string('must be text').min(1, 'must not be empty'), 'must be a list');

const POLICY = z
  .strictObject(
    {
      hostPaths: z.array(
        z.string('must be text').startsWith('/', 'must be an absolute path'),
        'must be a list',
      ),
      capabilities: words,
      privileged: z.boolean('must be true or false'),
      images: words,
      registries: words,
    },
    'must be fields such as hostPaths and images',
  )
  .partial();

/** A policy, or all that is wrong with its file. */
export type PolicyResult =
  | { readonly ok: true; readonly policy: HostPolicy }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the policy of this host from a YAML or JSON file. A policy that cannot be read or understood is no policy: with
 * it the agent does not start, since it would allow what its owner forbids.
 */
export function readPolicy(file: string): PolicyResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error: unknown) {
    return { ok: false, problems: [`${file} cannot be read: ${messageOf(error)}`] };
  }
  const { problems, policy } = parsePolicy(text);
  if (policy === undefined) return { ok: false, problems: problems.map((problem) => `${file}: ${problem}`) };
  return { ok: true, policy };
}

function parsePolicy(text: string): { readonly problems: readonly string[]; readonly policy?: HostPolicy } {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { problems: document.errors.map(firstLine) };
  let content: unknown;
  try {
    content = document.toJS() as unknown;
  } catch (error: unknown) {
    return { problems: [messageOf(error)] };
  }
  const parsed = POLICY.safeParse(content);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()),
    };
  }
  return { problems: [], policy: parsed.data };
}

function firstLine(error: Error): string {
  return error.message.split('\n', 1)[0] ?? error.message;
}
