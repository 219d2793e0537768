import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '@raftainer/testing';
import { nodeNameOf, unique } from './http-api.js';
import type { HttpApi, WireCheck } from './http-api.js';

interface WireHealth {
  readonly Node: { readonly Node: string; readonly Address: string };
  readonly Service: { readonly ID: string; readonly Port: number; readonly Tags: readonly string[] };
  readonly Checks: readonly WireCheck[];
}

export function describeCatalog(api: () => HttpApi): void {
  const register = async (body: unknown): Promise<void> => {
    expect((await api().put('agent/service/register', body)).status).toBe(200);
  };
  const health = async (name: string, query = ''): Promise<readonly WireHealth[]> =>
    (await api().get(`health/service/${name}${query}`)).json<readonly WireHealth[]>();

  describe.concurrent('catalog, health and status', () => {
    it('lists services with their tags', async () => {
      const name = unique('cat');
      await register({ ID: `${name}-1`, Name: name, Tags: ['a'] });
      await register({ ID: `${name}-2`, Name: name, Tags: ['b', 'a'] });
      await eventually(async () => {
        const all = (await api().get('catalog/services')).json<Readonly<Record<string, readonly string[]>>>();
        expect([...(all[name] ?? [])].sort()).toEqual(['a', 'b']);
        expect(all).toHaveProperty('consul');
      });
      await Promise.all([1, 2].map((n) => api().put(`agent/service/deregister/${name}-${String(n)}`)));
      await eventually(async () => {
        expect((await api().get('catalog/services')).json()).not.toHaveProperty(name);
      });
    });

    it('shows where a service is', async () => {
      const name = unique('cat');
      await register({
        ID: `${name}-1`,
        Name: name,
        Port: 81,
        Address: '10.1.1.1',
        Tags: ['t'],
        Meta: { k: 'v' },
      });
      await eventually(async () => {
        const [entry] = (await api().get(`catalog/service/${name}`)).json<readonly unknown[]>();
        expect(entry).toMatchObject({
          Node: await nodeNameOf(api()),
          Datacenter: 'dc1',
          ServiceID: `${name}-1`,
          ServiceName: name,
          ServicePort: 81,
          ServiceAddress: '10.1.1.1',
          ServiceTags: ['t'],
          ServiceMeta: { k: 'v' },
        });
      });
      const none = await api().get(`catalog/service/${unique('none')}`);
      expect([none.status, none.json()]).toEqual([200, []]);
      expect(none.index).toBeGreaterThan(0);
      await api().put(`agent/service/deregister/${name}-1`);
    });

    it('lists the nodes', async () => {
      const nodes = (await api().get('catalog/nodes')).json<
        readonly { readonly Node: string; readonly Address: string }[]
      >();
      expect(nodes.map(({ Node }) => Node)).toContain(await nodeNameOf(api()));
      expect(nodes.every(({ Address }) => Address !== '')).toBe(true);
    });

    it('gives the health of a service, all of it or only what passes', async () => {
      const name = unique('cat');
      await register({
        ID: `${name}-1`,
        Name: name,
        Port: 1,
        Check: { CheckID: `${name}-1`, TTL: '60s', Status: 'passing' },
      });
      await register({ ID: `${name}-2`, Name: name, Port: 2, Check: { CheckID: `${name}-2`, TTL: '60s' } });
      const ids = (entries: readonly WireHealth[]): readonly string[] =>
        entries.map(({ Service }) => Service.ID).sort();
      await eventually(async () => {
        expect(ids(await health(name))).toEqual([`${name}-1`, `${name}-2`]);
        expect(ids(await health(name, '?passing'))).toEqual([`${name}-1`]);
      });
      const [first] = await health(name, '?passing=true');
      expect(first?.Node.Node).toBe(await nodeNameOf(api()));
      expect(first?.Checks.map(({ CheckID, Status }) => [CheckID, Status]).sort()).toEqual(
        [
          [`${name}-1`, 'passing'],
          ['serfHealth', 'passing'],
        ].sort(),
      );
      expect((await api().get(`health/service/${unique('none')}`)).json()).toEqual([]);
      await Promise.all([1, 2].map((n) => api().put(`agent/service/deregister/${name}-${String(n)}`)));
    });

    it('wakes a blocking query on health', async () => {
      const name = unique('cat');
      await register({ ID: name, Name: name, Check: { CheckID: name, TTL: '60s' } });
      await eventually(async () => {
        expect(await health(name)).toHaveLength(1);
      });
      let { index } = await api().get(`health/service/${name}?passing`);
      const waiting = (async () => {
        for (;;) {
          const answer = await api().get(`health/service/${name}?passing&index=${String(index)}&wait=10s`);
          if (answer.json<readonly unknown[]>().length > 0) return performance.now();
          index = answer.index;
        }
      })();
      await sleep(150);
      const changed = performance.now();
      await api().put(`agent/check/pass/${name}`);
      expect((await waiting) - changed).toBeLessThan(5_000);
      await api().put(`agent/service/deregister/${name}`);
    });

    it('gives checks by service, node and state', async () => {
      const name = unique('cat');
      await register({
        ID: name,
        Name: name,
        Check: { CheckID: name, Name: 'c', TTL: '60s', Status: 'warning' },
      });
      const node = await nodeNameOf(api());
      const ids = async (path: string): Promise<readonly string[]> =>
        (await api().get(path)).json<readonly WireCheck[]>().map(({ CheckID }) => CheckID);
      await eventually(async () => {
        expect(await ids(`health/checks/${name}`)).toEqual([name]);
      });
      expect(await ids(`health/node/${node}`)).toEqual(expect.arrayContaining(['serfHealth', name]));
      expect(await ids(`health/node/${unique('nowhere')}`)).toEqual([]);
      expect(await ids('health/state/warning')).toContain(name);
      expect(await ids('health/state/any')).toEqual(expect.arrayContaining(['serfHealth', name]));
      expect(await ids('health/state/passing')).not.toContain(name);
      await api().put(`agent/service/deregister/${name}`);
    });

    it('knows its leader and peers', async () => {
      const leader = (await api().get('status/leader')).json<string>();
      expect(leader).toMatch(/^.+:\d+$/);
      expect((await api().get('status/peers')).json()).toEqual([leader]);
    });

    it('answers 404 for what is not there', async () => {
      expect((await api().get(unique('nothing'))).status).toBe(404);
    });
  });
}
