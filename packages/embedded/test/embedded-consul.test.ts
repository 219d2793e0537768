import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMBEDDED_ERRORS, isEmbeddedError, startEmbeddedConsul, type EmbeddedConsul } from '../src/index.js';
import { call, put } from './http-api.js';

const children: ChildProcess[] = [];

describe('startEmbeddedConsul', () => {
  let dataDir: string;
  const servers: EmbeddedConsul[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'raftainer-embedded-'));
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await Promise.all(children.splice(0).map(end));
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(options: Parameters<typeof startEmbeddedConsul>[0] = {}): Promise<EmbeddedConsul> {
    const server = await startEmbeddedConsul({ port: 0, nodeName: 'test-node', ...options });
    servers.push(server);
    return server;
  }

  describe('with a data directory', () => {
    it('goes on after a restart with keys, locks, sessions, services, checks and its index', async () => {
      const first = await start({ dataDir });
      await put(first.address, '/v1/agent/service/register', {
        Name: 'web',
        Check: { TTL: '60s', Status: 'passing' },
      });
      const session = await openSession(first.address, { TTL: '60s', Checks: ['service:web'] });
      expect((await put(first.address, `/v1/kv/lock?acquire=${session}&flags=7`, 'held')).text).toBe('true');
      await put(first.address, '/v1/kv/gone', 'x');
      await call(first.address, '/v1/kv/gone', { method: 'DELETE' });
      const paths = [
        '/v1/kv/?recurse',
        '/v1/session/list',
        '/v1/agent/services',
        '/v1/health/service/web',
        '/v1/catalog/nodes',
      ];
      const before = await Promise.all(paths.map((path) => call(first.address, path)));
      await first.close();

      const second = await start({ dataDir });
      const after = await Promise.all(paths.map((path) => call(second.address, path)));
      expect(after.map((answer) => answer.json)).toEqual(before.map((answer) => answer.json));
      expect((await put(second.address, `/v1/session/renew/${session}`)).status).toBe(200);
      await put(second.address, '/v1/kv/next', 'x');
      const next = await call(second.address, '/v1/kv/next');
      expect(next.index).toBeGreaterThan(Math.max(...before.map((answer) => answer.index)));
    });

    it('keeps values of any bytes', async () => {
      const first = await start({ dataDir });
      const bytes = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256));
      await call(first.address, '/v1/kv/bytes', { method: 'PUT', body: bytes });
      await first.close();
      const second = await start({ dataDir });
      const response = await fetch(`${second.address}/v1/kv/bytes?raw`);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    });

    it('still forbids a lock for its delay after a restart', async () => {
      const first = await start({ dataDir });
      const holder = await openSession(first.address, { LockDelay: '60s' });
      await put(first.address, `/v1/kv/lock?acquire=${holder}`);
      await put(first.address, `/v1/session/destroy/${holder}`);
      await first.close();
      const second = await start({ dataDir });
      const next = await openSession(second.address, {});
      expect((await put(second.address, `/v1/kv/lock?acquire=${next}`)).text).toBe('false');
      expect((await put(second.address, `/v1/kv/other?acquire=${next}`)).text).toBe('true');
    });

    it('leaves its old name, with the sessions of that name, when it is given another', async () => {
      const first = await start({ dataDir, nodeName: 'old' });
      const session = await openSession(first.address, {});
      await put(first.address, `/v1/kv/lock?acquire=${session}`);
      await first.close();
      const second = await start({ dataDir, nodeName: 'new' });
      const nodes = (await call(second.address, '/v1/catalog/nodes')).json as { Node: string }[];
      expect(nodes.map((node) => node.Node)).toEqual(['new']);
      expect((await call(second.address, '/v1/session/list')).json).toEqual([]);
      expect((await call(second.address, '/v1/kv/lock')).json).toEqual([
        expect.not.objectContaining({ Session: session }),
      ]);
    });

    it('refuses a directory that another server has open, and leaves that one alone', async () => {
      const first = await start({ dataDir });
      await expect(start({ dataDir })).rejects.toMatchObject({
        code: 'EMBEDDED_DATA_IN_USE',
        retryable: false,
      });
      expect((await call(first.address, '/v1/status/leader')).status).toBe(200);
    });

    it('releases the directory when it cannot listen', async () => {
      const other = await start();
      await expect(start({ dataDir, port: other.port })).rejects.toMatchObject({
        code: 'EMBEDDED_PORT_IN_USE',
      });
      await expect(start({ dataDir })).resolves.toBeDefined();
    });

    it('loses no acknowledged write when it is killed', { timeout: 60_000 }, async () => {
      const killed = await spawnServer(dataDir);
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let at = 0; ; at += 1) {
          const key = `k/${writer}/${at}`;
          const answer = await put(killed.address, `/v1/kv/${key}`, key).catch(() => undefined);
          if (answer === undefined) return;
          if (answer.text === 'true') acknowledged.push(key);
          if (acknowledged.length === 400) killed.process.kill('SIGKILL');
        }
      });
      await Promise.all(writers);
      expect(acknowledged.length).toBeGreaterThanOrEqual(400);

      const server = await start({ dataDir, nodeName: 'killed' });
      const keys = new Set((await call(server.address, '/v1/kv/k/?keys')).json as string[]);
      expect(acknowledged.filter((key) => !keys.has(key))).toEqual([]);
    });
  });

  it('says that a port is in use, and what to do', async () => {
    const first = await start();
    const error: unknown = await start({ port: first.port }).catch((problem: unknown) => problem);
    expect(isEmbeddedError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'EMBEDDED_PORT_IN_USE',
      message: expect.stringMatching(/127\.0\.0\.1:\d+.*another port/) as string,
    });
  });

  it('says that it cannot listen on an address that is not of this machine', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'EMBEDDED_LISTEN_FAILED' });
  });

  it('ends waiting requests at once when it closes, and can be closed twice', async () => {
    const server = await start();
    await put(server.address, '/v1/kv/a', 'x');
    const { index } = await call(server.address, '/v1/kv/a');
    const waiting = Array.from({ length: 20 }, () =>
      call(server.address, `/v1/kv/a?index=${index}&wait=10m`),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    await Promise.all([server.close(), server.close()]);
    const answers = await Promise.all(waiting);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(new Set(answers.map((answer) => answer.index))).toEqual(new Set([index]));
    await expect(call(server.address, '/v1/kv/a')).rejects.toThrow();
  });

  it('closes while a client holds a connection that says nothing', async () => {
    const server = await start();
    const socket = connect(server.port, server.host);
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await server.close();
    await closed;
  });

  it('forgets a waiting request whose client went away', async () => {
    const server = await start();
    await put(server.address, '/v1/kv/a', 'x');
    const { index } = await call(server.address, '/v1/kv/a');
    const client = new AbortController();
    const waiting = call(server.address, `/v1/kv/a?index=${index}&wait=10m`, { signal: client.signal });
    client.abort();
    await expect(waiting).rejects.toThrow();
    expect((await put(server.address, '/v1/kv/a', 'y')).text).toBe('true');
  });

  it('answers at once to an index that it has not issued: that client knew an earlier server', async () => {
    const server = await start();
    const answer = await call(server.address, '/v1/kv/?recurse&index=999999&wait=10m');
    expect(answer.index).toBeLessThan(999_999);
  });

  it('names what it does not provide', async () => {
    const server = await start();
    const answer = await call(server.address, '/v1/snapshot');
    expect(answer).toMatchObject({
      status: 404,
      text: expect.stringContaining('does not provide GET /v1/snapshot') as string,
    });
  });

  it('refuses a value beyond 512 kB with its size, however it is sent', async () => {
    const server = await start();
    expect((await put(server.address, '/v1/kv/big', 'x'.repeat(512 * 1024))).text).toBe('true');
    const answer = await put(server.address, '/v1/kv/big', 'x'.repeat(600_000));
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('Request body(600000 bytes) too large, max size: 524288 bytes');
  });

  it('has no timer and no work under way while nobody uses it', { timeout: 60_000 }, async () => {
    const child = await spawnServer(dataDir);
    const busy = JSON.parse(await child.nextLine()) as string[];
    expect(busy.filter((kind) => !/Wrap$|Pipe|TTY|MessagePort/.test(kind))).toEqual([]);
  });
});

describe('isEmbeddedError', () => {
  it('goes by name and code, so that a copy of the class is recognised', () => {
    const copy = Object.assign(new Error('x'), { name: 'EmbeddedError', code: 'EMBEDDED_PORT_IN_USE' });
    expect(isEmbeddedError(copy)).toBe(true);
    expect(isEmbeddedError(new Error('x'))).toBe(false);
    expect(isEmbeddedError(Object.assign(new Error('x'), { name: 'EmbeddedError', code: 'OTHER' }))).toBe(
      false,
    );
    expect(Object.values(EMBEDDED_ERRORS).every((meaning) => meaning.endsWith('.'))).toBe(true);
  });
});

async function openSession(address: string, body: object): Promise<string> {
  return ((await put(address, '/v1/session/create', body)).json as { ID: string }).ID;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface Spawned {
  readonly process: ChildProcess;
  readonly address: string;
  /** What it prints after its address. */
  nextLine(): Promise<string>;
}

async function spawnServer(dataDir: string): Promise<Spawned> {
  const program = fileURLToPath(new URL('./serve-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: AsyncIterator<string, unknown> = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  return { process: child, address: await nextLine(), nextLine };
}
