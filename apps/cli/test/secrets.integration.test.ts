import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SERVERS } from './harness.js';

import type { Fixture } from './harness.js';

const [, embedded] = SERVERS;
const IN_AN_HOUR = (): string => new Date(Date.now() + 3_605_000).toISOString();
const AN_HOUR_AGO = (): string => new Date(Date.now() - 7_205_000).toISOString();

describe('secrets', () => {
  let fleet: Fixture;

  beforeAll(async () => {
    fleet = await embedded.start();
    await fleet.cluster.pods.put('web', {
      name: 'web',
      instances: 2,
      containers: [{ name: 'app', image: 'busybox:1' }],
    });
    const session = await fleet.joinHost('n1');
    for (const index of [0, 1]) await fleet.claim({ pod: 'web', index, session }, 'n1');
    await fleet.report('web', 0, {
      phase: 'running',
      secrets: [
        { kind: 'kv', name: 'secret/web', version: '3', usedBy: ['app'] },
        { kind: 'database', name: 'database/web', expiresAt: IN_AN_HOUR(), usedBy: ['app', 'job'] },
      ],
    });
    await fleet.report('web', 1, {
      phase: 'running',
      secrets: [
        {
          kind: 'kv',
          name: 'secret/web',
          staleSince: AN_HOUR_AGO(),
          problem: 'Vault is sealed',
          usedBy: ['app'],
        },
      ],
    });
  });

  afterAll(() => fleet.stop());

  it('are shown slot by slot: what is used, until when, and whether it is stale', async () => {
    const { code, stdout } = await fleet.cli(['secrets', 'web']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^SLOT +KIND +NAME +VERSION +ENDS +USED BY +STATE$/);
    expect(lines[1]).toMatch(/^web\/0 +kv +secret\/web +3 +- +app +up to date$/);
    expect(lines[2]).toMatch(/^web\/0 +database +database\/web +- +in 60m +app, job +up to date$/);
    expect(lines[3]).toMatch(/^web\/1 +kv +secret\/web +- +- +app +stale for 2h: Vault is sealed$/);
  });

  it('of one slot come as JSON', async () => {
    const { code, stdout } = await fleet.cli(['secrets', 'web/0', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pod: 'web',
      slots: [{ slot: 'web/0', host: 'n1', secrets: [{ kind: 'kv', version: '3' }, { kind: 'database' }] }],
    });
  });

  it('of a pod or slot that is not there are not found', async () => {
    expect((await fleet.cli(['secrets', 'wab'])).code).not.toBe(0);
    expect((await fleet.cli(['secrets', 'web/7'])).code).not.toBe(0);
  });
});
