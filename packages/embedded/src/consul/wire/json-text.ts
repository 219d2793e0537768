import { onceFor } from './once-for.js';

/**
 * JSON as Consul writes it: compact, or indented by four spaces. A bigint under `Flags` (an unsigned 64-bit
 * number in Consul) is written as a plain number, which JSON.stringify cannot do by itself.
 */
export function jsonText(value: unknown, pretty: boolean): string {
  return pretty ? `${stringify(value, 4)}\n` : stringify(value);
}

/** Compact JSON of what many are answered with, and what never changes: written once. */
export const sharedJsonText = onceFor((value: object) => stringify(value));

function stringify(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    // There is a bigint in it, or something worse.
    if (!(error instanceof TypeError)) throw error;
    const text = JSON.stringify(value, replaceBigint, indent);
    return text.replaceAll(/"Flags":( ?)"(\d+)"/g, '"Flags":$1$2');
  }
}

function replaceBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
