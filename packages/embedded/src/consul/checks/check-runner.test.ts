import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deregisterService, registerCheck, registerService } from '../agent/agent-writes.js';
import { parseCheck } from '../agent/check-request.js';
import { parseService } from '../agent/service-request.js';
import { registerSelf } from '../catalog/register-self.js';
import type { ConsulContext } from '../consul-context.js';
import { nodeKey, type CheckRecord } from '../state/records.js';
import { Store } from '../state/store.js';
import { SharedReads } from '../watch/shared-reads.js';
import { Watchers } from '../watch/watchers.js';
import { CheckRunner } from './check-runner.js';

const IDENTITY = { nodeName: 'n', nodeId: 'id', datacenter: 'dc1', address: '127.0.0.1' };

function newContext(): ConsulContext {
  const store = new Store(0);
  store.write((state) => {
    registerSelf(state, { identity: IDENTITY, previousName: undefined, nowMs: 0 });
  });
  return {
    store,
    watchers: new Watchers(store),
    shared: new SharedReads(store),
    identity: IDENTITY,
    clock: Date.now,
  };
}

describe('CheckRunner', () => {
  let context: ConsulContext;
  let runner: CheckRunner;

  beforeEach(() => {
    context = newContext();
    runner = new CheckRunner(context);
    runner.start();
  });

  afterEach(() => {
    runner.stop();
    vi.useRealTimers();
  });

  function check(id: string): CheckRecord | undefined {
    return context.store.get('checks', nodeKey('n', id));
  }

  function serve(definition: object): void {
    registerService(context, parseService({ Name: 's', Port: 1, ...definition }, 'n'), false);
  }

  it('turns a TTL check critical when no report comes, and writes nothing while reports stay the same', async () => {
    vi.useFakeTimers();
    serve({ Check: { TTL: '3s', Status: 'passing' } });
    const index = context.store.index;
    for (let beat = 0; beat < 5; beat += 1) {
      await vi.advanceTimersByTimeAsync(2000);
      runner.report(check('service:s')!, { status: 'passing', output: `beat ${beat}` });
    }
    expect(check('service:s')).toMatchObject({ status: 'passing', output: 'beat 4' });
    expect(context.store.index).toBe(index);
    await vi.advanceTimersByTimeAsync(3000);
    expect(check('service:s')).toMatchObject({ status: 'critical', output: 'TTL expired' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the status of a check that is registered again', () => {
    serve({ Check: { TTL: '30s', Status: 'passing' } });
    serve({ Check: { TTL: '60s', Status: 'critical' }, Tags: ['new'] });
    expect(check('service:s')).toMatchObject({ status: 'passing', serviceTags: ['new'] });
  });

  it('deregisters a service that stays critical, a minute at the earliest', async () => {
    vi.useFakeTimers();
    serve({ Check: { TTL: '1s', DeregisterCriticalServiceAfter: '5s' } });
    await vi.advanceTimersByTimeAsync(30_000);
    runner.report(check('service:s')!, { status: 'warning', output: '' });
    await vi.advanceTimersByTimeAsync(60_999);
    expect(context.store.get('services', nodeKey('n', 's'))).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(context.store.get('services', nodeKey('n', 's'))).toBeUndefined();
    expect(check('service:s')).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops running what is deregistered', () => {
    vi.useFakeTimers();
    serve({ Checks: [{ TTL: '1s' }, { TTL: '2s' }] });
    expect(vi.getTimerCount()).toBe(2);
    deregisterService(context, 's');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets an alias check follow its service', () => {
    serve({ Check: { CheckID: 'own', TTL: '60s' } });
    registerCheck(context, parseCheck({ Name: 'alias', AliasService: 's' }));
    expect(check('alias')).toMatchObject({ status: 'critical' });
    runner.report(check('own')!, { status: 'passing', output: '' });
    expect(check('alias')).toMatchObject({ status: 'passing', output: 'All checks passing.' });
    deregisterService(context, 's');
    expect(check('alias')).toMatchObject({ status: 'passing', output: 'No checks found.' });
  });
});

describe('HTTP and TCP checks', () => {
  let context: ConsulContext;
  let runner: CheckRunner;
  let server: Server;
  let port: number;

  beforeEach(async () => {
    context = newContext();
    runner = new CheckRunner(context);
    runner.start();
    server = createServer((request, response) => {
      const path = request.url ?? '/';
      if (path === '/hang') return;
      if (path === '/moved') response.writeHead(302, { location: '/200' });
      else if (path === '/loop') response.writeHead(302, { location: '/loop' });
      else response.writeHead(Number(path.slice(1)));
      response.end(`seen ${request.method ?? ''} ${request.headers['x-test']?.toString() ?? ''}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterEach(() => {
    runner.stop();
    server.closeAllConnections();
    server.close();
  });

  async function resultOf(definition: object): Promise<CheckRecord> {
    registerCheck(
      context,
      parseCheck({ ID: 'c', Name: 'c', Interval: '30s', Status: 'warning', ...definition }),
    );
    return vi.waitFor(
      () => {
        const record = context.store.get('checks', nodeKey('n', 'c'))!;
        if (record.output === '') throw new Error('no result yet');
        return record;
      },
      { timeout: 10_000 },
    );
  }

  it.each([
    ['/200', 'passing'],
    ['/204', 'passing'],
    ['/429', 'warning'],
    ['/404', 'critical'],
    ['/500', 'critical'],
    ['/moved', 'passing'],
    ['/loop', 'critical'],
  ])('judge %s %s', async (path, status) => {
    const record = await resultOf({ HTTP: `http://127.0.0.1:${port}${path}` });
    expect(record.status).toBe(status);
  });

  it('send the method and headers they were given, and keep the answer', async () => {
    const record = await resultOf({
      HTTP: `http://127.0.0.1:${port}/200`,
      Method: 'POST',
      Header: { 'x-test': ['yes'] },
    });
    expect(record.output).toContain('200 OK Output: seen POST yes');
  });

  it('give up at their timeout', async () => {
    const record = await resultOf({ HTTP: `http://127.0.0.1:${port}/hang`, Timeout: '200ms' });
    expect(record).toMatchObject({ status: 'critical' });
    expect(record.output).toContain('deadline exceeded');
  });

  it('are critical for an address that is none', async () => {
    expect((await resultOf({ HTTP: 'not a url' })).status).toBe('critical');
  });

  it.each([
    [(open: number) => `127.0.0.1:${open}`, 'passing', 'Success'],
    [() => '127.0.0.1:1', 'critical', 'connection refused'],
    [() => '127.0.0.1', 'critical', 'missing or invalid port'],
  ])('judge an address by a connection (%#)', async (address, status, output) => {
    const record = await resultOf({ TCP: address(port) });
    expect(record.status).toBe(status);
    expect(record.output).toContain(output);
  });

  it('wait for several results in a row when they are asked to', async () => {
    const definition = { ID: 'c', Name: 'c', Interval: '1s', Status: 'passing', FailuresBeforeCritical: 2 };
    registerCheck(context, parseCheck({ ...definition, HTTP: `http://127.0.0.1:${port}/500` }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(context.store.get('checks', nodeKey('n', 'c'))).toMatchObject({ status: 'passing' });
    await vi.waitFor(
      () => {
        expect(context.store.get('checks', nodeKey('n', 'c'))).toMatchObject({ status: 'critical' });
      },
      { timeout: 10_000 },
    );
  });
});
