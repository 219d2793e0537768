import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';

import type { RealConsul } from '@raftainer/testing';

// Three agents on one engine: each step is many containers.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 120_000, intervalMs: 250 };

let consul: RealConsul;
let image: string;
let hosts: readonly TestHost[];

beforeAll(async () => {
  image = await testImage();
  consul = await startConsul();
  // On one engine: what would be theirs alone on hosts of their own must not meet.
  hosts = await Promise.all(
    [0, 1, 2].map((n) =>
      TestHost.create({
        sharedConsul: consul,
        environment: {
          RAFTAINER_POD_SUBNETS: `10.21${String(n)}.0.0/16`,
          RAFTAINER_PORT_RANGE: `${String(21_000 + n * 1_000)}-${String(21_999 + n * 1_000)}`,
        },
      }),
    ),
  );
  await eventually(async () => {
    const present = (await first().cluster.hosts.list()).filter(({ session }) => session !== undefined);
    expect(present).toHaveLength(hosts.length);
  }, PATIENCE);
});

afterAll(async () => {
  for (const host of hosts) await host.close();
  await consul.stop();
});

function first(): TestHost {
  const [host] = hosts;
  if (host === undefined) throw new Error('There is no host.');
  return host;
}

/** Who holds the slots of a pod, once all of them are held. */
async function holders(pod: string, instances: number): Promise<readonly string[]> {
  return eventually(async () => {
    const claims = (await first().cluster.claims.list()).filter((claim) => claim.pod === pod);
    const names = claims.flatMap(({ session, info }) => (session === undefined ? [] : [info?.host ?? '']));
    expect(names).toHaveLength(instances);
    return names;
  }, PATIENCE);
}

function logged(message: string): number {
  return hosts.flatMap(({ agent }) => agent.log).filter(({ msg }) => msg === message).length;
}

describe('hosts that share a Consul', () => {
  const web = uniqueName('web');
  const logs = uniqueName('logs');
  const singles = Array.from({ length: 12 }, (_, index) => uniqueName(`single-${String(index)}`));

  it('share the slots, with hardly an attempt for nothing', async () => {
    await first().put({ ...sleepingPod(web, image), instances: 3 });
    await Promise.all(singles.map(async (name) => first().put(sleepingPod(name, image))));
    expect(new Set(await holders(web, 3)).size).toBe(3);
    const all = await Promise.all(singles.map(async (name) => holders(name, 1)));
    expect(new Set(all.flat()).size).toBeGreaterThan(1);
    await eventually(() => {
      expect(logged('A slot was claimed')).toBe(15);
    }, PATIENCE);
    // Without turns, every host would try for every slot. A host that a busy machine keeps from taking its turn may lose it.
    expect(logged('A slot could not be claimed, or its claim not proven')).toBeLessThan(singles.length / 2);
  });

  it('run one slot each of a system pod', async () => {
    await first().put({ ...sleepingPod(logs, image), kind: 'system' });
    expect([...(await holders(logs, 3))].sort()).toEqual(hosts.map(({ name }) => name).sort());
  });

  it('take over what a host that drains gives up, and leave it what is its own', async () => {
    const leaving = first().name;
    await first().cluster.drains.put(leaving, { since: new Date().toISOString() });
    await eventually(async () => {
      const claims = (await first().cluster.claims.list()).filter(({ session }) => session !== undefined);
      expect(claims).toHaveLength(18);
      const kept = claims.filter(({ info }) => info?.host === leaving).map(({ pod }) => pod);
      expect(kept).toEqual([logs]);
    }, PATIENCE);
    await eventually(async () => {
      expect(new Set((await first().containers()).map(({ labels }) => labels['raftainer.pod']))).toEqual(
        new Set([logs]),
      );
    }, PATIENCE);
  });

  it('leave running slots alone when the drain ends', async () => {
    const before = await holders(web, 3);
    await first().cluster.drains.remove(first().name);
    const name = uniqueName('after');
    await first().put({ ...sleepingPod(name, image), constraints: [constraintTo(first().name)] });
    expect(await holders(name, 1)).toEqual([first().name]);
    expect(await holders(web, 3)).toEqual(before);
  });
});

function constraintTo(host: string): object {
  return { attribute: 'hostname', operator: '=', value: host };
}
