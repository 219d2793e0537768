import { utf8Boundary } from './utf8-boundary.js';

/** A longer line is given in pieces, so that output without line ends cannot fill the memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/** Makes lines of chunks that may end anywhere, also within a character. */
export class LineSplitter {
  #open: Buffer[] = [];
  #size = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a line has begun and not ended. */
  get midLine(): boolean {
    return this.#size > 0;
  }

  /** The lines, without their ends, that are complete with this chunk. */
  push(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      this.#add(chunk.subarray(at, end), lines);
      lines.push(this.#take());
      at = end + 1;
    }
    this.#add(chunk.subarray(at), lines);
    return lines;
  }

  /** The last line, when it has no end. */
  end(): readonly string[] {
    return this.midLine ? [this.#take()] : [];
  }

  #add(part: Buffer, lines: string[]): void {
    if (part.length === 0) return;
    this.#open.push(part);
    this.#size += part.length;
    while (this.#size > this.#maxBytes) {
      const whole = Buffer.concat(this.#open, this.#size);
      const cut = utf8Boundary(whole, this.#maxBytes) || this.#maxBytes;
      lines.push(whole.toString('utf8', 0, cut));
      this.#open = [whole.subarray(cut)];
      this.#size = whole.length - cut;
    }
  }

  #take(): string {
    const line = Buffer.concat(this.#open, this.#size).toString('utf8');
    this.#open = [];
    this.#size = 0;
    return line;
  }
}
