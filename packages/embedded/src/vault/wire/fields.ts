import { parseSeconds } from './durations.js';
import type { JsonObject } from './vault-call.js';
import { badRequest, type VaultFault } from './vault-fault.js';

/** A string, or a number or truth value written as one. `undefined` when the field is not there. */
export function textField(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(name, 'a string');
}

/** A string that must be there and not empty. */
export function requiredText(body: JsonObject, name: string): string {
  const value = textField(body, name) ?? '';
  if (value === '') throw badRequest(`missing ${name}`);
  return value;
}

/** A list of strings, or one string that separates them by commas. Empty parts are dropped. */
export function listField(body: JsonObject, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const parts: readonly unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [0];
  return parts
    .map((part) => {
      if (typeof part !== 'string') throw wrong(name, 'a list of strings');
      return part.trim();
    })
    .filter((part) => part !== '');
}

/** A list of statements: never split, as they contain commas and semicolons of their own. */
export function statementsField(body: JsonObject, name: string): readonly string[] | undefined {
  const value = body[name];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? listField(body, name) : undefined;
}

/** Whole seconds, from any form of a duration; never negative. */
export function secondsField(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const seconds = parseSeconds(value);
  if (seconds === undefined || seconds < 0)
    throw wrong(name, 'a duration such as 30s, 1h or a number of seconds');
  return seconds;
}

/** A whole number that is not negative. */
export function countField(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const count = typeof value === 'string' ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) throw wrong(name, 'a whole number');
  return count;
}

/** A truth value. */
export function flagField(body: JsonObject, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === '1' || value === 1) return true;
  if (value === 'false' || value === '0' || value === 0) return false;
  throw wrong(name, 'true or false');
}

/** An object. */
export function objectField(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrong(name, 'an object');
  return value;
}

/** True for a JSON object, false for lists, `null` and everything else. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refuses fields whose being ignored would grant more than was asked for. */
export function refuseFields(body: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    const value = body[name];
    const empty = value === undefined || value === null || value === '' || value === false || value === 0;
    if (empty || (Array.isArray(value) && value.length === 0)) continue;
    throw badRequest(
      `field ${JSON.stringify(name)} is not provided by the embedded server: use a real Vault if you need it`,
    );
  }
}

/** The value is left out on purpose: it may be a secret. */
function wrong(name: string, wanted: string): VaultFault {
  return badRequest(`field validation failed: ${JSON.stringify(name)} is not ${wanted}`);
}
