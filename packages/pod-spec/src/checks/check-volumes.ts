import { didYouMean } from '../did-you-mean.js';
import { duplicates } from './duplicates.js';
import { textOf } from './outline.js';

import type { Located, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** Volumes that clash, mounts of volumes that are not declared, and paths that hide each other. */
export function checkVolumes({ volumes, containers }: Outline): readonly Problem[] {
  const names = volumes.flatMap(({ fields }) => textOf(fields.name) ?? []);
  return [
    ...duplicates(
      'the volume name',
      volumes.map(({ path, fields }) => ({ path: `${path}.name`, value: textOf(fields.name) })),
    ),
    ...containers.flatMap(({ mounts }) => mounts.flatMap((mount) => undeclared(mount, names))),
    ...containers.flatMap(({ mounts, files }) =>
      duplicates('the path', [
        ...mounts.map(({ path, fields }) => ({
          path: `${path}.mountPath`,
          value: withoutSlash(textOf(fields.mountPath)),
        })),
        ...files.map(({ path, fields }) => ({
          path: `${path}.path`,
          value: withoutSlash(textOf(fields.path)),
        })),
      ]),
    ),
  ];
}

function undeclared({ path, fields }: Located, names: readonly string[]): readonly Problem[] {
  const name = textOf(fields.volume);
  if (name === undefined || names.includes(name)) return [];
  return [
    {
      path: `${path}.volume`,
      message: `the pod declares no volume "${name}"`,
      suggestion: didYouMean(name, names) ?? `declare it: volumes: [{ name: ${name} }]`,
    },
  ];
}

function withoutSlash(path: string | undefined): string | undefined {
  return path === undefined || path === '/' ? undefined : path.replace(/\/+$/, '').replaceAll(/\/{2,}/g, '/');
}
