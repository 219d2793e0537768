import { createHash } from 'node:crypto';
import { posix } from 'node:path';

import type { FilePlan } from '@raftainer/planner';

/** Where a container's files are kept, and what of it is mounted where. */
export interface FileLayout {
  /** Place of each file below the container's folder, by its path in the container. */
  readonly places: ReadonlyMap<string, string>;
  /** Directories that are mounted as a whole, below the container's folder. */
  readonly folders: readonly string[];
  readonly mounts: readonly LayoutMount[];
}

/** What is mounted. */
export interface LayoutMount {
  /** Below the container's folder. */
  readonly source: string;
  readonly target: string;
}

/**
 * A file that is replaced while its container runs needs its directory mounted as a whole: a file that is mounted alone
 * stays the one that it was when the container started. The others are mounted alone, and hide nothing beside them.
 */
export function fileLayout(files: readonly FilePlan[]): FileLayout {
  const whole = outermost(files.filter(changesInPlace).map(({ path }) => posix.dirname(clean(path))));
  const places = new Map<string, string>();
  const mounts: LayoutMount[] = whole.map((target) => ({ source: `dir-${nameOf(target)}`, target }));
  for (const { path } of files) {
    const target = clean(path);
    const folder = whole.find((each) => target.startsWith(`${each}/`));
    const source = `file-${nameOf(target)}`;
    if (folder === undefined) mounts.push({ source, target });
    const inFolder =
      folder === undefined ? source : `dir-${nameOf(folder)}/${target.slice(folder.length + 1)}`;
    places.set(path, inFolder);
  }
  return { places, mounts, folders: whole.map((target) => `dir-${nameOf(target)}`) };
}

function changesInPlace({ onChange, content }: FilePlan): boolean {
  return onChange.action !== 'restart' && typeof content !== 'string';
}

/** Those that are in none of the others. */
function outermost(folders: readonly string[]): readonly string[] {
  const unique = [...new Set(folders)];
  return unique.filter((folder) => !unique.some((other) => folder.startsWith(`${other}/`)));
}

function clean(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

function nameOf(path: string): string {
  return createHash('md5').update(path).digest('hex').slice(0, 16);
}
