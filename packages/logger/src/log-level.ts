import { LoggerError } from './logger-error.js';

/** All levels, from the most talkative; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The least severe level that is written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Reads a level from a setting such as `LOG_LEVEL`; case and surrounding space do not matter.
 *
 * @throws LoggerError `LOGGER_INVALID_LEVEL`, listing the levels.
 */
export function parseLogLevel(text: string): LogLevel {
  const wanted = text.trim().toLowerCase();
  const level = LOG_LEVELS.find((candidate) => candidate === wanted);
  if (level !== undefined) return level;
  throw new LoggerError(
    'LOGGER_INVALID_LEVEL',
    `Log level ${JSON.stringify(text)} does not exist; use one of ${LOG_LEVELS.join(', ')}.`,
  );
}
