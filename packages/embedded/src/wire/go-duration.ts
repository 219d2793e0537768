const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const WHOLE = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** Nanoseconds of a Go duration such as `1m30s` or `-0.5h` (Go's `time.ParseDuration`); `undefined` if it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_NS[unit ?? ''] ?? 0);
  return Math.round(text.startsWith('-') ? -total : total);
}

/** Go's message for a text that {@link parseGoDuration} refuses. */
export function durationProblem(text: string): string {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text))
    return `time: missing unit in duration ${JSON.stringify(text)}`;
  return `time: invalid duration ${JSON.stringify(text)}`;
}
