/** Turns unknown data into a `T`, or throws {@link DecodeFailure} that names the path. */
export type Decoder<T> = (value: unknown, path: string) => T;

/** One decoder for each field, so that a field added to `T` and forgotten here does not compile. */
export type Shape<T> = { readonly [K in keyof T]-?: Decoder<T[K]> };

/** The outcome for one stored value. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

class DecodeFailure extends Error {}

/** Decodes a stored JSON text; never throws, since one bad value must not hide the others. */
export function decodeJson<T>(text: string, decoder: Decoder<T>): Decoded<T> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `not valid JSON: ${(error as Error).message}` };
  }
  try {
    return { ok: true, value: decoder(data, '') };
  } catch (error) {
    if (error instanceof DecodeFailure) {
      return { ok: false, problem: error.message };
    }
    throw error;
  }
}

export const string: Decoder<string> = (value, path) =>
  typeof value === 'string' ? value : fail(path, 'a string');

export const number: Decoder<number> = (value, path) =>
  typeof value === 'number' ? value : fail(path, 'a number');

export const boolean: Decoder<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : fail(path, 'true or false');

/** Anything, as it is. */
export const anything: Decoder<unknown> = (value) => value;

/** One of some words. */
export function oneOf<const T extends string>(...words: readonly T[]): Decoder<T> {
  return (value, path) => words.find((word) => word === value) ?? fail(path, `one of ${words.join(', ')}`);
}

/** Absent, or what the decoder takes. */
export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (value === undefined ? undefined : decoder(value, path));
}

/** A list. */
export function array<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => decoder(item, `${path}[${index}]`))
      : fail(path, 'a list');
}

/** An object used as a map. */
export function record<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(plainObject(value, path)).map(([key, item]) => [key, decoder(item, below(path, key))]),
    );
}

/** An object with known fields; others are ignored, since a newer version may write more. */
export function object<T extends object>(shape: Shape<T>): Decoder<T> {
  const fields = Object.entries<Decoder<unknown>>(shape);
  return (value, path) => {
    const source = plainObject(value, path);
    const pairs = fields.map(([key, decoder]) => [key, decoder(source[key], below(path, key))] as const);
    return Object.fromEntries<unknown>(pairs.filter(([, item]) => item !== undefined)) as T;
  };
}

function plainObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : fail(path, 'an object');
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function fail(path: string, expected: string): never {
  throw new DecodeFailure(path === '' ? `expected ${expected}` : `${path}: expected ${expected}`);
}
