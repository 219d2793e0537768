/** A stretch of time, its end not included. Milliseconds since the epoch. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same time in order, without empty intervals, and with those that touch made one. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.filter(isSome).sort((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    if (last === undefined || last.toMs < next.fromMs) merged.push(next);
    else merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) };
  }
  return merged;
}

/** The time that is in both. */
export function intersection(ones: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  const common = ones.flatMap((one) =>
    others.map((other) => ({
      fromMs: Math.max(one.fromMs, other.fromMs),
      toMs: Math.min(one.toMs, other.toMs),
    })),
  );
  return union(common);
}

/** The time of `from` that is not in `what`. */
export function difference(from: readonly Interval[], what: readonly Interval[]): readonly Interval[] {
  let rest = union(from);
  for (const hole of union(what)) {
    rest = rest.flatMap((interval) =>
      [
        { fromMs: interval.fromMs, toMs: Math.min(interval.toMs, hole.fromMs) },
        { fromMs: Math.max(interval.fromMs, hole.toMs), toMs: interval.toMs },
      ].filter(isSome),
    );
  }
  return rest;
}

/** Length in milliseconds; time that is in several of them counts once. */
export function lengthMs(intervals: readonly Interval[]): number {
  return union(intervals).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

function isSome({ fromMs, toMs }: Interval): boolean {
  return toMs > fromMs;
}
