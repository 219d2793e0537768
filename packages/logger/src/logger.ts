/**
 * What code that logs needs, and no more, so that any logger of this shape can be passed (pino's own too).
 * The context comes first, then the message: a constant sentence, with everything variable in the context.
 */
export interface Logger {
  trace(context: object, message: string): void;
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
  fatal(context: object, message: string): void;
  /** A logger that adds this context to every line; a line's own context wins over it. */
  child(context: object): Logger;
  /** Hands over what the destination has buffered. Call it before the process exits. */
  flush(): void;
}

/** Writes nothing. For tests, and as the default of libraries that take a logger. */
export const silentLogger: Logger = {
  trace: doNothing,
  debug: doNothing,
  info: doNothing,
  warn: doNothing,
  error: doNothing,
  fatal: doNothing,
  child: () => silentLogger,
  flush: doNothing,
};

function doNothing(): void {
  // Being silent is all it does.
}
