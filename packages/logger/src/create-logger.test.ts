import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import type { LoggerOptions } from './create-logger.js';
import { silentLogger } from './logger.js';
import type { Logger } from './logger.js';

interface Captured {
  readonly lines: string[];
  readonly logger: Logger;
}

function capture(options: Partial<LoggerOptions> = {}, isTTY = false): Captured {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line), isTTY };
  return { lines, logger: createLogger({ name: 'test', destination, ...options }) };
}

function parsed(captured: Captured): Record<string, unknown>[] {
  return captured.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('JSON', () => {
  it('is one object a line with time, level, name, context and message', () => {
    const captured = capture();
    captured.logger.info({ pod: 'web', index: 0 }, 'slot started');
    expect(captured.lines).toHaveLength(1);
    expect(captured.lines[0]).toMatch(/^\{.*\}\n$/);
    const [line] = parsed(captured);
    expect(line).toEqual({
      level: 'info',
      time: line?.time,
      name: 'test',
      pod: 'web',
      index: 0,
      msg: 'slot started',
    });
    expect(new Date(line?.time as string).getTime()).toBeGreaterThan(1e12);
  });

  it('writes the level and everything above it', () => {
    const captured = capture({ level: 'WARN' });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      captured.logger[level]({}, level);
    expect(parsed(captured).map((line) => line.level)).toEqual(['warn', 'error', 'fatal']);
  });

  it('writes nothing at the level silent, and does not look at the context then', () => {
    const captured = capture({ level: 'silent' });
    let looked = false;
    captured.logger.fatal(
      {
        get a() {
          looked = true;
          return 1;
        },
      },
      'x',
    );
    expect([captured.lines.length, looked]).toEqual([0, false]);
  });

  it('adds the context of a child to every line; the nearest wins, once', () => {
    const captured = capture();
    const child = captured.logger.child({ pod: 'web', host: 'a' }).child({ index: 1, token: 'abc' });
    child.info({ host: 'b' }, 'x');
    expect(parsed(captured)[0]).toMatchObject({ pod: 'web', index: 1, host: 'b', token: '[redacted]' });
    expect(captured.lines[0]?.match(/"host"/g)).toHaveLength(1);
    captured.logger.info({}, 'parent');
    expect(parsed(captured)[1]).not.toHaveProperty('pod');
  });

  it('does not let a context forge the level, time, name or message', () => {
    const captured = capture();
    captured.logger.info({ level: 'fatal', time: 0, name: 'other', msg: 'm' }, 'real');
    expect(parsed(captured)[0]).toMatchObject({
      level: 'info',
      name: 'test',
      msg: 'real',
      level_: 'fatal',
      name_: 'other',
      msg_: 'm',
      time_: 0,
    });
  });

  it('redacts context and message, with further keys where asked', () => {
    const captured = capture({ redactKeys: ['licence'] });
    captured.logger.warn(
      { password: 'abc', licence: 'abc', error: new Error('Bearer abc') },
      'Bearer abc, licence=abc',
    );
    expect(captured.lines[0]).not.toContain('abc');
    expect(parsed(captured)[0]).toMatchObject({ msg: 'Bearer [redacted], licence=[redacted]' });
  });

  it('takes a context that looks like an HTTP request for what it is', () => {
    const captured = capture();
    captured.logger.info({ method: 'GET', headers: { cookie: 'abc' }, socket: { a: 1 } }, '100%% %s');
    expect(parsed(captured)[0]).toMatchObject({
      method: 'GET',
      headers: { cookie: '[redacted]' },
      msg: '100%% %s',
    });
  });

  it('survives callers without types and a destination that fails', () => {
    const captured = capture();
    const untyped = captured.logger as unknown as Record<'info', (...args: unknown[]) => void>;
    untyped.info('only text');
    untyped.info(null, 5);
    untyped.info();
    expect(parsed(captured)).toHaveLength(3);
    const broken = createLogger({
      name: 'x',
      destination: {
        write: () => {
          throw new Error('EPIPE');
        },
        flushSync: () => {
          throw new Error('EPIPE');
        },
      },
    });
    broken.error({}, 'lost');
    broken.flush();
  });

  it('flushes the destination', () => {
    let flushed = 0;
    const destination = {
      write: () => true,
      flushSync: () => {
        flushed += 1;
      },
    };
    createLogger({ name: 'x', destination }).child({}).flush();
    createLogger({ name: 'x', destination, format: 'pretty' }).flush();
    expect(flushed).toBe(2);
  });
});

describe('pretty', () => {
  it('is for terminals, and is text', () => {
    const captured = capture({}, true);
    captured.logger.warn({ pod: 'web', error: new Error('boom', { cause: new Error('root') }) }, 'it failed');
    const text = captured.lines.join('');
    expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN \(test\): it failed\n/);
    expect(text).toContain('pod: "web"');
    expect(text).toContain('boom');
    expect(text).toContain('root');
    expect(text).not.toContain('\u001b');
  });

  it('has colours where the terminal shows them', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line), isTTY: true, hasColors: () => true };
    createLogger({ name: 'x', destination }).info({}, 'hello');
    expect(lines.join('')).toContain('\u001b[');
  });

  it('cannot be tricked into writing escape sequences', () => {
    const captured = capture({ format: 'pretty' });
    captured.logger.info({ text: '\u001b[2J', ['\u001b[1m']: 1 }, 'a\u001b[2J');
    expect(captured.lines.join('')).not.toContain('\u001b');
  });

  it('and JSON can each be asked for', () => {
    const json = capture({ format: 'json' }, true);
    json.logger.info({}, 'x');
    expect(parsed(json)).toHaveLength(1);
    const pretty = capture({ format: 'pretty' }, false);
    pretty.logger.info({}, 'x');
    expect(pretty.lines[0]).toContain('INFO (test): x');
  });
});

it('refuses a level or a format that does not exist', () => {
  expect(() => capture({ level: 'loud' })).toThrow(
    'Log level "loud" does not exist; use one of trace, debug',
  );
  expect(() => capture({ format: 'xml' as 'json' })).toThrow(
    'Log format "xml" does not exist; use one of auto, json, pretty.',
  );
});

it('has an interface that pino itself satisfies, and a silent form', () => {
  const usePino: Logger = pino({ level: 'silent' });
  usePino.info({}, 'x');
  silentLogger.child({}).fatal({}, 'x');
  silentLogger.flush();
  expect(silentLogger.child({})).toBe(silentLogger);
});

it('puts the context before the message by type', () => {
  const misuse = (logger: Logger): void => {
    // @ts-expect-error a message alone is not a context
    logger.info('text');
    // @ts-expect-error the message comes last
    logger.info('text', {});
  };
  expect(misuse).toBeTypeOf('function');
});
