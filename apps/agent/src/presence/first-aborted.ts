/**
 * Resolves when any of the signals aborts. Not by `AbortSignal.any`: in Node 20 what it returns may be collected while it
 * is waited for.
 */
export async function firstAborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  const done = new AbortController();
  await new Promise<void>((resolve) => {
    for (const signal of signals) {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true, signal: done.signal },
      );
    }
  });
  done.abort();
}
