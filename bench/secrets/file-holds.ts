import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How long to wait. */
export interface FileWait {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Waits until a file holds a text, told by the kernel (inotify) of what happens in its folder; gives the time when it was
 * read there, in milliseconds since the epoch.
 */
export async function fileHolds(
  path: string,
  text: string,
  { signal, timeoutMs }: FileWait,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      watcher.close();
      clearTimeout(timer);
      signal.removeEventListener('abort', fail);
    };
    const fail = (): void => {
      stop();
      reject(
        signal.aborted ? asError(signal.reason) : new Error(`${path} was not given its content in time.`),
      );
    };
    const look = async (): Promise<void> => {
      // Absent for a moment is not absent for good.
      if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) return;
      stop();
      resolve(Date.now());
    };
    const watcher = watch(dirname(path), () => void look());
    watcher.on('error', fail);
    const timer = setTimeout(fail, timeoutMs);
    signal.addEventListener('abort', fail);
    if (signal.aborted) fail();
    else void look();
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
