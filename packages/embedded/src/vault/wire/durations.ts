import { parseGoDuration } from '../../wire/go-duration.js';

const DAY_SEC = 86_400;

/**
 * Whole seconds of what Vault takes for a duration: a number of seconds, digits alone, a Go duration such as `1h30m`,
 * or days (`30d`). `undefined` when it is none of these.
 */
export function parseSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  if (typeof value !== 'string') return undefined;
  if (value === '') return 0;
  if (/^-?\d+$/.test(value)) return Number(value);
  const days = /^(\d+)d$/.exec(value);
  if (days !== null) return Number(days[1]) * DAY_SEC;
  const nanoseconds = parseGoDuration(value);
  return nanoseconds === undefined ? undefined : Math.trunc(nanoseconds / 1e9);
}

/** Seconds as Vault writes them in warnings: `24h`, `1h30m`, `5s`. */
export function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  const text = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
  return text === '' ? '0s' : text;
}

/** A moment as Vault shows it (RFC 3339). */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
