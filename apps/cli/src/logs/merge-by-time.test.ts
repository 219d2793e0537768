import { describe, expect, it } from 'vitest';
import type { LogEntry } from './log-entry.js';
import { mergeByTime } from './merge-by-time.js';

const source = {
  id: 'x',
  slot: 'web/0',
  pod: 'web',
  index: 0,
  container: 'app',
  isRunning: true,
  createdAt: 0,
} as const;

async function* log(times: readonly string[], onEnd?: () => void): AsyncGenerator<LogEntry> {
  try {
    for (const time of times) {
      await Promise.resolve();
      yield { source, stream: 'stdout', time, text: time };
    }
  } finally {
    onEnd?.();
  }
}

async function read(logs: readonly AsyncIterable<LogEntry>[]): Promise<readonly string[]> {
  const times = [];
  for await (const { time } of mergeByTime(logs)) {
    times.push(time);
  }
  return times;
}

describe('mergeByTime', () => {
  it('orders the lines of all', async () => {
    expect(await read([log(['1', '4']), log([]), log(['2', '3', '5'])])).toEqual(['1', '2', '3', '4', '5']);
    expect(await read([])).toEqual([]);
  });

  it('ends every log when its reader does', async () => {
    const ended: string[] = [];
    const merged = mergeByTime([log(['1', '3'], () => ended.push('a')), log(['2'], () => ended.push('b'))]);
    await merged.next();
    await merged.return(undefined);
    expect(ended.sort()).toEqual(['a', 'b']);
  });
});
