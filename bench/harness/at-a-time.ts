/**
 * Works through the items, so many at a time. After a failure nothing new is begun, and it is thrown when all that was
 * begun has ended: whoever takes things back then meets nobody still making some.
 */
export async function atATime<T>(
  concurrency: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = items.map((item, index) => ({ item, index }));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await work(next.item, next.index);
      } catch (error: unknown) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
}
