import { FilterError } from './filter-error.js';

/** Where in a record to look: `Meta.owner` is `['Meta', 'owner']`. */
export type Selector = readonly string[];

/** What an expression says of one record. */
export type Matcher = (record: object) => boolean;

/** `selector == value`. A key that a map does not have equals nothing. */
export function equals(selector: Selector, value: string): Matcher {
  return (record) => {
    const found = lookUp(record, selector);
    return found !== undefined && sameScalar(found, { value, selector });
  };
}

/** `value in selector`: an element of a list, a key of a map, or a part of a text. */
export function contains(selector: Selector, value: string): Matcher {
  return (record) => {
    const found = lookUp(record, selector);
    if (Array.isArray(found)) return found.includes(value);
    if (typeof found === 'string') return found.includes(value);
    if (isMap(found)) return Object.hasOwn(found, value);
    if (found === undefined) return false;
    throw new FilterError(`Invalid match operator "In" for selector "${selector.join('.')}"`);
  };
}

/** `selector is empty`, for lists and maps. */
export function isEmpty(selector: Selector): Matcher {
  return (record) => {
    const found = lookUp(record, selector);
    if (Array.isArray(found)) return found.length === 0;
    if (isMap(found)) return Object.keys(found).length === 0;
    if (found === undefined && selector.length === 1) return true;
    throw new FilterError(`Invalid match operator "Is Empty" for selector "${selector.join('.')}"`);
  };
}

/** `selector matches expression`. */
export function matchesPattern(selector: Selector, source: string): Matcher {
  const pattern = compile(source);
  return (record) => {
    const found = lookUp(record, selector);
    return typeof found === 'string' && pattern.test(found);
  };
}

function compile(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new FilterError(`Failed to compile regular expression ${JSON.stringify(source)}`);
  }
}

/** The value at a selector; `undefined` for an absent map key. A field that the records do not have is an error. */
function lookUp(record: object, selector: Selector): unknown {
  const [field] = selector;
  if (field === undefined || !(field in record))
    throw new FilterError(`Selector "${selector.join('.')}" is not valid`);
  let found: unknown = record;
  for (const step of selector) found = isMap(found) ? found[step] : undefined;
  return found;
}

function sameScalar(
  found: unknown,
  wanted: { readonly value: string; readonly selector: Selector },
): boolean {
  const { value, selector } = wanted;
  if (typeof found === 'string') return found === value;
  if (typeof found === 'number' && /^-?\d+(?:\.\d+)?$/.test(value)) return found === Number(value);
  if (typeof found === 'boolean' && /^(?:true|false)$/i.test(value))
    return String(found) === value.toLowerCase();
  throw new FilterError(
    `Failed to coerce value ${JSON.stringify(value)} for selector "${selector.join('.')}"`,
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
