import { z } from 'zod';

import { LIMITS } from '../limits.js';
import { anyText } from './text.js';

/** A list; absent means empty. */
export function list<Item extends z.ZodType>(
  item: Item,
  most: number = LIMITS.entries,
): z.ZodPrefault<z.ZodArray<Item>> {
  return atMost(z.array(item), most).prefault([]);
}

/** A list with at least one entry. */
export function filledList<Item extends z.ZodType>(
  item: Item,
  most: number = LIMITS.entries,
): z.ZodArray<Item> {
  return atMost(z.array(item), most).min(1, { error: 'expected at least one entry, found an empty list' });
}

/** A map from names to values; absent means empty. */
export function map<Value extends z.ZodType>(
  key: z.ZodString,
  value: Value,
): z.ZodPrefault<z.ZodRecord<z.ZodString, Value>> {
  return z.record(key, value).prefault({});
}

/** A program and its arguments. */
export function command(): z.ZodArray<z.ZodString> {
  return filledList(anyText());
}

function atMost<Item extends z.ZodType>(array: z.ZodArray<Item>, most: number): z.ZodArray<Item> {
  return array.max(most, {
    error: (issue) => `expected at most ${most} entries, found ${(issue.input as unknown[]).length}`,
  });
}
