/** How {@link mergeWakeUps} ends and beats. */
export interface MergeOptions {
  readonly signal: AbortSignal;
  /** Also wakes when nothing has for so long. */
  readonly idleMs: number;
}

/**
 * One wake-up for any number of them from any source since the last one was taken, and one at once.
 * Ends with the signal. Throws what a source throws.
 */
export async function* mergeWakeUps(
  sources: readonly AsyncIterable<unknown>[],
  { signal, idleMs }: MergeOptions,
): AsyncGenerator<void, void, undefined> {
  const bell = new Bell();
  const ring = (): void => {
    bell.ring();
  };
  const failures: unknown[] = [];
  const readers = sources.map(async (source) => {
    try {
      await forEach(source, ring);
    } catch (error) {
      failures.push(error);
      ring();
    }
  });
  signal.addEventListener('abort', ring, { once: true });
  while (!signal.aborted) {
    if (failures.length > 0) {
      throw failures[0] as Error;
    }
    yield;
    await bell.rung(idleMs);
  }
  await Promise.all(readers);
}

async function forEach(source: AsyncIterable<unknown>, action: () => void): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true) {
    action();
  }
}

/** Remembers that it was rung until somebody asks. */
class Bell {
  #isRung = false;
  #answer = (): void => undefined;

  ring(): void {
    this.#isRung = true;
    this.#answer();
  }

  /** Resolves when it is rung, or was since the last time; or after so many milliseconds. */
  async rung(timeoutMs: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
  }
}
