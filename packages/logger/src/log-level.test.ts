import { expect, it } from 'vitest';
import { LOG_LEVELS, parseLogLevel } from './log-level.js';
import { LOGGER_ERRORS, LoggerError, isLoggerError } from './logger-error.js';

it.each(LOG_LEVELS)('reads %s in any case', (level) => {
  expect(parseLogLevel(` ${level.toUpperCase()} `)).toBe(level);
});

it.each(['', 'verbose', 'toString', '30'])('refuses %j, listing the levels', (text) => {
  try {
    parseLogLevel(text);
    expect.unreachable();
  } catch (error: unknown) {
    expect(error).toSatisfy(isLoggerError);
    expect(error).toMatchObject({ code: 'LOGGER_INVALID_LEVEL', retryable: false });
    expect((error as Error).message).toContain('use one of trace, debug, info, warn, error, fatal, silent.');
  }
});

it('recognises errors by name and code', () => {
  const foreign = Object.assign(new Error('x'), { name: 'LoggerError', code: 'LOGGER_INVALID_FORMAT' });
  expect(isLoggerError(foreign)).toBe(true);
  expect(isLoggerError(Object.assign(new Error('x'), { name: 'LoggerError', code: 'OTHER' }))).toBe(false);
  expect(isLoggerError(new LoggerError('LOGGER_INVALID_LEVEL', 'x'))).toBe(true);
  expect(Object.keys(LOGGER_ERRORS)).toHaveLength(2);
});
