import { inspect } from 'node:util';
import { errorEntries, isError } from './error-entries.js';
import { leafOf } from './leaf-of.js';
import { maskText } from './mask-text.js';
import { UNREADABLE, ownEntries, read } from './own-entries.js';
import type { Entry } from './own-entries.js';
import type { SecretKeyTest } from './secret-keys.js';
import { REDACTED, isSecret } from './secret.js';

/** Plain data without a prototype, safe to serialise and free of what looked secret. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 8;
/** Entries written of one object, items of one list. */
const MAX_ENTRIES = 200;
/** Values written of one context altogether. */
const MAX_VALUES = 5_000;

interface Walk {
  readonly isSecretKey: SecretKeyTest;
  readonly ancestors: Set<object>;
  valuesLeft: number;
}

/**
 * Turns a context into plain data that can be written: no secrets, no cycles, bounded in depth and size. Never throws,
 * whatever getters, proxies or `toJSON` methods do. An error becomes `{ error }`, a list `{ items }`.
 */
export function sanitizeContext(context: object, isSecretKey: SecretKeyTest): Fields {
  const walk: Walk = { isSecretKey, ancestors: new Set(), valuesLeft: MAX_VALUES };
  try {
    if (isError(context)) return fields([['error', context]], walk);
    if (Array.isArray(context)) return fields([['items', context]], walk);
    const value = visit(context, walk);
    return isFields(value) ? value : fields([['context', value]], walk);
  } catch {
    return fields([['context', UNREADABLE]], walk);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function visit(value: unknown, walk: Walk): unknown {
  walk.valuesLeft -= 1;
  if (walk.valuesLeft < 0) return '[cut]';
  try {
    if (typeof value === 'string') return maskText(value, walk.isSecretKey);
    return typeof value === 'object' && value !== null ? visitObject(value, walk) : leafOf(value);
  } catch {
    return UNREADABLE;
  }
}

function visitObject(value: object, walk: Walk): unknown {
  if (isSecret(value)) return REDACTED;
  if (walk.ancestors.has(value)) return '[circular]';
  const leaf = leafOf(value);
  if (leaf !== undefined) return typeof leaf === 'string' ? maskText(leaf, walk.isSecretKey) : leaf;
  if (walk.ancestors.size >= MAX_DEPTH) return Array.isArray(value) ? '[list]' : '[object]';
  walk.ancestors.add(value);
  try {
    return visitBranch(value, walk);
  } finally {
    walk.ancestors.delete(value);
  }
}

function visitBranch(value: object, walk: Walk): unknown {
  if (isError(value)) return fields(errorEntries(value), walk);
  if (Array.isArray(value)) return list(value, walk);
  if (value instanceof Set) return list([...value], walk);
  if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams)
    return fields(keyed(value), walk);
  if (typeof read(value, 'toJSON') === 'function')
    return visit((value as { toJSON(): unknown }).toJSON(), walk);
  return fields(ownEntries(value), walk);
}

function keyed(map: Iterable<readonly [unknown, unknown]>): readonly Entry[] {
  return Array.from(map, ([key, value]) => [
    typeof key === 'string' ? key : inspect(key, { depth: 0 }),
    value,
  ]);
}

function fields(entries: readonly Entry[], walk: Walk): Fields {
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries.slice(0, MAX_ENTRIES)) {
    if (value !== undefined) result[maskText(key, walk.isSecretKey)] = underKey(key, value, walk);
  }
  if (entries.length > MAX_ENTRIES) result['…'] = `[${entries.length - MAX_ENTRIES} more]`;
  return result;
}

/** A flag and an absent or empty value are no secrets, and worth seeing when one is looked for. */
function underKey(key: string, value: unknown, walk: Walk): unknown {
  const harmless = typeof value === 'boolean' || value === null || value === '';
  return walk.isSecretKey(key) && !harmless ? REDACTED : visit(value, walk);
}

/** Header lists alternate names and values, so what follows a secret-looking name is hidden as well. */
function list(items: readonly unknown[], walk: Walk): readonly unknown[] {
  const shown = items.slice(0, MAX_ENTRIES).map((item, index) => {
    const before = items[index - 1];
    const hidden = typeof before === 'string' && typeof item === 'string' && walk.isSecretKey(before);
    return hidden ? REDACTED : (visit(item, walk) ?? null);
  });
  return items.length > MAX_ENTRIES ? [...shown, `[${items.length - MAX_ENTRIES} more]`] : shown;
}
