/** A key with its value. */
export type Entry = readonly [key: string, value: unknown];

/** Stands for a value whose reading threw. */
export const UNREADABLE = '[unreadable]';

/** Reads a property; a getter or a proxy that throws gives {@link UNREADABLE}. */
export function read(object: object, key: string): unknown {
  try {
    return Reflect.get(object, key) as unknown;
  } catch {
    return UNREADABLE;
  }
}

/** The object's own enumerable properties. */
export function ownEntries(object: object): readonly Entry[] {
  return Object.keys(object).map((key) => [key, read(object, key)]);
}
