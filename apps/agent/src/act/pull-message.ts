import type { PullProgress } from '@raftainer/docker';

const MIN_INTERVAL_MS = 2_000;

/** Turns the stream of a pull into a message now and then: bytes done of bytes known, over all layers. */
export function pullMessage(
  image: string,
  report: (message: string) => void,
): (progress: PullProgress) => void {
  const layers = new Map<string, { readonly current: number; readonly total: number }>();
  let reportedAt = -Infinity;
  return ({ id, current, total }) => {
    if (id !== undefined && current !== undefined && total !== undefined) layers.set(id, { current, total });
    if (performance.now() - reportedAt < MIN_INTERVAL_MS) return;
    reportedAt = performance.now();
    const sum = (pick: 'current' | 'total'): number =>
      [...layers.values()].reduce((all, layer) => all + layer[pick], 0);
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
    report(`pulling ${image}: ${megabytes(sum('current'))} of ${megabytes(sum('total'))} MB`);
  };
}
