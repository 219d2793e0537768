import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { LABELS } from '@raftainer/planner';

import type { ObservedContainer } from './observation.js';

/** Labels of a container. */
export type Labels = Readonly<Record<string, string | undefined>>;

/** Who a container is by its labels; undefined when it is none of ours. */
export function identityOf(
  container: { readonly id: string; readonly host: string },
  labels: Labels,
): ObservedContainer | undefined {
  const pod = labels[LABELS.pod];
  const index = labels[LABELS.index];
  if (pod === undefined || index === undefined) return undefined;
  const epoch = labels[LABELS.epoch];
  return {
    id: container.id,
    host: container.host,
    slot: `${pod}/${index}`,
    name: labels[LABELS.container] ?? '',
    role: labels[LABELS.role] ?? 'main',
    ...(epoch === undefined ? {} : { epoch }),
  };
}

/**
 * The labels that an engine has on disk for a container: they can be read when the engine is dead or hangs. Undefined when
 * there is nothing to be read.
 */
export function labelsOnDisk(engineFolder: string, id: string): Labels | undefined {
  try {
    const text = readFileSync(join(engineFolder, 'containers', id, 'config.v2.json'), 'utf8');
    const file = JSON.parse(text) as { readonly Config?: { readonly Labels?: Labels | null } };
    return file.Config?.Labels ?? {};
  } catch {
    return undefined;
  }
}
