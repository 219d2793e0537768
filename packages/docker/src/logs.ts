import type { CallOptions } from './call-options.js';

/** One line that a container printed. */
export interface LogLine {
  /** Always `stdout` for a container with a terminal. */
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds; only when timestamps were asked for. */
  readonly time?: string;
  /** Without the line end. */
  readonly text: string;
}

/** Which part of the output to read. */
export interface LogOptions extends CallOptions {
  /** Go on with what comes until the container ends. Default false. */
  readonly follow?: boolean;
  /** Only so many of the last lines. Default: all. */
  readonly tail?: number;
  /** Only what was printed since. */
  readonly since?: Date;
  /** Fill in `time`. Default false. */
  readonly timestamps?: boolean;
}
