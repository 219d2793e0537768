import { podConfigKey, verdictsKey } from '@raftainer/cluster';
import { eventually, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult, Fixture } from './harness.js';
import { cli, SERVERS } from './harness.js';
import type { TemporaryFolder } from './temporary-folder.js';
import { temporaryFolder } from './temporary-folder.js';

const pod = (name: string, more: object = {}): object => ({
  name,
  containers: [{ name: 'app', image: 'busybox:1' }],
  ...more,
});

const json = (text: string): unknown => JSON.parse(text);

describe.each(SERVERS)('raftainer on $name', (server) => {
  let fixture: Fixture;
  let folder: TemporaryFolder;
  let name: string;
  let session: string;
  const host = uniqueName('n');

  beforeAll(async () => {
    fixture = await server.start();
    session = await fixture.joinHost(host);
  });

  afterAll(() => fixture.stop());

  beforeEach(async () => {
    folder = await temporaryFolder();
    name = uniqueName('web');
  });

  afterEach(async () => {
    await folder.remove();
    await fixture.consul.kv.delete('raftainer/pods/', { recurse: true });
  });

  const stored = async (): Promise<string | undefined> =>
    (await fixture.consul.kv.get(podConfigKey(name)))?.value;

  describe('apply', () => {
    it('creates, leaves alone and changes, and stores what the user wrote', async () => {
      const text = `name: ${name}\ninstances: 2\nstopGracePeriod: 5s\ncontainers: [{ name: app, image: 'busybox:1' }]\n`;
      const file = await folder.write('web.yaml', text);
      expect(await fixture.cli(['apply', '-f', file])).toEqual({
        code: 0,
        stdout: `${name}  created\n`,
        stderr: '',
      });
      expect(json((await stored()) ?? '')).toEqual({
        name,
        instances: 2,
        stopGracePeriod: '5s',
        containers: [{ name: 'app', image: 'busybox:1' }],
      });

      const before = await fixture.consul.kv.get(podConfigKey(name));
      await folder.write('web.yaml', `# The same pod, written differently.\n${text.replace('5s', '5000ms')}`);
      expect((await fixture.cli(['apply', '-f', file])).stdout).toBe(`${name}  unchanged\n`);
      expect(await fixture.consul.kv.get(podConfigKey(name))).toEqual(before);

      const changed = await fixture.cli(['apply', '--json', '-f', '-'], {
        stdin: text.replace('instances: 2', 'instances: 3'),
      });
      expect(json(changed.stdout)).toEqual({
        pods: [
          {
            name,
            action: 'changed',
            revision: expect.stringMatching(/^[0-9a-f]+$/) as string,
            source: 'standard input',
          },
        ],
      });
    });

    it('writes nothing when anything is wrong', async () => {
      const good = await folder.write('good.json', pod(name));
      const bad = await folder.write('bad.json', pod(`${name}-2`, { instances: -1, containres: [] }));
      const result = await fixture.cli(['apply', '-f', good, bad, '--json']);
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(json(result.stderr)).toMatchObject({
        error: {
          code: 'CLI_INVALID_DEFINITION',
          problems: expect.arrayContaining([
            expect.objectContaining({ source: bad, document: 1, pod: `${name}-2`, path: 'instances' }),
            expect.objectContaining({ path: 'containres' }),
          ]) as unknown[],
        },
      });
      expect((await fixture.cli(['apply', '-f', good, bad])).stderr).toContain('nothing was written');
      expect((await fixture.cluster.pods.list()).pods).toEqual([]);
    });

    it('replaces a definition that is not valid', async () => {
      await fixture.consul.kv.set(podConfigKey(name), '{');
      const file = await folder.write('web.json', pod(name));
      expect((await fixture.cli(['apply', '-f', file])).stdout).toBe(`${name}  changed\n`);
    });

    it('takes 200 pods at once', async () => {
      const documents = Array.from({ length: 200 }, (_, index) =>
        JSON.stringify(pod(`${name}-${index}`)),
      ).join('\n---\n');
      const result = await fixture.cli(['apply', '-f', '-'], { stdin: documents });
      expect(result.code).toBe(0);
      expect(result.stdout.match(/created/g)).toHaveLength(200);
      expect((await fixture.cluster.pods.list()).pods).toHaveLength(200);
    });

    it('of two at the same time loses none without saying so', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      const apply = (instances: number): Promise<CliResult> =>
        fixture.cli(['apply', '-f', '-', '--json'], { stdin: JSON.stringify(pod(name, { instances })) });
      const results = await Promise.all([2, 3, 4, 5].map(apply));
      const lost = results.filter(({ code }) => code !== 0);
      for (const { code, stderr } of lost) {
        expect(code).toBe(1);
        expect(json(stderr)).toMatchObject({ error: { code: 'CLI_CONFLICT' } });
      }
      // Those that say "changed" were each written; the last of them is what is stored.
      const winners = [2, 3, 4, 5].filter((_, index) => results[index]?.code === 0);
      const { result } = (await fixture.cluster.pods.get(name))!;
      expect(winners).toContain(result.ok && result.pod.instances);
    });
  });

  describe('apply --wait', () => {
    let progress = '';
    const wait = async (
      more: readonly string[] = [],
      definition = pod(name, { instances: 2 }),
    ): Promise<CliResult> => {
      progress = '';
      return fixture.cli(['apply', '--wait', '-f', '-', ...more], {
        stdin: JSON.stringify(definition),
        onStderr: (text) => (progress = text),
      });
    };

    const shown = (text: string): Promise<unknown> =>
      eventually(() => {
        expect(progress).toContain(text);
      });

    const defined = (): Promise<unknown> =>
      eventually(async () => {
        expect(await fixture.cluster.pods.get(name)).toBeDefined();
      });

    it('follows until every slot is healthy', async () => {
      const waiting = wait();
      await defined();
      for (const index of [0, 1]) {
        await fixture.claim({ pod: name, index, session }, host);
        await fixture.report(name, index, { phase: 'pulling', message: '12 MB of 30 MB' });
      }
      await shown(`${name}/0  pulling on ${host} (12 MB of 30 MB)\n`);
      await fixture.report(name, 0, { phase: 'healthy' });
      await fixture.report(name, 1, { phase: 'running' });
      const { code, stdout, stderr } = await waiting;
      expect(code).toBe(0);
      expect(stdout).toBe(`${name}  created\n`);
      expect(stderr).toContain(`${name}/0  pulling on ${host} (12 MB of 30 MB)\n`);
      expect(stderr).toContain(`${name}/0  healthy on ${host}\n`);
    });

    it('does not take the health of an older revision, or of an earlier holder, for success', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      await fixture.claim({ pod: name, index: 0, session }, host);
      await fixture.report(name, 0, { phase: 'healthy' });
      const older = await wait(['--timeout', '2s'], pod(name, { labels: { a: 'b' } }));
      expect(older).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('runs an older revision') as string,
      });

      await fixture.report(name, 0, { phase: 'healthy', epoch: 0 });
      expect((await wait(['--timeout', '2s'], pod(name, { labels: { a: 'b' } }))).code).toBe(5);
      await fixture.report(name, 0, { phase: 'healthy' });
      expect((await wait(['--timeout', '2s'], pod(name, { labels: { a: 'b' } }))).code).toBe(0);
    });

    it('does not take a container that ends at once for one that runs', async () => {
      const waiting = wait(['--timeout', '3s'], pod(name));
      await defined();
      await fixture.claim({ pod: name, index: 0, session }, host);
      for (const restarts of [0, 1, 2]) {
        await fixture.report(name, 0, { phase: 'running', restarts });
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      expect(await waiting).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('(running: only just)') as string,
      });
    });

    it('fails with the reason when a slot fails', async () => {
      const waiting = wait(['--json'], pod(name));
      await defined();
      await fixture.claim({ pod: name, index: 0, session }, host);
      await fixture.report(name, 0, {
        phase: 'failed',
        reason: 'DOCKER_IMAGE_NOT_FOUND',
        message: 'no such image: busybox:1',
      });
      const { code, stderr } = await waiting;
      expect(code).toBe(1);
      expect(json(stderr)).toEqual({
        error: {
          code: 'CLI_WAIT_FAILED',
          message: `${name}/0 failed on ${host}: no such image: busybox:1`,
          slot: `${name}/0`,
          phase: 'failed',
          why: ['no such image: busybox:1'],
        },
      });
    });

    it('fails when a slot backs off again and again', async () => {
      const waiting = wait([], pod(name));
      await defined();
      await fixture.claim({ pod: name, index: 0, session }, host);
      for (const second of [1, 2, 3]) {
        await fixture.report(name, 0, {
          phase: 'backoff',
          message: `exit ${second}`,
          since: `2026-01-01T00:00:0${second}Z`,
        });
        await shown(`exit ${second}`);
      }
      expect(await waiting).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`${name}/0 failed 3 times on ${host}: exit 3`) as string,
      });
    });

    it('fails when every host refuses it', async () => {
      await fixture.cluster.verdicts.put(host, [
        { pod: name, eligible: false, failures: [], problems: ['needs 64 cores, has 4'] },
      ]);
      expect(await wait([], pod(name))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          `${name}/0 is refused by every host: ${host}: needs 64 cores, has 4`,
        ) as string,
      });
      await fixture.consul.kv.delete(verdictsKey(host));
    });

    it('times out with what is missing', async () => {
      const result = await wait(['--timeout', '1s', '--json'], pod(name));
      expect(result.code).toBe(5);
      expect(json(result.stderr)).toMatchObject({
        error: {
          code: 'CLI_TIMED_OUT',
          message: expect.stringContaining(`${name}/0 (pending: not claimed yet)`) as string,
        },
      });
    });

    it('ends with 130 on Ctrl-C', async () => {
      const interrupt = new AbortController();
      const waiting = fixture.cli(['apply', '--wait', '-f', '-'], {
        stdin: JSON.stringify(pod(name)),
        signal: interrupt.signal,
        onStderr: (text) => {
          if (text.includes('not claimed yet')) interrupt.abort();
        },
      });
      expect((await waiting).code).toBe(130);
    });

    it('says when the pod is removed meanwhile', async () => {
      const waiting = wait([], pod(name));
      await defined();
      await fixture.cluster.pods.remove(name);
      expect((await waiting).code).toBe(4);
    });
  });

  describe('ps', () => {
    it('says what to do when there is nothing', async () => {
      expect(await fixture.cli(['ps'])).toMatchObject({
        code: 0,
        stdout: '',
        stderr: expect.stringContaining('apply') as string,
      });
      expect(json((await fixture.cli(['ps', '--json'])).stdout)).toEqual({ pods: [] });
    });

    it('shows slots that run, that wait and why, and that are not wanted any more', async () => {
      await fixture.cluster.pods.put(name, pod(name, { instances: 3 }));
      for (const index of [0, 1, 2]) {
        await fixture.claim({ pod: name, index, session }, host);
      }
      await fixture.report(name, 0, {
        phase: 'healthy',
        restarts: 4,
        containers: [
          {
            name: 'app',
            id: 'f00',
            image: 'busybox:1',
            state: 'running',
            health: 'healthy',
            ports: [{ hostIp: '10.0.0.1', hostPort: 30_001, containerPort: 80, protocol: 'tcp' }],
          },
        ],
      });
      await fixture.report(name, 1, { phase: 'backoff', message: 'exited with code 1' });
      await fixture.cluster.claims.release({ pod: name, index: 1, session });
      await fixture.cluster.pods.put(name, pod(name, { instances: 2 }));
      await fixture.report(name, 0, {
        ...(await fixture.cluster.statuses.listFor(name))[0]!.status!,
        revision: (json((await fixture.cli(['ps', '--json'])).stdout) as { pods: { revision: string }[] })
          .pods[0]!.revision,
      });

      const { code, stdout } = await fixture.cli(['ps']);
      expect(code).toBe(0);
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/));
      expect(lines).toEqual([
        ['NAME', 'STATE', 'HOST', 'PORTS', 'RESTARTS', 'AGE', 'WHY'],
        [name, '1/2 ready'],
        [`${name}/0`, 'healthy', host, '10.0.0.1:30001->80/tcp', '4', expect.stringMatching(/^\d+s$/)],
        [
          `${name}/1`,
          'pending',
          '-',
          '-',
          '0',
          '-',
          `not claimed yet; failed on ${host} before: exited with code 1`,
        ],
        [
          `${name}/2`,
          'pending',
          host,
          '-',
          '0',
          expect.stringMatching(/^\d+s$/),
          'not wanted any more; claimed, nothing reported yet',
        ],
      ]);
      expect(json((await fixture.cli(['ps', name, '--json'])).stdout)).toMatchObject({
        pods: [
          {
            name,
            definition: 'valid',
            kind: 'service',
            instances: 2,
            ready: 1,
            problems: [],
            slots: [
              {
                slot: `${name}/0`,
                index: 0,
                desired: true,
                held: true,
                phase: 'healthy',
                ready: true,
                upToDate: true,
                host,
                epoch: 1,
                restarts: 4,
                why: [],
              },
              {
                slot: `${name}/1`,
                desired: true,
                held: false,
                phase: 'pending',
                ready: false,
                why: ['not claimed yet', expect.stringContaining('exited with code 1') as string],
              },
              { slot: `${name}/2`, desired: false, held: true },
            ],
          },
        ],
      });
    });

    it('tells why the last holder gave up', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      await fixture.claim({ pod: name, index: 0, session }, host);
      await fixture.report(name, 0, { phase: 'failed', message: 'app exited with code 3' });
      await fixture.cluster.claims.release({ pod: name, index: 0, session });
      expect((await fixture.cli(['ps', name])).stdout).toContain(
        `not claimed yet; failed on ${host} before: app exited with code 3`,
      );
    });

    it('shows a malformed definition with its problem, and the others all the same', async () => {
      await fixture.consul.kv.set(podConfigKey(name), '{"name": ');
      await fixture.consul.kv.set('raftainer/pods/configs/Bad_Name', '{}');
      await fixture.cluster.pods.put(`${name}-ok`, pod(`${name}-ok`, { instances: 0 }));
      const { stdout } = await fixture.cli(['ps']);
      expect(stdout).toMatch(new RegExp(`^${name} +invalid .*line 1`, 'm'));
      expect(stdout).toMatch(/^Bad_Name +invalid .*cannot name a pod/m);
      expect(stdout).toMatch(new RegExp(`^${name}-ok +0/0 ready`, 'm'));
      expect((await fixture.cli(['rm', 'Bad_Name', name])).code).toBe(0);
      expect((await fixture.cluster.pods.list()).pods.map((record) => record.name)).toEqual([`${name}-ok`]);
    });

    it('asks whether another pod was meant, with exit code 4', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      const wrong = `${name.slice(0, -1)}z`;
      const result = await fixture.cli(['ps', wrong]);
      expect(result).toMatchObject({ code: 4, stdout: '' });
      expect(result.stderr).toBe(`raftainer: there is no pod "${wrong}"; did you mean "${name}"?\n`);
    });
  });

  describe('rm', () => {
    it('removes, and waits until the slots are released', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      await fixture.claim({ pod: name, index: 0, session }, host);
      await fixture.report(name, 0, { phase: 'stopping' });
      const waiting = fixture.cli(['rm', name, '--wait']);
      await eventually(async () => {
        expect(await fixture.cluster.pods.get(name)).toBeUndefined();
      });
      expect((await fixture.cli(['ps'])).stdout).toMatch(new RegExp(`^${name} +removed`, 'm'));
      expect(await fixture.cli(['rm', name, '--wait', '--timeout', '1s'])).toMatchObject({
        code: 5,
        stdout: `${name}  was removed before\n`,
        stderr: expect.stringContaining(`${name}/0 on ${host}`) as string,
      });
      await fixture.cluster.claims.release({ pod: name, index: 0, session });
      expect(await waiting).toMatchObject({ code: 0, stdout: `${name}  removed\n` });
      expect((await fixture.cli(['rm', name])).code).toBe(4);
    });

    it('removes none when one is not there', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      const result = await fixture.cli(['rm', name, 'nothing', '--json']);
      expect(result.code).toBe(4);
      expect(json(result.stderr)).toMatchObject({ error: { code: 'CLI_NOT_FOUND', missing: ['nothing'] } });
      expect(await fixture.cluster.pods.get(name)).toBeDefined();
      expect(json((await fixture.cli(['rm', name, '--json'])).stdout)).toEqual({
        pods: [{ name, action: 'removed' }],
      });
    });
  });

  describe('scale', () => {
    it('changes the number only, in both spellings', async () => {
      const text = `{"name": "${name}",   "instances":1, "containers": [{"name":"app","image":"busybox:1"}]}`;
      await fixture.cluster.pods.put(name, text);
      expect(await fixture.cli(['scale', `${name}=3`])).toEqual({
        code: 0,
        stdout: `${name}  1 → 3\n`,
        stderr: '',
      });
      expect(await stored()).toBe(text.replace('"instances":1', '"instances":3'));
      expect((await fixture.cli(['scale', name, '3'])).stdout).toBe(`${name}  3, as it was\n`);
      expect(json((await fixture.cli(['scale', name, '0', '--json'])).stdout)).toEqual({
        pods: [{ name, action: 'changed', from: 3, to: 0 }],
      });
    });

    it('waits until what is too much is gone', async () => {
      await fixture.cluster.pods.put(name, pod(name));
      await fixture.claim({ pod: name, index: 0, session }, host);
      const waiting = fixture.cli(['scale', `${name}=0`, '--wait']);
      await eventually(async () => {
        expect((await fixture.cluster.pods.get(name))?.result).toMatchObject({ pod: { instances: 0 } });
      });
      await fixture.cluster.claims.release({ pod: name, index: 0, session });
      expect((await waiting).code).toBe(0);
    });

    it('says what is not there or not valid', async () => {
      expect((await fixture.cli(['scale', `${name}=2`])).code).toBe(4);
      await fixture.consul.kv.set(podConfigKey(name), '{');
      expect(await fixture.cli(['scale', `${name}=2`])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('not valid as it is stored') as string,
      });
    });
  });

  it('finds Consul by the names that the agent uses', async () => {
    const [address, port] = (fixture.env.CONSUL_HTTP_ADDR ?? '').split(':');
    const env = { RAFTAINER_CONSUL_HOST: address ?? '', RAFTAINER_CONSUL_PORT: port ?? '' };
    expect((await cli(['ps', '--json'], { env })).code).toBe(0);
    expect((await cli(['ps', '--json'], { env: { ...env, CONSUL_HTTP_ADDR: '127.0.0.1:1' } })).code).toBe(0);
    const flag = ['--consul-addr', fixture.env.CONSUL_HTTP_ADDR ?? ''];
    expect((await cli(['ps', '--json', ...flag], { env: { CONSUL_HTTP_ADDR: '127.0.0.1:1' } })).code).toBe(0);
  });
});
