import { writeFile } from 'node:fs/promises';
import { hostKey, moveKey, podConfigKey, verdictsKey } from '@raftainer/cluster';
import { eventually, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fixture } from './harness.js';
import { SERVERS } from './harness.js';
import type { TemporaryFolder } from './temporary-folder.js';
import { temporaryFolder } from './temporary-folder.js';

const json = (text: string): unknown => JSON.parse(text);

describe.each(SERVERS)('the verbs of the cluster on $name', (server) => {
  let fixture: Fixture;
  let folder: TemporaryFolder;
  let name: string;
  let session: string;

  const definition = (more: object = {}): object => ({
    name,
    containers: [{ name: 'app', image: 'busybox:1', resources: { cpu: 1 } }],
    ...more,
  });

  beforeAll(async () => {
    fixture = await server.start();
    session = await fixture.joinHost('n1');
    await fixture.joinHost('n2');
  });

  afterAll(() => fixture.stop());

  beforeEach(async () => {
    folder = await temporaryFolder();
    name = uniqueName('web');
  });

  afterEach(async () => {
    await folder.remove();
    await fixture.consul.kv.delete('raftainer/pods/', { recurse: true });
    await fixture.consul.kv.delete('raftainer/drains/', { recurse: true });
  });

  describe('hosts', () => {
    it('shows what each has and what is allocated', async () => {
      await fixture.cluster.pods.put(name, definition());
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      const { code, stdout } = await fixture.cli(['hosts', '--json']);
      expect(code).toBe(0);
      expect(json(stdout)).toMatchObject({
        hosts: [
          { host: 'n1', state: 'present', capacity: { cpu: 4 }, allocated: { cpu: 1 }, slots: [`${name}/0`] },
          { host: 'n2', state: 'present', allocated: { cpu: 0 }, slots: [], problems: [] },
        ],
      });
      const table = await fixture.cli(['hosts', 'n1']);
      expect(table.stdout).toMatch(/^HOST +STATE +REGION .*\nn1 +present +- +1\/4 /);
    });

    it('knows which name was meant', async () => {
      expect(await fixture.cli(['hosts', 'n11'])).toEqual({
        code: 4,
        stdout: '',
        stderr: 'raftainer: there is no host "n11"; did you mean "n1"?\n',
      });
    });
  });

  it('are not broken by records that nobody can read', async () => {
    await fixture.cluster.pods.put(name, definition());
    const odd = uniqueName('odd');
    await fixture.consul.kv.set(hostKey(odd), '{"version": 99}');
    await fixture.consul.kv.set(verdictsKey('n1'), 'no JSON');
    await fixture.consul.kv.set(moveKey(name, 0), '[]');
    await fixture.consul.kv.set(podConfigKey(`${name}-2`), '{');
    const file = await folder.write('web.json', definition());
    for (const argv of [
      ['hosts'],
      ['ps'],
      ['why', name],
      ['why', `${name}-2`],
      ['plan', '-f', file],
      ['rebalance'],
    ]) {
      expect(await fixture.cli(argv)).toMatchObject({ code: 0 });
    }
    const { stdout } = await fixture.cli(['hosts']);
    expect(stdout).toMatch(new RegExp(`${odd} +absent .*its record is unreadable: `));
    expect(stdout).toMatch(/n1 +present .*its verdicts record is unreadable: not valid JSON/);
    await fixture.consul.kv.delete(hostKey(odd));
  });

  describe('why', () => {
    it('answers for a pod and for a slot', async () => {
      await fixture.cluster.pods.put(name, definition({ instances: 2 }));
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      const all = await fixture.cli(['why', name]);
      expect(all.stdout).toContain(`${name}/0  pending, held by n1 since`);
      expect(all.stdout).toContain(`${name}/1  pending, held by nobody\n    waits: n2 comes first`);
      const one = json((await fixture.cli(['why', `${name}/1`, '--json'])).stdout);
      expect(one).toMatchObject({ pod: name, impossible: [], slots: [{ index: 1, held: false }] });
    });

    it('says when no host can ever run it', async () => {
      const containers = [{ name: 'app', image: 'a:1', resources: { cpu: 64, memory: '1Ti' } }];
      await fixture.cluster.pods.put(name, definition({ containers }));
      const { stdout } = await fixture.cli(['why', name]);
      expect(stdout).toContain('no host can ever run it: none of the 2 known hosts');
      expect(stdout.match(/cpu: 64 cores requested, 4 cores available/g)).toHaveLength(2);
      expect(stdout.match(/memory: 1 TiB requested/g)).toHaveLength(2);
    });

    it('knows neither pods nor slots that are not there', async () => {
      await fixture.cluster.pods.put(name, definition());
      expect(await fixture.cli(['why', `${name}x`])).toMatchObject({
        code: 4,
        stderr: `raftainer: there is no pod "${name}x"; did you mean "${name}"?\n`,
      });
      expect(await fixture.cli(['why', `${name}/7`])).toMatchObject({ code: 4 });
      expect(await fixture.cli(['why', 'a/b/c'])).toMatchObject({ code: 2 });
    });
  });

  describe('plan', () => {
    it('says what would change and where it would run, and changes nothing', async () => {
      const file = await folder.write('web.json', definition());
      const made = await fixture.cli(['plan', '-f', file, '--json']);
      expect(made.code).toBe(6);
      expect(json(made.stdout)).toMatchObject({
        index: expect.any(Number) as number,
        pods: [{ name, change: 'new', seen: 0, slots: [{ slot: `${name}/0`, action: 'place' }] }],
      });
      expect(await fixture.cluster.pods.get(name)).toBeUndefined();
      await fixture.cli(['apply', '-f', file]);
      expect((await fixture.cli(['plan', '-f', file])).code).toBe(0);
      await folder.write('web.json', definition({ instances: 3 }));
      const changed = await fixture.cli(['plan', '-f', file]);
      expect(changed).toMatchObject({ code: 6 });
      expect(changed.stdout).toContain('~ instances: 1 → 3');
    });

    it('refuses definitions with all that is wrong', async () => {
      const file = await folder.write('bad.json', definition({ instances: -1, containres: [] }));
      const refused = await fixture.cli(['plan', '-f', file]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('2 problems');
    });

    it('is applied as it is saved, and refused when what it saw has changed', async () => {
      const file = await folder.write('web.json', definition({ instances: 2 }));
      const out = `${file}.plan`;
      await fixture.cli(['plan', '-f', file, '--out', out]);
      const applied = await fixture.cli(['apply', '--plan', out]);
      expect(applied).toMatchObject({ code: 0, stdout: `${name}  created\n` });
      expect((await fixture.cli(['apply', '--plan', out])).stdout).toBe(`${name}  unchanged\n`);

      await folder.write('web.json', definition({ instances: 3 }));
      await fixture.cli(['plan', '-f', file, '--out', out]);
      await fixture.cluster.pods.put(name, definition({ instances: 5 }));
      const stale = await fixture.cli(['apply', '--plan', out, '--json']);
      expect(stale).toMatchObject({ code: 1, stdout: '' });
      expect(json(stale.stderr)).toMatchObject({
        error: {
          code: 'CLI_PLAN_STALE',
          changed: [{ pod: name, fields: [{ path: 'instances', before: 2, after: 5 }] }],
        },
      });
      const record = await fixture.cluster.pods.get(name);
      expect(record?.result.ok === true && record.result.pod.instances).toBe(5);
    });

    it('that is none is refused', async () => {
      const out = await folder.write('plan.json', { raftainerPlan: 99 });
      expect(await fixture.cli(['apply', '--plan', out])).toMatchObject({ code: 2 });
      await writeFile(out, '{');
      expect((await fixture.cli(['apply', '--plan', out])).stderr).toContain('cannot be read');
      expect(await fixture.cli(['apply', '--plan', out, '-f', out])).toMatchObject({ code: 2 });
    });
  });

  describe('drain', () => {
    it('writes its record, keeps it, and takes it back', async () => {
      const drained = await fixture.cli(['drain', 'n1', '--reason', 'new disks', '--json']);
      expect(json(drained.stdout)).toEqual({ host: 'n1', action: 'draining', slots: [] });
      expect(await fixture.cluster.drains.get('n1')).toMatchObject({ info: { reason: 'new disks' } });
      expect((await fixture.cli(['drain', 'n1'])).stdout).toBe('n1  unchanged\n');
      expect((await fixture.cli(['hosts', 'n1'])).stdout).toContain('new disks');
      expect((await fixture.cli(['drain', 'n1', '--undo'])).stdout).toBe('n1  undone\n');
      expect(await fixture.cluster.drains.list()).toEqual([]);
      expect((await fixture.cli(['drain', 'n1', '--undo'])).stdout).toBe('n1  not draining\n');
      expect(await fixture.cli(['drain', 'nn2'])).toMatchObject({ code: 4 });
    });

    it('--wait ends when what left the host serves elsewhere', async () => {
      await fixture.cluster.pods.put(name, definition());
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      let progress = '';
      const waiting = fixture.cli(['drain', 'n1', '--wait'], { onStderr: (text) => (progress = text) });
      await eventually(() => {
        expect(progress).toContain(`${name}/0`);
      });
      await fixture.cluster.claims.release({ pod: name, index: 0, session });
      const other = await fixture.consul.sessions.create({
        name: 'n2',
        ttlMs: 60_000,
        lockDelayMs: 0,
        behavior: 'release',
      });
      await fixture.claim({ pod: name, index: 0, session: other }, 'n2');
      await fixture.report(name, 0, { phase: 'healthy' });
      expect(await waiting).toMatchObject({ code: 0, stdout: 'n1  draining\n' });
    });

    it('--wait says what stays, and why', async () => {
      await fixture.cluster.pods.put(name, definition());
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      const message = 'this host is draining, but no other host can take the slot';
      await fixture.report(name, 0, { phase: 'healthy', message });
      const stuck = await fixture.cli(['drain', 'n1', '--wait', '--json']);
      expect(stuck.code).toBe(1);
      expect(json(stuck.stderr)).toMatchObject({
        error: { code: 'CLI_WAIT_FAILED', slots: [{ slot: `${name}/0`, why: [message] }] },
      });
    });
  });

  describe('rebalance', () => {
    it('shows the moves, and moves nothing', async () => {
      await fixture.cluster.pods.put(name, definition({ instances: 2 }));
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      await fixture.claim({ pod: name, index: 1, session }, 'n1');
      const { stdout, stderr } = await fixture.cli(['rebalance']);
      expect(stdout).toMatch(
        new RegExp(`SLOT +FROM +TO\\n${name}/\\d +n1 +n2\\n\\nHOST +SLOTS +FULL\\nn1 +2 → 1 `),
      );
      expect(stderr).toContain('raftainer rebalance --yes');
      expect(await fixture.cluster.moves.list()).toEqual([]);
    });

    it('--yes takes its request back when nothing comes of it', async () => {
      await fixture.cluster.pods.put(name, definition({ instances: 2 }));
      await fixture.claim({ pod: name, index: 0, session }, 'n1');
      await fixture.claim({ pod: name, index: 1, session }, 'n1');
      const result = await fixture.cli(['rebalance', '--yes', '--timeout', '2s', '--json']);
      expect(result.code).toBe(5);
      expect(await fixture.cluster.moves.list()).toEqual([]);
    });

    it('shows nothing where nothing is to be moved', async () => {
      const { code, stdout, stderr } = await fixture.cli(['rebalance']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('nothing to move');
    });
  });

  it('ps shows the slots that a system pod has still to get', async () => {
    await fixture.cluster.pods.put(name, definition({ kind: 'system' }));
    await fixture.claim({ pod: name, index: 0, session }, 'n1');
    const { stdout } = await fixture.cli(['ps', name, '--json']);
    expect(json(stdout)).toMatchObject({
      pods: [
        {
          kind: 'system',
          slots: [
            { index: 0, host: 'n1' },
            { index: 1, held: false },
          ],
        },
      ],
    });
    const scaled = await fixture.cli(['scale', `${name}=3`]);
    expect(scaled.code).toBe(2);
    expect(scaled.stderr).toContain('kind: system');
  });
});
