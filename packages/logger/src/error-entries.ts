import { types } from 'node:util';
import { ownEntries, read } from './own-entries.js';
import type { Entry } from './own-entries.js';

/** Written first and in this order, or left out; everything else an error carries follows. */
const KNOWN = new Set(['name', 'type', 'message', 'code', 'stack', 'cause', 'errors']);

/** Errors of this realm or another. */
export function isError(value: object): boolean {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * What is worth writing of an error: type, message, code, stack, its own further properties, the cause, and the
 * errors of an `AggregateError`. Its `toJSON` is not asked: those of HTTP clients give away request headers.
 */
export function errorEntries(error: object): readonly Entry[] {
  return [
    ['type', typeOf(error)],
    ['message', read(error, 'message')],
    ['code', read(error, 'code')],
    ['stack', read(error, 'stack')],
    ...ownEntries(error).filter(([key]) => !KNOWN.has(key)),
    ['cause', read(error, 'cause')],
    ['errors', read(error, 'errors')],
  ];
}

function typeOf(error: object): unknown {
  const name = read(error, 'name');
  return name === 'Error' ? error.constructor.name : name;
}
