import type { Pod } from '@raftainer/pod-spec';

/** One field that two definitions have differently; absent on one side: it is not there. */
export interface FieldChange {
  /** Such as `containers[0].image`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Every field of the parsed definitions, defaults included, that differs. Lists are compared by position. Pure. */
export function diffPods(before: Pod | undefined, after: Pod | undefined): readonly FieldChange[] {
  return differences('', before, after);
}

function differences(path: string, before: unknown, after: unknown): readonly FieldChange[] {
  if (isEqual(before, after)) return [];
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(below(path, key, before), before[key], after[key]));
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

type Branch = Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function isEqual(one: unknown, other: unknown): boolean {
  if (!isBranch(one) || !isBranch(other)) return Object.is(one, other);
  const keys = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && isEqual(one[key], other[key]))
  );
}

function below(path: string, key: string, parent: Branch): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
