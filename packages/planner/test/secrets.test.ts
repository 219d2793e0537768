import { slotIdOf } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, snapshotOf, typesOf, webPod } from './world.js';

import type { SecretEffect, Snapshot } from '../src/index.js';

const WEB = slotIdOf({ pod: 'web', index: 0 });

const pod = webPod({
  vault: { role: 'web' },
  containers: [
    {
      name: 'app',
      image: 'web:1',
      user: '1000',
      environment: { PLAIN: 'text', TOKEN: { vault: { path: 'kv/web', key: 'token' } } },
      files: [{ path: '/run/keys/a', content: { database: { role: 'web', field: 'password' } } }],
    },
    { name: 'other', image: 'web:1' },
  ],
});

const running = (() => {
  const empty = snapshotOf([pod]);
  return carryOut(empty, plan(empty).slots);
})();

function changed(effect: SecretEffect, dueAt = 0): Snapshot {
  const app = running.containers.find(({ container }) => container === 'app');
  const changes = [{ containerId: app?.id ?? '', effect, dueAt }];
  return { ...running, secrets: new Map([[WEB, { uses: [], changes }]]) };
}

describe('a container with secrets', () => {
  it('is planned with where its secrets come from, and has them resolved before it is made', () => {
    const { actions = [] } = plan(snapshotOf([pod])).slots.get(WEB) ?? {};
    expect(typesOf(actions)).toEqual([
      'acquire-claim',
      'ensure-image',
      'resolve-secrets',
      'create-network',
      'create-container',
      'start-container',
      'create-container',
      'start-container',
      'register-service',
    ]);
    const [create] = actions.filter((action) => action.type === 'create-container');
    expect(create?.container.env).not.toHaveProperty('TOKEN');
    expect(create?.container.secrets).toMatchObject({
      container: 'app',
      environment: { TOKEN: { vault: { path: 'kv/web', key: 'token' } } },
      files: [{ path: '/run/keys/a', owner: '1000' }],
      role: 'web',
    });
  });

  it('is left alone while nothing changes, and what it needs is told', () => {
    const decision = plan(running);
    expect(decision.slots.size).toBe(0);
    const app = running.containers.find(({ container }) => container === 'app');
    expect(decision.secrets.get(WEB)?.containers).toEqual([
      { id: app?.id, secrets: expect.objectContaining({ container: 'app' }) as unknown },
    ]);
  });

  it.each([
    [
      'recreate',
      [
        'ensure-image',
        'resolve-secrets',
        'deregister-service',
        'stop-containers',
        'remove-container',
        'create-container',
        'start-container',
        'register-service',
      ],
    ],
    ['restart', ['deregister-service', 'stop-containers', 'start-container', 'register-service']],
    ['refresh', ['refresh-files']],
  ] as const)('that changed: %s', (effect, types) => {
    const { actions = [] } = plan(changed(effect)).slots.get(WEB) ?? {};
    expect(typesOf(actions)).toEqual(types);
    expect(actions.every(({ reason }) => reason === 'secret-changed' || reason === 'service-missing')).toBe(
      true,
    );
  });

  it('waits for its turn', () => {
    const soon = plan(changed('restart', running.now + 5_000));
    expect(soon.slots.size).toBe(0);
    expect(soon.wakeAt).toBe(running.now + 5_000);
  });

  it('still counts as running with its old secrets while it makes way', () => {
    const app = running.containers.find(({ container }) => container === 'app');
    expect(plan(changed('recreate')).secrets.get(WEB)?.containers[0]?.id).toBe(app?.id);
  });
});

it('a host that knows no Vault refuses a pod that needs one, and says what to set', () => {
  const snapshot = snapshotOf([pod]);
  const decision = plan({ ...snapshot, host: { ...snapshot.host, hasVault: false } });
  expect(decision.slots.size).toBe(0);
  expect(decision.verdicts[0]?.failures).toEqual([expect.objectContaining({ rule: 'vault' })]);
  expect(decision.verdicts[0]?.failures[0]?.message).toContain('VAULT_ADDR');
});

it('a container without secrets has the hash that it always had', () => {
  const { actions = [] } = plan(snapshotOf([webPod()])).slots.get(WEB) ?? {};
  const [create] = actions.filter((action) => action.type === 'create-container');
  expect(create?.container).not.toHaveProperty('secrets');
});
