import { createRequire } from 'node:module';
import type * as pinoPretty from 'pino-pretty';
import { pino } from 'pino';

/** Where lines go: `process.stdout`, `process.stderr`, a file stream, or any object with a `write`. */
export interface LogDestination {
  /** Takes one line, its line feed included. */
  write(line: string): unknown;
  /** Whether it is a terminal; decides the format `auto`. */
  readonly isTTY?: boolean | undefined;
  /** Whether the terminal shows colours. Default: none. */
  hasColors?(): boolean;
  /** Hands over what it has buffered. */
  flushSync?(): void;
}

/** Standard output, written at once; a reader that went away is no error. */
export function standardOutput(): LogDestination {
  const output = pino.destination({ dest: 1, sync: true });
  return {
    write: (line) => output.write(line),
    isTTY: process.stdout.isTTY,
    hasColors: () => process.stdout.isTTY && process.stdout.hasColors(),
    flushSync: () => {
      output.flushSync();
    },
  };
}

/** Formats lines for people on their way to a destination. In this thread, so a crash loses no line. */
export function prettyDestination(destination: LogDestination): LogDestination {
  const format = loadPretty().prettyFactory({
    colorize: destination.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss.l',
    errorLikeObjectKeys: ['error', 'cause'],
  });
  return {
    write: (line) => destination.write(format(line)),
    flushSync: () => destination.flushSync?.(),
  };
}

/** Loaded when first needed: a service that writes JSON never pays for it. */
function loadPretty(): typeof pinoPretty {
  return createRequire(import.meta.url)('pino-pretty') as typeof pinoPretty;
}
