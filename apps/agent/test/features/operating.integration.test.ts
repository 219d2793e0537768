import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { raftainer } from '../support/cli-process.js';
import { sleepingPod } from '../support/definitions.js';
import { createPrivateEngine, privateEngineObstacle } from '../support/private-engine.js';
import { TestHost } from '../support/test-host.js';

import type { PrivateEngine } from '../support/private-engine.js';
import type { RealConsul } from '@raftainer/testing';

// Two engines with an agent each, and a process for each command: each step takes a while.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 120_000, intervalMs: 250 };

// Two copies of a slot at once need two engines.
const obstacle = await privateEngineObstacle();

let consul: RealConsul;
let engine: PrivateEngine | undefined;
let image: string;
let hosts: readonly [TestHost, TestHost];

beforeAll(async () => {
  if (obstacle !== undefined) return;
  image = await testImage();
  // Which is Consul's own default for clients.
  consul = await startConsul({ config: { leave_on_terminate: true } });
  engine = await createPrivateEngine();
  hosts = [
    await TestHost.create({ sharedConsul: consul }),
    await TestHost.create({ sharedConsul: consul, dockerHost: engine.host }),
  ];
  await eventually(async () => {
    const present = (await hosts[0].cluster.hosts.list()).filter(({ session }) => session !== undefined);
    expect(present).toHaveLength(2);
  }, PATIENCE);
});

afterAll(async () => {
  if (obstacle !== undefined) return;
  for (const host of hosts) await host.close();
  await engine?.remove();
  await consul.stop();
});

async function holderOf(pod: string, index = 0): Promise<string | undefined> {
  const claim = await hosts[0].cluster.claims.get(pod, index);
  return claim?.session === undefined ? undefined : claim.info?.host;
}

async function json(argv: readonly string[], stdin = ''): Promise<Record<string, unknown>> {
  const { output } = await raftainer(hosts[0], [...argv, '--json'], { stdin });
  return JSON.parse(output) as Record<string, unknown>;
}

describe.skipIf(obstacle !== undefined)('the command line and real agents', () => {
  const web = uniqueName('web');
  const shared = uniqueName('shared');

  it('plans what the agents then do', async () => {
    const definitions = [sleepingPod(web, image), { ...sleepingPod(shared, image), exclusive: false }]
      .map((definition) => JSON.stringify(definition))
      .join('\n---\n');
    const plan = (await json(['plan', '-f', '-'], definitions)) as {
      readonly pods: readonly {
        readonly name: string;
        readonly slots: readonly { readonly host: string }[];
      }[];
    };
    const { code } = await raftainer(hosts[0], ['apply', '--wait', '-f', '-'], { stdin: definitions });
    expect(code).toBe(0);
    for (const { name, slots } of plan.pods) expect(await holderOf(name)).toBe(slots[0]?.host);
  });

  it('moves slots when the holders are asked to, and leaves nothing of the request', async () => {
    const names = hosts.map(({ name }) => name);
    for (const pod of [web, shared]) {
      const from = (await holderOf(pod)) ?? '';
      const to = names.find((name) => name !== from) ?? '';
      const claim = await hosts[0].cluster.claims.get(pod, 0);
      const since = new Date().toISOString();
      const info = { from, to, epoch: claim?.epoch ?? 0, since };
      await hosts[0].cluster.moves.put({ pod, index: 0 }, info);
      await eventually(async () => {
        expect(await holderOf(pod)).toBe(to);
        const status = (await hosts[0].cluster.statuses.listFor(pod))[0]?.status;
        expect(status).toMatchObject({ host: to, phase: 'running' });
      }, PATIENCE);
      const left = hosts.find(({ name }) => name === from);
      await eventually(async () => {
        expect(await left?.containers(pod)).toEqual([]);
      }, PATIENCE);
      // The record is about the claim that is gone, so that it stands there does nothing.
      expect(await holderOf(pod)).toBe(to);
      await hosts[0].cluster.moves.remove({ pod, index: 0 });
    }
  });

  it('drains a host until it holds nothing, and rebalances when told to', async () => {
    const [leaving, other] = hosts;
    const drained = await raftainer(other, ['drain', leaving.name, '--reason', 'new disks', '--wait']);
    expect(drained.code).toBe(0);
    expect(await Promise.all([web, shared].map((pod) => holderOf(pod)))).toEqual([other.name, other.name]);
    await eventually(async () => {
      expect(await leaving.containers()).toEqual([]);
    }, PATIENCE);
    const { hosts: rows } = (await json(['hosts', leaving.name])) as { readonly hosts: readonly unknown[] };
    expect(rows).toMatchObject([{ state: 'draining', drain: { reason: 'new disks' }, slots: [] }]);

    const pair = uniqueName('pair');
    await other.put({ ...sleepingPod(pair, image), instances: 2 });
    await eventually(async () => {
      expect([await holderOf(pair, 0), await holderOf(pair, 1)]).toEqual([other.name, other.name]);
    }, PATIENCE);
    expect((await raftainer(other, ['drain', leaving.name, '--undo'])).code).toBe(0);
    const shown = await raftainer(other, ['rebalance']);
    expect(shown.output).toContain(`${pair}/`);
    expect([await holderOf(pair, 0), await holderOf(pair, 1)]).toEqual([other.name, other.name]);
    const done = await raftainer(other, ['rebalance', '--yes']);
    expect(done.output).toContain(`is on ${leaving.name} now`);
    expect(done.code).toBe(0);
    expect(new Set([await holderOf(pair, 0), await holderOf(pair, 1)]).size).toBe(2);
    expect(await other.cluster.moves.list()).toEqual([]);
  });

  it('tells at the start which settings of Consul break a promise, and what to set', async () => {
    const words = /leave_on_terminate = false/;
    await eventually(async () => {
      expect((await raftainer(hosts[0], ['hosts'])).output).toMatch(words);
    }, PATIENCE);
    expect(hosts[0].agent.output).toMatch(
      /A setting of Consul: .*restarting it ends the sessions of this host/,
    );
    const { hosts: told } = (await json(['hosts'])) as {
      readonly hosts: readonly { readonly warnings: readonly string[] }[];
    };
    for (const { warnings } of told) expect(warnings).toEqual([expect.stringMatching(words)]);
  });

  it('asks the agent of this host to hold its claims', async () => {
    const [host] = hosts;
    const held = await raftainer(host, ['agent', 'hold', '5m', '--state-dir', host.stateDir, '--json']);
    expect(held).toEqual({ code: 0, output: `{"stateDir":"${host.stateDir}","holdMs":300000}\n` });
    const nobody = await raftainer(host, ['agent', 'hold', '5m', '--state-dir', `${host.stateDir}/none`]);
    expect(nobody.code).toBe(3);
    expect(nobody.output).toContain('no agent runs with its state there');
    const never = await raftainer(host, ['agent', 'hold', '25h', '--state-dir', host.stateDir]);
    expect(never.code).toBe(2);
  });
});
