import type { Problem } from '../problem.js';

/** Something that must be unique. */
export interface Claimed {
  readonly path: string;
  /** What must not occur twice; undefined when it could not be read. */
  readonly value?: string;
}

/** A problem for each that repeats an earlier one, naming where the first is. */
export function duplicates(what: string, claims: readonly Claimed[]): readonly Problem[] {
  const first = new Map<string, string>();
  return claims.flatMap(({ path, value }) => {
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier !== undefined) return [{ path, message: `${what} ${value} is already taken by ${earlier}` }];
    first.set(value, path);
    return [];
  });
}
