import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { probe } from './probe.js';

import type { ProbeCheck } from '@raftainer/planner';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

const timing = { intervalMs: 1_000, timeoutMs: 5_000, threshold: 3, startPeriodMs: 0 };
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function http(listener: RequestListener, path = '/', timeoutMs = 5_000): Promise<boolean> {
  const port = await listen(createHttpServer(listener));
  return probe('127.0.0.1', { type: 'http', port, path, ...timing, timeoutMs });
}

describe('an HTTP probe', () => {
  it.each([
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [404, false],
    [500, false],
  ])('takes %i for %s', async (status, healthy) => {
    const answer = await http((_, response) => {
      response.writeHead(status).end();
    });
    expect(answer).toBe(healthy);
  });

  it('asks for the path as it was written', async () => {
    let asked: string | undefined;
    await http((request, response) => {
      asked = request.url;
      response.end();
    }, '/health?deep=1&of=%2F');
    expect(asked).toBe('/health?deep=1&of=%2F');
  });

  it('encodes what HTTP cannot carry, and does not throw', async () => {
    const asked: (string | undefined)[] = [];
    for (const path of ['/größe', '/проверка', '/👍', '/\ud800']) {
      const healthy = await http((request, response) => {
        asked.push(request.url);
        response.end();
      }, path);
      expect(healthy).toBe(true);
    }
    expect(asked).toEqual([
      '/gr%C3%B6%C3%9Fe',
      '/%D0%BF%D1%80%D0%BE%D0%B2%D0%B5%D1%80%D0%BA%D0%B0',
      '/%F0%9F%91%8D',
      '/%EF%BF%BD',
    ]);
  });

  it('gives up on a server that does not answer', async () => {
    const server = createHttpServer(() => undefined);
    const port = await listen(server);
    expect(await probe('127.0.0.1', { type: 'http', port, path: '/', ...timing, timeoutMs: 50 })).toBe(false);
    server.closeAllConnections();
  });

  it('does not wait for the body', async () => {
    const healthy = await http((_, response) => {
      response.writeHead(200);
      response.write('the beginning of something endless');
    });
    expect(healthy).toBe(true);
  });
});

describe('a TCP probe', () => {
  it('is content with a connection', async () => {
    const port = await listen(createTcpServer((socket) => socket.end()));
    expect(await probe('127.0.0.1', { type: 'tcp', port, ...timing })).toBe(true);
  });
});

describe.each(['http', 'tcp'] as const)('a probe by %s', (type) => {
  it('fails where nothing listens', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    servers.length = 0;
    const check: ProbeCheck = { type, port, path: '/', ...timing };
    expect(await probe('127.0.0.1', check)).toBe(false);
  });
});
