/** `512Mi`, `1.5Gi`, `100MB`, `64k`, `2048`. */
export const SIZE_PATTERN = /^\d+(?:\.\d+)? ?(?:B|[kK]i?B?|[MGT]i?B?)?$/;

const DECIMAL = 1000;
const BINARY = 1024;
const POWERS = ['k', 'm', 'g', 't'];

/**
 * Bytes in a size such as `"512Mi"`: `k`, `M`, `G` and `T` are powers of 1000 (as in SI), `Ki`, `Mi`, `Gi` and
 * `Ti` of 1024 (IEC 80000-13); a `B` at the end changes nothing, no unit means bytes.
 * Undefined when it is not a size or not a whole number of bytes.
 */
export function parseSize(text: string): number | undefined {
  if (!SIZE_PATTERN.test(text)) return undefined;
  const amount = Number.parseFloat(text);
  const unit = text.replace(/^[\d.\s]+/, '').toLowerCase();
  const base = unit.includes('i') ? BINARY : DECIMAL;
  const bytes = amount * base ** (POWERS.indexOf(unit.charAt(0)) + 1);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
