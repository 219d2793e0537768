import { quote } from './describe-value.js';
import { LIMITS } from './limits.js';
import { formatPath } from './problem.js';

import type { PathSegment, Problem } from './problem.js';

/** JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A copy of the input that is JSON data and nothing else, and what had to be left out of it. */
export interface PlainData {
  readonly data: Json;
  readonly problems: readonly Problem[];
  /** The input is too big or too deep to be looked at further. */
  readonly tooBig: boolean;
}

class TooBig extends Error {}

/**
 * Copies unknown input into plain JSON data, so that what follows meets no getters, class instances,
 * cycles or `__proto__` keys, and input of any size costs no more than the limits allow. Never throws.
 */
export function plainData(input: unknown): PlainData {
  const copier = new Copier();
  try {
    return { data: copier.copy(input, []), problems: copier.problems, tooBig: false };
  } catch (error) {
    const message = error instanceof TooBig ? error.message : 'cannot be read as data';
    return { data: null, problems: [{ path: '', message }], tooBig: true };
  }
}

class Copier {
  readonly problems: Problem[] = [];
  private values = 0;
  private characters = 0;

  copy(value: unknown, path: readonly PathSegment[]): Json {
    this.count(path);
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value)
          ? value
          : this.refuse(path, `is not a number that JSON knows: ${value}`);
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.composite(value, path);
      default:
        return this.refuse(
          path,
          `expected data, found ${value === undefined ? 'nothing' : `a ${typeof value}`}`,
        );
    }
  }

  private composite(value: object, path: readonly PathSegment[]): Json {
    if (Array.isArray(value))
      return Array.from(value, (item: unknown, index) => this.copy(item, [...path, index]));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      return this.refuse(path, 'expected plain data, found an instance of a class');
    }
    return this.object(value, path);
  }

  private object(value: object, path: readonly PathSegment[]): Json {
    const copy: Record<string, Json> = {};
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      this.text(key);
      if (key === '__proto__') this.refuse([...path, key], 'is not a name that a field may have');
      else if (item !== undefined) copy[key] = this.copy(item, [...path, key]);
    }
    return copy;
  }

  private text(text: string): string {
    this.characters += text.length;
    if (this.characters > LIMITS.characters) {
      throw new TooBig(
        `is larger than ${LIMITS.characters / 1024} KiB, the most that Consul keeps in one value: it holds at least ${Math.ceil(this.characters / 1024)} KiB of text`,
      );
    }
    return text;
  }

  private count(path: readonly PathSegment[]): void {
    this.values += 1;
    if (this.values > LIMITS.values) throw new TooBig(`holds more than ${LIMITS.values} values`);
    if (path.length <= LIMITS.depth) return;
    const start = formatPath(path.slice(0, 3));
    throw new TooBig(`is nested more than ${LIMITS.depth} levels deep, or within itself, at ${quote(start)}`);
  }

  private refuse(path: readonly PathSegment[], message: string): null {
    this.problems.push({ path: formatPath(path), message });
    return null;
  }
}
