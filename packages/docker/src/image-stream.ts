import type { PullProgress } from './images.js';
import { jsonLines } from './json-lines.js';

/** A line of the engine's progress, moby's `jsonmessage.JSONMessage`. */
interface WireProgress {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number } | null;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** The engine reports a failure in the progress as well: the status was sent long before. */
export class ProgressError extends Error {
  override readonly name = 'ProgressError';
}

/**
 * The progress of a pull or an import. Ends when the engine has finished.
 *
 * @throws ProgressError on the engine's error line.
 */
export async function* imageProgress(chunks: AsyncIterable<Buffer>): AsyncGenerator<PullProgress> {
  for await (const value of jsonLines(chunks)) {
    const line = value as WireProgress;
    const error = line.errorDetail?.message ?? line.error;
    if (error !== undefined) throw new ProgressError(error);
    yield progressOf(line);
  }
}

function progressOf({ id, status = '', progressDetail }: WireProgress): PullProgress {
  const { current, total } = progressDetail ?? {};
  return {
    ...(id !== undefined && { id }),
    status,
    ...(current !== undefined && { current }),
    ...(total !== undefined && total > 0 && { total }),
  };
}
