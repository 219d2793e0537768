import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine, LogOptions } from '../src/index.js';
import { IDLE, workbench } from './real-engine.js';
import type { Workbench } from './real-engine.js';
import { rejection } from './rejection.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(async () => {
  await bench.cleanUp();
});

async function logs(id: string, options?: LogOptions): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of bench.docker.containers.logs(id, options)) lines.push(line);
  return lines;
}

async function finished(script: string): Promise<string> {
  const id = await bench.run(script);
  await bench.docker.containers.wait(id);
  return id;
}

describe('logs', () => {
  it('keep the streams apart', async () => {
    const id = await finished('echo "größe 🚀"; echo bad >&2; printf open');
    const lines = await logs(id);
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
      'größe 🚀',
      'open',
    ]);
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['bad']);
  });

  it('can be the last lines, those since a time, and carry times', async () => {
    const id = await finished('for n in $(seq 9); do echo $n; done');
    expect((await logs(id, { tail: 2 })).map(({ text }) => text)).toEqual(['8', '9']);
    expect(await logs(id, { since: new Date(Date.now() + 60_000) })).toEqual([]);
    const [line] = await logs(id, { tail: 1, timestamps: true });
    expect(line).toEqual({ stream: 'stdout', time: expect.any(String) as unknown, text: '9' });
    expect(Math.abs(Date.parse(line!.time!) - Date.now())).toBeLessThan(60_000);
  });

  it('join the pieces in which the engine keeps a long line', async () => {
    const id = await finished('for n in $(seq 5000); do printf "0123456789"; done; echo; echo end');
    const long = '0123456789'.repeat(5000);
    expect((await logs(id)).map(({ text }) => text)).toEqual([long, 'end']);
    expect((await logs(id, { timestamps: true })).map(({ text }) => text)).toEqual([long, 'end']);
  });

  it('follow until the container ends', async () => {
    const id = await bench.run('for n in 1 2 3; do echo $n; sleep 0.2; done');
    expect((await logs(id, { follow: true })).map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  it('stop following at the signal, or when nobody listens', async () => {
    const id = await bench.run(`echo ready; ${IDLE}`);
    const controller = new AbortController();
    const followed = (async () => {
      for await (const line of bench.docker.containers.logs(id, {
        follow: true,
        signal: controller.signal,
      })) {
        expect(line.text).toBe('ready');
        controller.abort();
      }
    })();
    expect((await rejection(followed)).code).toBe('DOCKER_ABORTED');
    for await (const line of bench.docker.containers.logs(id, { follow: true })) {
      expect(line.text).toBe('ready');
      break;
    }
  });

  it('of a terminal are one stream', async () => {
    // Raftainer's own containers have none; others' may.
    const plain = new Dockerode();
    const container = await plain.createContainer({
      Image: bench.image,
      Cmd: ['/bin/sh', '-c', 'echo größe; echo bad >&2'],
      Tty: true,
      Labels: { ...bench.labels },
    });
    await container.start();
    await container.wait();
    const lines = await logs(container.id, { timestamps: true });
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'größe'],
      ['stdout', 'bad'],
    ]);
    expect(lines.every(({ time }) => !Number.isNaN(Date.parse(time ?? '')))).toBe(true);
  });

  it('of a container that is not there are an error', async () => {
    expect((await rejection(logs(bench.name('none')))).code).toBe('DOCKER_NOT_FOUND');
  });
});

describe('exec', () => {
  let id = '';
  beforeAll(async () => {
    id = await bench.run(IDLE);
  });
  const exec = (
    script: string,
    options?: Parameters<typeof bench.docker.containers.exec>[2],
  ): ReturnType<typeof bench.docker.containers.exec> =>
    bench.docker.containers.exec(id, { command: ['/bin/sh', '-c', script] }, options);

  it('gives exit code and both streams', async () => {
    const result = await exec('echo "größe 🚀"; echo bad >&2; exit 5');
    expect(result).toEqual({ exitCode: 5, stdout: 'größe 🚀\n', stderr: 'bad\n', truncated: false });
  });

  it('passes environment, folder and user', async () => {
    const result = await bench.docker.containers.exec(id, {
      command: ['/bin/sh', '-c', 'echo "$A"; pwd; id -u'],
      env: { A: 'b c' },
      workingDir: '/usr',
      user: '12',
    });
    expect(result.stdout).toBe('b c\n/usr\n12\n');
  });

  it('keeps much output whole, and no more than asked', async () => {
    const script = 'for n in $(seq 20000); do echo "0123456789äöü"; done';
    const whole = await exec(script);
    expect(whole.stdout).toBe('0123456789äöü\n'.repeat(20000));
    const cut = await exec(script, { maxOutputBytes: 11 });
    expect(cut).toMatchObject({ stdout: '0123456789', truncated: true, exitCode: 0 });
  });

  it('has the exit code of a shell for a command that does not exist', async () => {
    const result = await bench.docker.containers.exec(id, { command: ['no-such-command'] });
    expect([126, 127]).toContain(result.exitCode);
  });

  it('ends at the deadline', async () => {
    expect((await rejection(exec('sleep 5', { timeoutMs: 300 }))).code).toBe('DOCKER_TIMEOUT');
  });

  it('needs a container that runs', async () => {
    const stopped = await bench.create('true');
    const command = { command: ['true'] };
    expect((await rejection(bench.docker.containers.exec(stopped, command))).code).toBe('DOCKER_CONFLICT');
    const nobody = bench.docker.containers.exec(bench.name('none'), command);
    expect((await rejection(nobody)).code).toBe('DOCKER_NOT_FOUND');
  });
});
