const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time span in milliseconds, in its largest unit of which there are at least two: `45s`, `7m`, `3h`, `12d`. */
export function formatAge(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 2 * MINUTE) {
    return `${Math.floor(span / SECOND)}s`;
  }
  if (span < 2 * HOUR) {
    return `${Math.floor(span / MINUTE)}m`;
  }
  return span < 2 * DAY ? `${Math.floor(span / HOUR)}h` : `${Math.floor(span / DAY)}d`;
}
