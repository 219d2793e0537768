import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '@raftainer/testing';
import { createSession, nodeNameOf, readCheck, readEntry, unique } from './http-api.js';
import type { HttpApi, WireCheck } from './http-api.js';

interface WireAgentService {
  readonly ID: string;
  readonly Service: string;
  readonly Tags: readonly string[];
  readonly Meta: Readonly<Record<string, string>>;
  readonly Port: number;
  readonly Address: string;
}

type Services = Readonly<Record<string, WireAgentService>>;

export function describeAgent(api: () => HttpApi): void {
  const register = async (body: unknown, query = ''): Promise<void> => {
    const answer = await api().put(`agent/service/register${query}`, body);
    expect([answer.status, answer.text]).toEqual([200, '']);
  };
  const statusOf = async (check: string): Promise<string> => (await readCheck(api(), check)).Status;
  const checksOf = async (service: string): Promise<readonly WireCheck[]> =>
    Object.values((await api().get('agent/checks')).json<Readonly<Record<string, WireCheck>>>()).filter(
      ({ ServiceID }) => ServiceID === service,
    );

  describe.concurrent('agent', () => {
    it('says who it is', async () => {
      const self = (await api().get('agent/self')).json<{
        readonly Config: Readonly<Record<string, unknown>>;
        readonly Member: { readonly Name: string };
      }>();
      expect(self.Config).toMatchObject({ Datacenter: 'dc1', Server: true });
      expect(self.Config.Version).toMatch(/^\d+\.\d+/);
      expect(self.Member.Name).toBe(self.Config.NodeName);
    });

    it('registers, shows and deregisters a service', async () => {
      const id = unique('svc');
      await register({
        ID: id,
        Name: 'web',
        Port: 8080,
        Address: '10.0.0.9',
        Tags: ['a', 'b'],
        Meta: { k: 'v' },
      });
      const services = (await api().get('agent/services')).json<Services>();
      expect(services[id]).toMatchObject({
        ID: id,
        Service: 'web',
        Port: 8080,
        Address: '10.0.0.9',
        Tags: ['a', 'b'],
        Meta: { k: 'v' },
      });
      expect((await api().get(`agent/service/${id}`)).json<WireAgentService>().ID).toBe(id);

      const gone = await api().put(`agent/service/deregister/${id}`);
      expect([gone.status, gone.text]).toEqual([200, '']);
      expect((await api().get('agent/services')).json<Services>()).not.toHaveProperty(id);
      expect((await api().get(`agent/service/${id}`)).status).toBe(404);
    });

    it('takes the name for the id, and replaces a registration', async () => {
      const name = unique('svc');
      await register({ Name: name, Port: 1 });
      await register({ Name: name, Port: 2, Tags: ['new'] });
      const services = (await api().get('agent/services')).json<Services>();
      expect(services[name]).toMatchObject({ ID: name, Port: 2, Tags: ['new'] });
      await api().put(`agent/service/deregister/${name}`);
    });

    it('filters services', async () => {
      const name = unique('svc');
      await register({ ID: `${name}-1`, Name: name, Tags: ['blue'] });
      await register({ ID: `${name}-2`, Name: name, Tags: ['green'] });
      const filter = encodeURIComponent(`Service == "${name}" and "green" in Tags`);
      const found = (await api().get(`agent/services?filter=${filter}`)).json<Services>();
      expect(Object.keys(found)).toEqual([`${name}-2`]);
      await Promise.all([1, 2].map((n) => api().put(`agent/service/deregister/${name}-${String(n)}`)));
    });

    it('refuses incomplete registrations', async () => {
      const cases: readonly (readonly [unknown, RegExp])[] = [
        [{}, /Missing service name/],
        [{ Name: 'x', Check: { Name: 'c' } }, /Invalid check/],
        [{ Name: 'x', Check: { Name: 'c', HTTP: 'http://127.0.0.1/' } }, /Interval must be > 0/],
        ['{', /Request decode failed/],
      ];
      for (const [body, text] of cases) {
        const answer = await api().put('agent/service/register', body);
        expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), 400]);
        expect(answer.text).toMatch(text);
      }
      expect((await api().put('agent/check/register', { TTL: '1s' })).text).toMatch(/Missing check name/);
      const orphan = await api().put('agent/check/register', {
        Name: 'c',
        TTL: '1s',
        ServiceID: unique('none'),
      });
      expect(orphan.status).toBeGreaterThanOrEqual(400);
    });

    it('starts a TTL check critical and lets it be reported', async () => {
      const id = unique('svc');
      const check = `${id}:ttl`;
      await register({
        ID: id,
        Name: 'web',
        Check: { CheckID: check, Name: 'alive', TTL: '30s', Notes: 'n' },
      });
      expect(await readCheck(api(), check)).toMatchObject({
        CheckID: check,
        Name: 'alive',
        Status: 'critical',
        Notes: 'n',
        ServiceID: id,
        ServiceName: 'web',
        Node: await nodeNameOf(api()),
      });
      for (const [verb, status] of [
        ['pass', 'passing'],
        ['warn', 'warning'],
        ['fail', 'critical'],
      ] as const) {
        const answer = await api().put(`agent/check/${verb}/${check}?note=${verb}%20noted`);
        expect([answer.status, answer.text]).toEqual([200, '']);
        expect(await readCheck(api(), check)).toMatchObject({ Status: status, Output: `${verb} noted` });
      }
      await api().put(`agent/check/update/${check}`, { Status: 'passing', Output: 'fine' });
      expect(await readCheck(api(), check)).toMatchObject({ Status: 'passing', Output: 'fine' });
      const bad = await api().put(`agent/check/update/${check}`, { Status: 'great' });
      expect([bad.status, bad.text]).toEqual([400, "Invalid check status: 'great'"]);
      await api().put(`agent/service/deregister/${id}`);
      expect(await checksOf(id)).toEqual([]);
    });

    it('refuses a report for a check it does not know', async () => {
      const answer = await api().put(`agent/check/pass/${unique('none')}`);
      // 500 up to Consul 1.13, 404 since.
      expect(answer.status).toBeGreaterThanOrEqual(404);
      expect(answer.text).toMatch(/does not have associated TTL|Unknown check/);
    });

    it('turns a TTL check critical when no report comes', async () => {
      const id = unique('svc');
      await register({ ID: id, Name: 'web', Check: { CheckID: id, TTL: '3s' } });
      await api().put(`agent/check/pass/${id}?note=good`);
      const passed = performance.now();
      expect(await statusOf(id)).toBe('passing');
      await eventually(async () => (await statusOf(id)) === 'critical');
      expect(performance.now() - passed).toBeGreaterThan(2_500);
      expect((await readCheck(api(), id)).Output).toContain('TTL expired');
      await api().put(`agent/check/pass/${id}`);
      expect(await statusOf(id)).toBe('passing');
      await api().put(`agent/service/deregister/${id}`);
    });

    it('names checks after their service, and takes a first status', async () => {
      const id = unique('svc');
      await register({ ID: id, Name: 'web', Checks: [{ TTL: '30s', Status: 'passing' }, { TTL: '30s' }] });
      const checks = await checksOf(id);
      expect(Object.fromEntries(checks.map(({ CheckID, Status }) => [CheckID, Status]))).toEqual({
        [`service:${id}:1`]: 'passing',
        [`service:${id}:2`]: 'critical',
      });
      await register(
        { ID: id, Name: 'web', Check: { TTL: '30s', Status: 'warning' } },
        '?replace-existing-checks=true',
      );
      const replaced = await checksOf(id);
      expect(replaced.map(({ CheckID, Status }) => [CheckID, Status])).toEqual([
        [`service:${id}`, 'warning'],
      ]);
      await api().put(`agent/service/deregister/${id}`);
    });

    it('keeps earlier checks when it is not told to replace them', async () => {
      const id = unique('svc');
      await register({ ID: id, Name: 'web', Check: { CheckID: `${id}:a`, TTL: '30s' } });
      await register({ ID: id, Name: 'web', Check: { CheckID: `${id}:b`, TTL: '30s' } });
      expect((await checksOf(id)).map(({ CheckID }) => CheckID).sort()).toEqual([`${id}:a`, `${id}:b`]);
      await api().put(`agent/service/deregister/${id}`);
    });

    it('registers and deregisters a check of its node', async () => {
      const id = unique('check');
      expect((await api().put('agent/check/register', { ID: id, Name: 'disk', TTL: '30s' })).status).toBe(
        200,
      );
      expect(await readCheck(api(), id)).toMatchObject({ ServiceID: '', Status: 'critical' });
      expect((await api().put(`agent/check/deregister/${id}`)).status).toBe(200);
      await expect(readCheck(api(), id)).rejects.toThrow();
    });

    it('runs HTTP checks', async () => {
      const id = unique('svc');
      let status = 200;
      const server = createServer((_, response) => {
        response.writeHead(status).end('body');
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      try {
        await register({
          ID: id,
          Name: 'web',
          Check: { CheckID: id, HTTP: `http://127.0.0.1:${String(port)}/`, Interval: '200ms', Timeout: '2s' },
        });
        await eventually(async () => (await statusOf(id)) === 'passing');
        expect((await readCheck(api(), id)).Output).toMatch(/HTTP GET .*: 200 OK.*body/s);
        status = 429;
        await eventually(async () => (await statusOf(id)) === 'warning');
        status = 500;
        await eventually(async () => (await statusOf(id)) === 'critical');
      } finally {
        await api().put(`agent/service/deregister/${id}`);
        server.closeAllConnections();
        server.close();
      }
    });

    it('runs TCP checks', async () => {
      const id = unique('svc');
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      try {
        await register({
          ID: id,
          Name: 'web',
          Check: { CheckID: id, TCP: `127.0.0.1:${String(port)}`, Interval: '200ms', Timeout: '1s' },
        });
        await eventually(async () => (await statusOf(id)) === 'passing');
        server.close();
        await eventually(async () => (await statusOf(id)) === 'critical');
      } finally {
        await api().put(`agent/service/deregister/${id}`);
        server.close();
      }
    });

    it('runs alias checks', async () => {
      const [id, alias] = [unique('svc'), unique('svc')];
      await register({ ID: id, Name: 'web', Check: { CheckID: id, TTL: '60s', Status: 'passing' } });
      await register({ ID: alias, Name: 'web-alias', Check: { CheckID: alias, AliasService: id } });
      await eventually(async () => (await statusOf(alias)) === 'passing');
      await api().put(`agent/check/warn/${id}`);
      await eventually(async () => (await statusOf(alias)) === 'warning');
      await api().put(`agent/check/fail/${id}`);
      await eventually(async () => (await statusOf(alias)) === 'critical');
      await Promise.all([id, alias].map((each) => api().put(`agent/service/deregister/${each}`)));
    });

    it('binds sessions to checks: not while critical, and ended when one turns so', async () => {
      const id = unique('svc');
      await register({ ID: id, Name: 'web', Check: { CheckID: id, TTL: '60s' } });
      const wanted = { Checks: ['serfHealth', id], LockDelay: '0s' };
      const refused = await eventually(async () => {
        const answer = await api().put('session/create', wanted);
        // The catalogue may learn of the check a moment after the agent does.
        return !answer.text.includes('Missing check') && answer;
      });
      expect([refused.status, refused.text]).toEqual([500, `Check '${id}' is in critical state`]);

      await api().put(`agent/check/pass/${id}`);
      const session = await eventually(() => createSession(api(), wanted));
      const key = unique('bound');
      await api().put(`kv/${key}?acquire=${session}`, 'x');
      await api().put(`agent/check/warn/${id}`);
      await sleep(300);
      expect((await readEntry(api(), key)).Session).toBe(session);

      const failed = performance.now();
      await api().put(`agent/check/fail/${id}`);
      await eventually(async () => (await readEntry(api(), key)).Session === undefined);
      expect(performance.now() - failed).toBeLessThan(5_000);
      expect((await api().get(`session/info/${session}`)).json()).toEqual([]);
      await api().put(`agent/service/deregister/${id}`);
    });

    it('ends bound sessions when the TTL of the check lapses, and when the check is deregistered', async () => {
      const [lapsing, leaving] = [unique('svc'), unique('svc')];
      await register({ ID: lapsing, Name: 'web', Check: { CheckID: lapsing, TTL: '4s', Status: 'passing' } });
      await register({
        ID: leaving,
        Name: 'web',
        Check: { CheckID: leaving, TTL: '60s', Status: 'passing' },
      });
      const [first, second] = await Promise.all(
        [lapsing, leaving].map((check) =>
          eventually(() => createSession(api(), { Checks: [check], LockDelay: '0s' })),
        ),
      );
      const gone = async (session: string): Promise<boolean> =>
        (await api().get(`session/info/${session}`)).text.trim() === '[]';
      await eventually(() => gone(first!));
      await api().put(`agent/service/deregister/${leaving}`);
      await eventually(() => gone(second!));
      await api().put(`agent/service/deregister/${lapsing}`);
    });

    it('accepts the newer NodeChecks and ServiceChecks of sessions', async () => {
      const id = unique('svc');
      await register({ ID: id, Name: 'web', Check: { CheckID: id, TTL: '60s', Status: 'passing' } });
      const session = await eventually(() =>
        createSession(api(), { NodeChecks: ['serfHealth'], ServiceChecks: [{ ID: id }], LockDelay: '0s' }),
      );
      await api().put(`agent/check/fail/${id}`);
      await eventually(async () => (await api().get(`session/info/${session}`)).text.trim() === '[]');
      await api().put(`agent/service/deregister/${id}`);
    });
  });
}
