import { inspect } from 'node:util';

/** What is written in place of a secret. */
export const REDACTED = '[redacted]';

/** A registered symbol, so that the ESM and the CJS copy of this package know each other's secrets. */
const BRAND = Symbol.for('@raftainer/logger.Secret');

/**
 * Holds a value that must not be printed by accident. String conversion, template literals, JSON, `console.log`
 * and this package's loggers all give `[redacted]`; only `reveal()` gives the value.
 */
export class Secret<T = string> {
  readonly [BRAND] = true;
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Call it where the value is used, and keep the result in no variable that lives on. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Whether an object is a {@link Secret}, of this copy of the package or another. */
export function isSecret(value: object): boolean {
  return BRAND in value;
}
