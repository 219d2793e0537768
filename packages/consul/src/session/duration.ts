const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** A duration as Consul reads it (Go's `time.ParseDuration`). */
export function formatDuration(ms: number): string {
  return `${Math.round(ms)}ms`;
}

/** Milliseconds of a Go duration such as `1m30s`, `10000ms`; undefined when it is none, or empty. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const matched = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || matched !== text.length) return undefined;
  return parts.reduce((sum, [, amount = '0', unit = 'ms']) => sum + Number(amount) * (UNIT_MS[unit] ?? 0), 0);
}
