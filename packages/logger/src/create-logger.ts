import { pino } from 'pino';
import { parseLogLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';
import { prettyDestination, standardOutput } from './log-destination.js';
import type { LogDestination } from './log-destination.js';
import type { Logger } from './logger.js';
import { LoggerError } from './logger-error.js';
import { maskText } from './mask-text.js';
import { sanitizeContext } from './sanitize.js';
import type { Fields } from './sanitize.js';
import { secretKeyTest } from './secret-keys.js';
import type { SecretKeyTest } from './secret-keys.js';

/** `auto` is `pretty` on a terminal and `json` elsewhere. */
export type LogFormat = 'auto' | 'json' | 'pretty';

/** How a logger writes. */
export interface LoggerOptions {
  /** Who logs; on every line. */
  readonly name: string;
  /** The least severe level written: trace, debug, info, warn, error, fatal or silent. Default `info`. */
  readonly level?: string;
  /** Default `auto`. */
  readonly format?: LogFormat;
  /** Default: standard output. */
  readonly destination?: LogDestination;
  /** Names of further keys whose values are secret; matched like the built-in ones, by the end of the key. */
  readonly redactKeys?: readonly string[];
}

type WritingLevel = Exclude<LogLevel, 'silent'>;

interface Sink {
  readonly pino: pino.Logger;
  readonly destination: LogDestination;
  readonly isSecretKey: SecretKeyTest;
}

/** Keeps pino from taking a context with `method`, `headers` and `socket` for a live HTTP request. */
interface Line {
  readonly fields: Fields;
}

const FORMATS: readonly string[] = ['auto', 'json', 'pretty'] satisfies LogFormat[];

/** Fields that pino writes; a context field of the same name gets an underscore, so that it cannot forge them. */
const RESERVED: readonly string[] = ['level', 'time', 'name', 'msg'];

/**
 * Makes a logger that writes one line per call: JSON, or text for people on a terminal. Everything goes through
 * redaction first (see the README), and no context, however odd, makes a call throw.
 *
 * @throws LoggerError `LOGGER_INVALID_LEVEL` or `LOGGER_INVALID_FORMAT`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const level = parseLogLevel(options.level ?? 'info');
  const output = options.destination ?? standardOutput();
  const destination = isPretty(options.format ?? 'auto', output) ? prettyDestination(output) : output;
  const sink: Sink = {
    pino: pino(pinoOptions(options.name, level), { write: (line) => void destination.write(line) }),
    destination,
    isSecretKey: secretKeyTest(options.redactKeys),
  };
  return loggerWith(sink, {});
}

function pinoOptions(name: string, level: LogLevel): pino.LoggerOptions {
  return {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {},
    formatters: {
      level: (label) => ({ level: label }),
      log: (line) => (line as unknown as Line).fields,
    },
  };
}

function isPretty(format: string, destination: LogDestination): boolean {
  if (!FORMATS.includes(format)) {
    const message = `Log format ${JSON.stringify(format)} does not exist; use one of ${FORMATS.join(', ')}.`;
    throw new LoggerError('LOGGER_INVALID_FORMAT', message);
  }
  return format === 'pretty' || (format === 'auto' && destination.isTTY === true);
}

function loggerWith(sink: Sink, inherited: Fields): Logger {
  const at = (level: WritingLevel) => (context: object, message: string) => {
    if (sink.pino.isLevelEnabled(level)) write(sink, level, { inherited, context, message });
  };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (context) => loggerWith(sink, { ...inherited, ...fieldsOf(sink, context) }),
    flush: () => {
      flush(sink.destination);
    },
  };
}

interface Call {
  readonly inherited: Fields;
  readonly context: object;
  readonly message: string;
}

/** A destination that fails loses the line; whoever logs goes on. */
function write(sink: Sink, level: WritingLevel, call: Call): void {
  try {
    const line: Line = { fields: { ...call.inherited, ...fieldsOf(sink, call.context) } };
    sink.pino[level](line, messageOf(call.message, sink.isSecretKey));
  } catch {
    return;
  }
}

/** Callers without types may pass anything. */
function messageOf(message: unknown, isSecretKey: SecretKeyTest): string {
  return typeof message === 'string' ? maskText(message, isSecretKey) : '';
}

function flush(destination: LogDestination): void {
  try {
    destination.flushSync?.();
  } catch {
    return;
  }
}

function fieldsOf(sink: Sink, context: object): Fields {
  const fields = sanitizeContext(context, sink.isSecretKey);
  if (!RESERVED.some((key) => key in fields)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [RESERVED.includes(key) ? `${key}_` : key, value]),
  );
}
