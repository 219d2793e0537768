import type { AttributeKind } from '../attributes.js';
import { normaliseArchitecture } from '../architecture.js';
import { parseBytes } from '../bytes.js';

/**
 * A value in the form in which values of this kind are compared; undefined when it is not of the kind. Numbers may be
 * written as text, sizes with units. Text compares with anything as it is written, since labels are text: `true` with "true".
 */
export function comparable(kind: AttributeKind, value: unknown): string | number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  if (kind === 'text') return String(value);
  if (kind === 'architecture') return normaliseArchitecture(String(value));
  if (typeof value === 'boolean') return undefined;
  return kind === 'bytes' ? numberWithUnit(value) : plainNumber(value);
}

/** A number, text that is one, or a size such as `8Gi`; undefined for anything else. */
export function numberWithUnit(value: unknown): number | undefined {
  return plainNumber(value) ?? (typeof value === 'string' ? parseBytes(value) : undefined);
}

function plainNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(value)) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Says that a constraint's value is not of the attribute's kind. */
export function mismatch(kind: AttributeKind, value: unknown): string {
  const given = value === undefined ? 'no value is given' : `${JSON.stringify(value)} is not`;
  const expected = { text: 'text', number: 'a number', bytes: 'a number of bytes', architecture: 'text' }[
    kind
  ];
  return `the attribute is ${expected}, ${given}`;
}
