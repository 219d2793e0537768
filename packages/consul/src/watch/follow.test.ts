import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answer, startFakeServer, wireEntry } from '../../test/fake-server.js';
import type { FakeHandler } from '../../test/fake-server.js';
import type { ConsulClient } from '../consul-client.js';
import type { ConsulError } from '../consul-error.js';
import { createConsul } from '../create-consul.js';
import type { WatchOptions } from './watch.js';

interface Watched {
  readonly consul: ConsulClient;
  readonly urls: () => readonly string[];
  readonly errors: readonly ConsulError[];
  /** `index:value` of the first so many updates of the key k. */
  readonly take: (count: number) => Promise<readonly string[]>;
  readonly stop: () => void;
  /** `index:value` of everything until `stop()`. */
  readonly all: Promise<readonly string[]>;
}

async function watch(handler: FakeHandler, options: WatchOptions = {}): Promise<Watched> {
  const server = await startFakeServer(handler);
  const consul = createConsul({ port: server.port, timeoutMs: 2_000 });
  const abort = new AbortController();
  const errors: ConsulError[] = [];
  const seen: string[] = [];
  onTestFinished(() => {
    consul.close();
  });
  const all = (async () => {
    const settings = {
      backoff: { initialMs: 1, maxMs: 5 },
      onError: (error: ConsulError) => errors.push(error),
    };
    for await (const { index, value } of consul.watchKey('k', {
      ...settings,
      ...options,
      signal: abort.signal,
    })) {
      seen.push(`${String(index)}:${value?.value ?? 'none'}`);
    }
    return seen;
  })();
  const take = async (count: number): Promise<readonly string[]> => {
    const deadline = performance.now() + 8_000;
    while (seen.length < count && performance.now() < deadline) await sleep(5);
    return seen.slice(0, count);
  };
  return {
    consul,
    urls: () => server.requests.map(({ url }) => url ?? ''),
    errors,
    take,
    all,
    stop: () => {
      abort.abort();
    },
  };
}

const indexIn = (url: string | undefined): number => Number(/index=(\d+)/.exec(url ?? '')?.[1]);

describe('a watch', { timeout: 20_000 }, () => {
  it('reads at once, then blocks on the index it saw', async () => {
    const { take, urls, stop, all } = await watch((_, response, count) => {
      if (count <= 3) answer(response, [wireEntry('k', `v${String(count)}`, count * 10)], count * 10);
    });
    expect(await take(3)).toEqual(['10:v1', '20:v2', '30:v3']);
    await vi.waitFor(() => {
      expect(urls().map(indexIn)).toEqual([0, 10, 20, 30]);
    }, 8_000);
    stop();
    expect(await all).toHaveLength(3);
    expect(urls()[1]).toContain('wait=300000ms');
  });

  it('does not flood a server that always answers at once with the same index', async () => {
    const { urls, stop, all } = await watch((_, response) => {
      answer(response, [wireEntry('k', 'v', 7)], 7);
    });
    await sleep(1_000);
    stop();
    expect(await all).toEqual(['7:v']);
    // 20, 20, 20, 40, 80, 160, 320, 640 ms: far from the thousands that an unlimited loop makes.
    expect(urls().length).toBeLessThan(15);
    expect(urls().length).toBeGreaterThan(3);
  });

  it('keeps to the rate when the index moves with every answer', async () => {
    const { urls, stop, all } = await watch(
      (_, response, count) => {
        answer(response, [wireEntry('k', String(count), count)], count);
      },
      { minIntervalMs: 100 },
    );
    await sleep(1_000);
    stop();
    await all;
    expect(urls().length).toBeLessThanOrEqual(12);
  });

  it('starts over when the index falls, and yields the state once', async () => {
    const indexes = [50, 60, 5, 5, 6];
    const { take, urls, stop, all } = await watch((_, response, count) => {
      const index = indexes[count - 1];
      if (index !== undefined) answer(response, [wireEntry('k', String(index), index)], index);
    });
    expect(await take(4)).toEqual(['50:50', '60:60', '5:5', '6:6']);
    await vi.waitFor(() => {
      expect(urls().map(indexIn)).toEqual([0, 50, 60, 0, 5, 6]);
    }, 8_000);
    stop();
    expect(await all).toHaveLength(4);
  });

  it('looks again from the start when a wait ends early without news: a snapshot may have been restored under it', async () => {
    const indexes = [50, 50, 40, 40];
    const { take, urls, stop, all } = await watch((_, response, count) => {
      const index = indexes[count - 1];
      if (index !== undefined) answer(response, [wireEntry('k', String(index), index)], index);
    });
    expect(await take(2)).toEqual(['50:50', '40:40']);
    await vi.waitFor(() => {
      expect(urls().map(indexIn)).toEqual([0, 50, 0, 0, 40]);
    }, 8_000);
    stop();
    await all;
  });

  it('looks again from the start after a failure, and tells what is there: who answers may have another history', async () => {
    const { take, urls, stop, all } = await watch((_, response, count) => {
      if (count === 1) answer(response, [wireEntry('k', 'v', 50)], 50);
      else if (count === 2) response.writeHead(500).end();
      else if (count === 3) answer(response, [wireEntry('k', 'v', 50)], 50);
    });
    expect(await take(2)).toEqual(['50:v', '50:v']);
    await vi.waitFor(() => {
      expect(urls().map(indexIn)).toEqual([0, 50, 0, 50]);
    }, 8_000);
    stop();
    await all;
  });

  it('never blocks on 0: that would be no blocking at all', async () => {
    const { take, urls, stop, all } = await watch((_, response, count) => {
      if (count <= 2) answer(response, [wireEntry('k', 'v', 3)], count === 1 ? 0 : 3);
    });
    expect(await take(1)).toEqual(['0:v']);
    await vi.waitFor(() => {
      expect(urls().map(indexIn)).toEqual([0, 1, 3]);
    }, 8_000);
    stop();
    await all;
  });

  it('goes on after every kind of failure, and tells of each', async () => {
    const faults: readonly FakeHandler[] = [
      (_, response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('boom'),
      (request) => request.socket.resetAndDestroy(),
      (_, response) => response.writeHead(403).end(),
      (_, response) => {
        answer(response, [wireEntry('k', 'v', 1)]);
      },
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      (_, response) => response.writeHead(400).end(),
      (_, response) => {
        answer(response, [null], 3);
      },
    ];
    const { take, errors } = await watch((request, response, count) => {
      const fault = faults[count - 1];
      if (fault) fault(request, response, count);
      else if (count === faults.length + 1) answer(response, [wireEntry('k', 'fine', 9)], 9);
    });
    expect(await take(1)).toEqual(['9:fine']);
    expect(errors.map(({ code }) => code)).toEqual([
      'CONSUL_SERVER_ERROR',
      'CONSUL_UNAVAILABLE',
      'CONSUL_FORBIDDEN',
      'CONSUL_SERVER_ERROR',
      'CONSUL_SERVER_ERROR',
      'CONSUL_BAD_REQUEST',
      'CONSUL_SERVER_ERROR',
    ]);
  });

  it('notices a server that hangs beyond the wait', async () => {
    const { take, errors } = await watch(
      (_, response, count) => {
        if (count !== 2) answer(response, [wireEntry('k', String(count), count)], count);
      },
      { waitMs: 100, minIntervalMs: 500 },
    );
    expect(await take(2)).toEqual(['1:1', '3:3']);
    // wait + wait/16 + the client's 2 s
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('within 2107 ms')]);
  });

  it('says nothing when a new index brings nothing new', async () => {
    const { take, stop, all } = await watch((_, response, count) => {
      if (count <= 3) response.writeHead(404, { 'x-consul-index': count }).end();
      else if (count === 4) answer(response, [wireEntry('k', 'v', 4)], 4);
    });
    expect(await take(2)).toEqual(['1:none', '4:v']);
    stop();
    expect(await all).toHaveLength(2);
  });

  it('ends at once, without an error, when its signal aborts in the middle of a query', async () => {
    const { take, stop, all, errors } = await watch((_, response, count) => {
      if (count === 1) answer(response, [wireEntry('k', 'v', 1)], 1);
    });
    await take(1);
    await sleep(50);
    const started = performance.now();
    stop();
    await all;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(errors).toEqual([]);
  });

  it('ends when the client is closed', async () => {
    const { take, all, consul } = await watch((_, response, count) => {
      if (count === 1) answer(response, [wireEntry('k', 'v', 1)], 1);
    });
    await take(1);
    consul.close();
    expect(await all).toEqual(['1:v']);
  });

  it('ends when the consumer breaks', async () => {
    const server = await startFakeServer((_, response) => {
      answer(response, [wireEntry('k', 'v', 1)], 1);
    });
    const consul = createConsul({ port: server.port });
    for await (const update of consul.watchKey('k')) {
      expect(update.value?.value).toBe('v');
      break;
    }
    consul.close();
    expect(server.requests).toHaveLength(1);
  });

  it('lets changes coalesce while the consumer is busy', async () => {
    let current = 1;
    const server = await startFakeServer((request, response) => {
      const asked = indexIn(request.url);
      if (asked < current) answer(response, [wireEntry('k', `v${String(current)}`, current)], current);
    });
    const consul = createConsul({ port: server.port });
    const seen: string[] = [];
    for await (const { value } of consul.watchKey('k')) {
      seen.push(value?.value ?? '');
      if (seen.length === 2) break;
      current = 9;
      await sleep(50);
      expect(server.requests).toHaveLength(1);
    }
    consul.close();
    expect(seen).toEqual(['v1', 'v9']);
  });
});
