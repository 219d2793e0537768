import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** How old the content of a file may be before it is read again. */
const FRESH_MS = 500;

/**
 * A file that others replace while the program runs. Its content is read again and not its times and numbers compared: that
 * sees every way of replacing it (written over, renamed, a folder's link swapped), and costs no more for so few bytes. A file
 * that cannot be read or is empty at the moment is one that is being replaced: what it said last stays.
 */
export class CredentialFile {
  readonly #path: string;
  #content: Buffer | undefined;
  #readAt = -Infinity;

  /** `known` counts until the file could be read. */
  constructor(path: string, known?: string | Buffer) {
    this.#path = path;
    this.#content = known === undefined ? undefined : Buffer.from(known);
  }

  /** The content, at most so many milliseconds old; the very same buffer while it says the same. */
  read(maxAgeMs = FRESH_MS): Buffer | undefined {
    const now = performance.now();
    if (now - this.#readAt < maxAgeMs) return this.#content;
    this.#readAt = now;
    const content = contentOf(this.#path);
    if (content !== undefined && this.#content?.equals(content) !== true) this.#content = content;
    return this.#content;
  }
}

function contentOf(path: string): Buffer | undefined {
  try {
    const content = readFileSync(path);
    return content.toString('latin1').trim() === '' ? undefined : content;
  } catch {
    return undefined;
  }
}
