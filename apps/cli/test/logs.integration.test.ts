import type { Docker } from '@raftainer/docker';
import { createDocker } from '@raftainer/docker';
import { LABELS } from '@raftainer/planner';
import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult, Fixture } from './harness.js';
import { SERVERS } from './harness.js';

let fixture: Fixture;
let docker: Docker;
let image: string;
let pod: string;

beforeAll(async () => {
  fixture = await SERVERS[1].start();
  docker = createDocker();
  image = await testImage();
});

afterAll(async () => {
  docker.close();
  await fixture.stop();
});

beforeEach(async () => {
  pod = uniqueName('web');
  const containers = [
    { name: 'app', image: 'busybox:1' },
    { name: 'helper', image: 'busybox:1' },
  ];
  await fixture.cluster.pods.put(pod, { name: pod, instances: 3, containers });
});

afterEach(async () => {
  const containers = await docker.containers.list({ labels: { [LABELS.pod]: pod } });
  await Promise.all(containers.map(({ id }) => docker.containers.remove(id, { force: true })));
  await fixture.consul.kv.delete('raftainer/pods/', { recurse: true });
});

/** Starts what an agent would have started. */
async function startContainer(index: number, container: string, script: string): Promise<string> {
  const id = await docker.containers.create({
    name: uniqueName(`${pod}-${index}-${container}`),
    image,
    entrypoint: ['/bin/sh', '-c', script],
    labels: { [LABELS.pod]: pod, [LABELS.index]: String(index), [LABELS.container]: container },
  });
  await docker.containers.start(id);
  return id;
}

async function print(index: number, container: string, ...lines: readonly string[]): Promise<string> {
  const id = await startContainer(index, container, lines.map((line) => `echo '${line}'`).join('; '));
  await docker.containers.wait(id);
  return id;
}

/** A run with `-f`, its output so far, and a way to end it. */
interface Following {
  text(): string;
  notes(): string;
  stop(): Promise<CliResult>;
}

function follow(...argv: readonly string[]): Following {
  const interrupt = new AbortController();
  const seen = { stdout: '', stderr: '' };
  const running = fixture.cli(['logs', '-f', ...argv], {
    signal: interrupt.signal,
    onStdout: (text) => (seen.stdout = text),
    onStderr: (text) => (seen.stderr = text),
  });
  return {
    text: () => seen.stdout,
    notes: () => seen.stderr,
    stop: () => {
      interrupt.abort();
      return running;
    },
  };
}

describe('logs', () => {
  it('prints the lines of a single container as they are', async () => {
    await print(0, 'app', 'one', '', 'two  ');
    expect(await fixture.cli(['logs', pod])).toEqual({ code: 0, stdout: 'one\n\ntwo  \n', stderr: '' });
  });

  it('puts slot and container before the lines of several, in the order of time', async () => {
    await print(0, 'app', 'first');
    await print(1, 'helper', 'second');
    await print(0, 'app', 'third');
    expect((await fixture.cli(['logs', pod])).stdout.split('\n')).toEqual([
      `${pod}/0/app    | first`,
      `${pod}/1/helper | second`,
      `${pod}/0/app    | third`,
      '',
    ]);
    expect((await fixture.cli(['logs', `${pod}/1`])).stdout).toBe('second\n');
    expect((await fixture.cli(['logs', pod, '-c', 'helper'])).stdout).toBe('second\n');
  });

  it('prints only the last lines, only the newer ones, and times', async () => {
    await print(0, 'app', 'a', 'b', 'c');
    expect((await fixture.cli(['logs', pod, '--tail', '2'])).stdout).toBe('b\nc\n');
    expect((await fixture.cli(['logs', pod, '--tail', '0'])).stdout).toBe('');
    expect((await fixture.cli(['logs', pod, '--since', '1h'])).stdout).toBe('a\nb\nc\n');
    expect((await fixture.cli(['logs', pod, '--since', '2999-01-01T00:00:00Z'])).stdout).toBe('');
    expect((await fixture.cli(['logs', pod, '-t', '--tail', '1'])).stdout).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z c\n$/,
    );
  });

  it('prints one JSON document for each line', async () => {
    const id = await startContainer(2, 'app', 'echo out; sleep 0.1; echo err >&2');
    await docker.containers.wait(id);
    const { stdout } = await fixture.cli(['logs', pod, '--json']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const common = { slot: `${pod}/2`, pod, index: 2, container: 'app', time: expect.any(String) as string };
    expect(lines).toEqual([
      { ...common, stream: 'stdout', text: 'out' },
      { ...common, stream: 'stderr', text: 'err' },
    ]);
  });

  it('says on which host a slot is, with exit code 1', async () => {
    const session = await fixture.joinHost('n2');
    await fixture.claim({ pod, index: 1, session }, 'n2');
    const message = `${pod}/1 is on host n2; run this command there`;
    for (const target of [pod, `${pod}/1`]) {
      expect(await fixture.cli(['logs', target])).toEqual({
        code: 1,
        stdout: '',
        stderr: `raftainer: ${message}\n`,
      });
    }
    const asJson = await fixture.cli(['logs', pod, '--json']);
    expect(JSON.parse(asJson.stderr)).toEqual({
      error: { code: 'CLI_ELSEWHERE', message, slots: [{ slot: `${pod}/1`, host: 'n2' }] },
    });
    await print(0, 'app', 'here');
    expect(await fixture.cli(['logs', pod])).toEqual({ code: 1, stdout: 'here\n', stderr: `${message}\n` });
    expect((await fixture.cli(['logs', `${pod}/0`])).code).toBe(0);
  });

  it('says what is not there', async () => {
    expect(await fixture.cli(['logs', `${pod}x`])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`did you mean "${pod}"?`) as string,
    });
    expect(await fixture.cli(['logs', `${pod}/7`])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('has no slot 7; it has 3 instances') as string,
    });
    expect(await fixture.cli(['logs', pod])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no containers yet') as string,
    });
    await print(0, 'app', 'x');
    expect(await fixture.cli(['logs', pod, '-c', 'halper'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('no container "halper" on this host; it has app') as string,
    });
  });

  it("prints this host's logs although Consul does not answer", async () => {
    await print(0, 'app', 'still here');
    const result = await fixture.cli(['logs', pod, '--consul-addr', '127.0.0.1:1']);
    expect(result).toMatchObject({
      code: 0,
      stdout: 'still here\n',
      stderr: expect.stringContaining("only this host's") as string,
    });
    expect((await fixture.cli(['logs', 'other', '--consul-addr', '127.0.0.1:1'])).code).toBe(3);
  });

  it('of a pod whose definition is gone can still be read', async () => {
    await print(0, 'app', 'last words');
    await fixture.cluster.pods.remove(pod);
    expect(await fixture.cli(['logs', pod])).toEqual({ code: 0, stdout: 'last words\n', stderr: '' });
  });
});

describe('logs -f', () => {
  const shown = (following: Following, text: string): Promise<unknown> =>
    eventually(() => {
      expect(following.text()).toBe(text);
    });

  it('follows a container across its restarts, without losing or repeating a line', async () => {
    const id = await startContainer(0, 'app', 'echo begin; exec sleep 60');
    const following = follow(pod);
    await shown(following, 'begin\n');
    for (const restarts of [1, 2]) {
      await docker.containers.kill(id);
      await docker.containers.wait(id);
      await docker.containers.start(id);
      await shown(following, 'begin\n'.repeat(1 + restarts));
    }
    expect((await following.stop()).code).toBe(130);
  });

  it('goes on with the replacement of a container, and with slots that come later', async () => {
    const first = await startContainer(0, 'app', 'echo one; exec sleep 60');
    const following = follow(pod, '--tail', '10');
    await shown(following, 'one\n');
    await docker.containers.remove(first, { force: true });
    await startContainer(0, 'app', 'echo two; exec sleep 60');
    await shown(following, 'one\ntwo\n');
    await startContainer(1, 'app', 'echo three');
    await shown(following, `one\ntwo\n${pod}/1/app | three\n`);
    expect((await following.stop()).code).toBe(130);
  });

  it('waits for a pod that has no containers yet', async () => {
    const following = follow(pod);
    await eventually(() => {
      expect(following.notes()).toContain('waiting for them');
    });
    await startContainer(0, 'app', 'echo hello');
    await shown(following, 'hello\n');
    await following.stop();
  });
});
