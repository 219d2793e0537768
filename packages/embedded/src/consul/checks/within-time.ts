/**
 * Does something that ends when `parent` aborts or the time is over. With a timer of its own: what
 * `AbortSignal.any` makes of `AbortSignal.timeout` never aborts once the latter is garbage collected (seen in Node 20).
 */
export async function withinTime<T>(
  timeoutMs: number,
  parent: AbortSignal,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const end = (): void => {
    deadline.abort();
  };
  if (parent.aborted) end();
  parent.addEventListener('abort', end);
  const timer = setTimeout(end, timeoutMs);
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
    parent.removeEventListener('abort', end);
  }
}
