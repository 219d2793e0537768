import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { uniqueSubnet } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDLE, workbench } from './real-engine.js';
import type { Workbench } from './real-engine.js';
import { poll } from './poll.js';
import { rejection } from './rejection.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(async () => {
  await bench.cleanUp();
});

async function read(
  id: string,
): Promise<Awaited<ReturnType<Workbench['docker']['containers']['list']>>[number]> {
  const all = await bench.docker.containers.list({ labels: bench.labels });
  return all.find((container) => container.id === id)!;
}

describe('the life of a container', () => {
  it('is told by list and inspect alike', async () => {
    const { docker } = bench;
    const name = bench.name('life');
    const before = Date.now();
    const id = await bench.create('exit 3', { name, labels: { a: 'b' } });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const created = await read(id);
    expect(created).toMatchObject({
      id,
      name,
      image: bench.image,
      state: 'created',
      health: 'none',
      ports: [],
    });
    expect(created.labels).toEqual({ ...bench.labels, a: 'b' });
    expect(Math.abs(created.createdAt - before)).toBeLessThan(60_000);
    expect(created).not.toHaveProperty('exitCode');

    await docker.containers.start(name);
    expect(await docker.containers.wait(id)).toEqual({ exitCode: 3 });
    const exited = await read(id);
    expect(exited).toMatchObject({ state: 'exited', exitCode: 3 });
    const { startedAt, finishedAt, oomKilled, healthLog, ...details } = await docker.containers.inspect(name);
    expect({ ...details, createdAt: 0 }).toEqual({ ...exited, createdAt: 0 });
    expect(Math.floor(details.createdAt / 1000)).toBe(exited.createdAt / 1000);
    // The engine may note the end of a short life before its beginning.
    expect(Math.abs(finishedAt! - startedAt!)).toBeLessThan(60_000);
    expect({ oomKilled, healthLog }).toEqual({ oomKilled: false, healthLog: [] });

    await docker.containers.remove(id);
    expect((await rejection(docker.containers.inspect(id))).code).toBe('DOCKER_NOT_FOUND');
  });

  it('has no errors for what is so already', async () => {
    const { containers } = bench.docker;
    const id = await bench.run(IDLE);
    await containers.start(id);
    await containers.stop(id);
    await containers.stop(id);
    await containers.kill(id);
    await containers.remove(id);
    await containers.remove(id);
    await containers.stop(id);
    await containers.kill(id);
  });

  it('is removed once when two remove it at the same time', async () => {
    const id = await bench.run(IDLE);
    await Promise.all([1, 2, 3].map(() => bench.docker.containers.remove(id, { force: true })));
    expect(await read(id)).toBeUndefined();
  });

  it('is not removed by force unless asked', async () => {
    const id = await bench.run(IDLE);
    expect((await rejection(bench.docker.containers.remove(id))).code).toBe('DOCKER_CONFLICT');
    expect((await read(id)).state).toBe('running');
  });

  it('lists by labels and by state', async () => {
    const labels = { 'raftainer.test.group': bench.name('group') };
    const stopped = await bench.create('exit 0', { labels });
    const running = await bench.run(IDLE, { labels });
    const { containers } = bench.docker;
    const ids = async (options: Parameters<typeof containers.list>[0]): Promise<string[]> =>
      (await containers.list(options)).map(({ id }) => id).sort();
    expect(await ids({ labels })).toEqual([stopped, running].sort());
    expect(await ids({ labels, all: false })).toEqual([running]);
    expect(await ids({ labels: { 'raftainer.test.group': true, 'raftainer.test.other': true } })).toEqual([]);
  });
});

describe('stop', () => {
  it('gives the container time to end by itself', async () => {
    const id = await bench.run('trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done');
    await poll(() => lines(id)).toEqual(['ready']);
    await bench.docker.containers.stop(id, { gracePeriodMs: 20_000 });
    expect(await read(id)).toMatchObject({ state: 'exited', exitCode: 7 });
  });

  it('sends the signal it is told', async () => {
    const id = await bench.run(
      'trap "exit 8" USR1; trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done',
    );
    await poll(() => lines(id)).toEqual(['ready']);
    await bench.docker.containers.stop(id, { stopSignal: 'SIGUSR1', gracePeriodMs: 20_000 });
    expect(await read(id)).toMatchObject({ state: 'exited', exitCode: 8 });
  });

  it.each([undefined, 'SIGUSR1'])('kills after the grace period (%s)', async (stopSignal) => {
    const id = await bench.run('trap "" TERM USR1; echo ready; while :; do sleep 0.05; done');
    await poll(() => lines(id)).toEqual(['ready']);
    await bench.docker.containers.stop(id, { gracePeriodMs: 800, ...(stopSignal && { stopSignal }) });
    expect(await read(id)).toMatchObject({ state: 'exited', exitCode: 137 });
  });

  it('gives up at the deadline and leaves the engine to it', async () => {
    const id = await bench.run('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await poll(() => lines(id)).toEqual(['ready']);
    const stopped = bench.docker.containers.stop(id, { gracePeriodMs: 60_000, timeoutMs: 200 });
    expect((await rejection(stopped)).code).toBe('DOCKER_TIMEOUT');
    await bench.docker.containers.kill(id);
  });
});

async function lines(id: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of bench.docker.containers.logs(id)) texts.push(text);
  return texts;
}

describe('health', () => {
  const timing = { intervalMs: 1000, timeoutMs: 2000, retries: 1, startPeriodMs: 0 };

  it('is in the list, and in detail when inspected', async () => {
    const healthCheck = { command: ['/bin/sh', '-c', 'echo checked; test -e /healthy'], ...timing };
    const id = await bench.run(`touch /healthy; ${IDLE}`, { healthCheck });
    expect((await read(id)).health).toBe('starting');
    await poll(async () => (await read(id)).health).toBe('healthy');
    await bench.docker.containers.exec(id, { command: ['rm', '/healthy'] });
    await poll(async () => (await read(id)).health).toBe('unhealthy');
    const { health, healthLog } = await bench.docker.containers.inspect(id);
    expect(health).toBe('unhealthy');
    expect(healthLog.at(-1)).toMatchObject({ exitCode: 1, output: 'checked\n' });
  });
});

describe('create', () => {
  it('passes everything on', async () => {
    const volume = bench.name('volume');
    const network = bench.name('network');
    const subnet = uniqueSubnet();
    await bench.docker.networks.create({ name: network, labels: bench.labels, subnet: subnet.cidr });
    const script = [
      'echo "$GREETING"; pwd; id -u; hostname; ulimit -n; cat /proc/1/comm',
      'grep -c " /data .*ro" /proc/mounts; grep "^[^ ]* /scratch" /proc/mounts | cut -d" " -f1',
      'touch /denied 2>&1 | grep -ci "read-only"; getent hosts friend | cut -d" " -f1',
      IDLE,
    ].join('; ');
    const id = await bench.run(script, {
      env: { GREETING: 'x=y  z' },
      workingDir: '/usr',
      user: '0:0',
      hostname: 'me',
      ulimits: [{ name: 'nofile', soft: 77, hard: 88 }],
      init: false,
      network,
      networkAliases: ['other'],
      extraHosts: ['friend:10.9.8.7'],
      readOnly: true,
      capDrop: ['ALL'],
      securityOpt: ['no-new-privileges'],
      mounts: [
        { type: 'volume', source: volume, target: '/data', readOnly: true, labels: bench.labels },
        { type: 'tmpfs', target: '/scratch', sizeBytes: 65536 },
      ],
      ports: [
        { containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1' },
        { containerPort: 81, protocol: 'udp' },
      ],
      resources: { cpu: 0.5, memoryBytes: 64 * 1024 * 1024, pids: 50 },
      logging: { driver: 'json-file', options: { 'max-size': '1m' } },
    });
    await poll(async () => (await lines(id)).length).toBe(10);
    expect(await lines(id)).toEqual(['x=y  z', '/usr', '0', 'me', '77', 'sh', '1', 'tmpfs', '1', '10.9.8.7']);
    const container = await read(id);
    expect(container.networks).toEqual([{ name: network, ipAddress: subnet.address(2) }]);
    expect(container.ports).toContainEqual({ containerPort: 81, protocol: 'udp' });
    expect(container.ports).toContainEqual({
      hostIp: '127.0.0.1',
      hostPort: expect.any(Number) as unknown,
      containerPort: 80,
      protocol: 'tcp',
    });
    expect((await bench.docker.volumes.list({ labels: bench.labels })).map(({ name }) => name)).toContain(
      volume,
    );
    const [member] = (await bench.docker.networks.inspect(network)).containers;
    expect(member).toMatchObject({ id, ipAddress: subnet.address(2) });
    expect((await rejection(bench.docker.networks.remove(network))).code).toBe('DOCKER_CONFLICT');
    expect((await rejection(bench.docker.volumes.remove(volume))).code).toBe('DOCKER_CONFLICT');
  });

  it('limits memory without lending swap', async () => {
    const script = 'echo start; dd if=/dev/zero of=/dev/null bs=200M count=1';
    const id = await bench.run(script, { resources: { memoryBytes: 16 * 1024 * 1024 } });
    await bench.docker.containers.wait(id);
    const { exitCode, oomKilled } = await bench.docker.containers.inspect(id);
    expect(exitCode).not.toBe(0);
    expect(oomKilled).toBe(true);
  });

  it('refuses a taken name, a missing image and a bad request, each with its code', async () => {
    const name = bench.name('taken');
    await bench.create('true', { name });
    const conflict = await rejection(bench.create('true', { name }));
    expect(conflict).toMatchObject({ code: 'DOCKER_CONFLICT', statusCode: 409, retryable: false });
    expect(conflict.message).toContain(`Could not create container ${name} from ${bench.image}`);
    expect((await rejection(bench.create('true', { image: `${name}:1` }))).code).toBe(
      'DOCKER_IMAGE_NOT_FOUND',
    );
    expect((await rejection(bench.create('true', { name: 'not a name' }))).code).toBe('DOCKER_BAD_REQUEST');
    const mounts = [{ type: 'bind', source: '/nowhere/at/all', target: '/x' }] as const;
    const unmountable = await rejection(bench.create('true', { mounts }));
    expect(unmountable).toMatchObject({ code: 'DOCKER_BAD_REQUEST' });
    expect(unmountable.message).toContain('/nowhere/at/all');
  });
});

describe('start', () => {
  it('tells that a port is in use by a container', async () => {
    const first = await bench.run(IDLE, {
      ports: [{ containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1' }],
    });
    const { hostPort } = (await read(first)).ports[0]!;
    const ports = [{ containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1', hostPort: hostPort! }] as const;
    const second = await bench.create(IDLE, { ports });
    expect(await rejection(bench.docker.containers.start(second))).toMatchObject({
      code: 'DOCKER_PORT_IN_USE',
      retryable: true,
      message: expect.stringContaining(String(hostPort)) as unknown,
    });
  });

  it('tells that a port is in use by a process of the host', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const hostPort = (server.address() as AddressInfo).port;
    const ports = [{ containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1', hostPort }] as const;
    const id = await bench.create(IDLE, { ports });
    expect((await rejection(bench.docker.containers.start(id))).code).toBe('DOCKER_PORT_IN_USE');
    server.close();
  });

  it('tells that the container or its network is missing', async () => {
    expect((await rejection(bench.docker.containers.start(bench.name('none')))).code).toBe(
      'DOCKER_NOT_FOUND',
    );
    const network = bench.name('gone');
    await bench.docker.networks.create({ name: network, labels: bench.labels, subnet: uniqueSubnet().cidr });
    const id = await bench.create(IDLE, { network });
    await bench.docker.networks.remove(network);
    const error = await rejection(bench.docker.containers.start(id));
    expect(error).toMatchObject({ code: 'DOCKER_NOT_FOUND' });
    expect(error.message).toContain(network);
  });

  it('tells that the command cannot run', async () => {
    const id = await bench.create('', { command: ['no-such-command'] });
    const error = await rejection(bench.docker.containers.start(id));
    expect(error).toMatchObject({ code: 'DOCKER_BAD_REQUEST', retryable: false });
    expect(error.message).toContain('no-such-command');
  });
});

describe('many at once', () => {
  it('are created, started, waited for and removed side by side', async () => {
    const labels = { 'raftainer.test.group': bench.name('many') };
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, n) => bench.create(`exit ${n}`, { labels })),
    );
    const waits = ids.map(async (id) => {
      await bench.docker.containers.start(id);
      return bench.docker.containers.wait(id);
    });
    expect((await Promise.all(waits)).map(({ exitCode }) => exitCode)).toEqual(ids.map((_, n) => n));
    await Promise.all(ids.map((id) => bench.docker.containers.remove(id)));
    expect(await bench.docker.containers.list({ labels })).toEqual([]);
  });
});
