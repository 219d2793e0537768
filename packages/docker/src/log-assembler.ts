import { Demultiplexer } from './demultiplexer.js';
import type { Frame } from './demultiplexer.js';
import { LineSplitter } from './line-splitter.js';
import type { LogLine } from './logs.js';

/** How the engine sends this container's output. */
export interface LogFormat {
  /** With a terminal there is one stream, sent as it is. */
  readonly tty: boolean;
  readonly timestamps: boolean;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /;
const LONGEST_TIMESTAMP = 40;

/** Makes log lines of the chunks of a log request. */
export class LogAssembler {
  readonly #format: LogFormat;
  readonly #demultiplexer = new Demultiplexer();
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };

  constructor(format: LogFormat) {
    this.#format = format;
  }

  /** The lines that are complete with this chunk. */
  push(chunk: Buffer): readonly LogLine[] {
    if (this.#format.tty) return this.#lines('stdout', this.#splitters.stdout.push(chunk));
    return this.#demultiplexer.push(chunk).flatMap((frame) => this.#frame(frame));
  }

  /** Lines that have no end. */
  end(): readonly LogLine[] {
    const { stdout, stderr } = this.#splitters;
    return [...this.#lines('stdout', stdout.end()), ...this.#lines('stderr', stderr.end())];
  }

  /**
   * The engine keeps long lines in pieces of 16 kB, sends each as a frame and stamps each: only the first stamp is the
   * line's.
   */
  #frame({ stream, payload }: Frame): readonly LogLine[] {
    const splitter = this.#splitters[stream];
    const stamped = this.#format.timestamps && splitter.midLine;
    const bytes = stamped ? payload.subarray(timestampLength(payload)) : payload;
    return this.#lines(stream, splitter.push(bytes));
  }

  #lines(stream: LogLine['stream'], texts: readonly string[]): readonly LogLine[] {
    return texts.map((text) => {
      const line = this.#format.tty ? text.replace(/\r$/, '') : text;
      const stamp = this.#format.timestamps ? (TIMESTAMP.exec(line)?.[0] ?? '') : '';
      if (stamp === '') return { stream, text: line };
      return { stream, time: stamp.trimEnd(), text: line.slice(stamp.length) };
    });
  }
}

function timestampLength(payload: Buffer): number {
  return TIMESTAMP.exec(payload.toString('latin1', 0, LONGEST_TIMESTAMP))?.[0].length ?? 0;
}
