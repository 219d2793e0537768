import { describe, expect, it, onTestFinished } from 'vitest';
import { createVault } from '../src/index.js';
import type { VaultClient } from '../src/index.js';
import { DENIED_BY_POLICY, DONE, errors, kv2, mount, NOTHING, ok, ROOT_LOOKUP } from './support/answers.js';
import { failure } from './support/failure.js';
import { startFakeVault } from './support/fake-vault.js';
import type { FakeVault, Routes } from './support/fake-vault.js';

const MOUNT_2 = 'GET /v1/sys/internal/ui/mounts/kv/web';
const MOUNT_1 = 'GET /v1/sys/internal/ui/mounts/kv1/web';

async function against(routes: Routes): Promise<{ readonly vault: VaultClient; readonly server: FakeVault }> {
  const server = await startFakeVault({
    'GET /v1/auth/token/lookup-self': ROOT_LOOKUP,
    [MOUNT_2]: mount('kv/', '2'),
    [MOUNT_1]: mount('kv1/', '1'),
    ...routes,
  });
  const vault = createVault({ address: server.address, auth: { method: 'token', token: 'root' } });
  onTestFinished(() => vault.close());
  return { vault, server };
}

const metadata = (fields: object = {}): ReturnType<typeof ok> =>
  ok({
    data: {
      current_version: 2,
      versions: {
        '1': { created_time: '2026-11-23T01:33:01.518308804Z', deletion_time: '', destroyed: false },
        '2': {
          created_time: '2026-11-23T01:33:02.518308804Z',
          deletion_time: '',
          destroyed: false,
          ...fields,
        },
      },
    },
  });

describe('a secret of version 2', () => {
  it('is read with its version; the mount is asked for once', async () => {
    const { vault, server } = await against({
      'GET /v1/kv/data/web': kv2({ API_KEY: 'x', NESTED: { a: [1, 2] }, EMPTY: '', NUMBER: 42 }),
      'GET /v1/kv/data/team/api': kv2({ A: 'b' }),
    });
    expect(await vault.kv.read('kv/web')).toEqual({
      data: { API_KEY: 'x', NESTED: { a: [1, 2] }, EMPTY: '', NUMBER: 42 },
      version: '2@2026-11-23T01:33:02.518308804Z',
      number: 2,
      createdTime: '2026-11-23T01:33:02.518308804Z',
    });
    expect((await vault.kv.read('kv/team/api')).data).toEqual({ A: 'b' });
    expect(server.requests.filter(({ line }) => line.includes('internal'))).toHaveLength(1);
  });

  it('many at once ask for the mount once', async () => {
    const { vault, server } = await against({ 'GET /v1/kv/data/web': kv2({}) });
    await Promise.all(Array.from({ length: 20 }, () => vault.kv.read('kv/web')));
    expect(server.requests.filter(({ line }) => line.includes('internal'))).toHaveLength(1);
  });

  it('is read in a certain version', async () => {
    const { vault } = await against({ 'GET /v1/kv/data/web?version=1': kv2({ A: 'old' }, { version: 1 }) });
    expect(await vault.kv.read('kv/web', { version: 1 })).toMatchObject({ data: { A: 'old' }, number: 1 });
    expect(await failure(vault.kv.read('kv/web', { version: 1.5 }))).toMatchObject({
      code: 'VAULT_BAD_REQUEST',
    });
  });

  it.each([
    ['missing', NOTHING, 'VAULT_NOT_FOUND'],
    ['deleted', kv2(null, { deletionTime: '2026-11-23T01:33:23Z' }), 'VAULT_DELETED'],
    ['destroyed', kv2(null, { destroyed: true }), 'VAULT_DESTROYED'],
    ['denied', DENIED_BY_POLICY, 'VAULT_DENIED'],
  ])('that is %s is told apart', async (_, answer, code) => {
    const { vault } = await against({ 'GET /v1/kv/data/web': answer });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code, retryable: false, path: 'kv/data/web' });
    expect(error.message).toContain('reading the secret "kv/web"');
  });

  it('is not missing because another server says 404', async () => {
    const { vault } = await against({
      'GET /v1/kv/data/web': { status: 404, body: { message: 'not here' } },
    });
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_BAD_ANSWER' });
    const list = await against({ 'GET /v1/kv/metadata/web?list=true': { status: 404, body: 'nothing' } });
    expect(await failure(list.vault.kv.list('kv/web'))).toMatchObject({ code: 'VAULT_BAD_ANSWER' });
  });

  it('with sys/health in its path can be missing and denied like any other', async () => {
    const { vault } = await against({
      'GET /v1/sys/internal/ui/mounts/kv/sys/health': mount('kv/', '2'),
      'GET /v1/kv/data/sys/health': NOTHING,
    });
    expect(await failure(vault.kv.read('kv/sys/health'))).toMatchObject({ code: 'VAULT_NOT_FOUND' });
  });

  it('tells its version from the metadata, as a read would', async () => {
    const { vault, server } = await against({
      'GET /v1/kv/metadata/web': metadata(),
      'GET /v1/kv/data/web': kv2({ A: 'b' }),
    });
    expect(await vault.kv.version('kv/web')).toBe('2@2026-11-23T01:33:02.518308804Z');
    expect(server.count('GET /v1/kv/data/web')).toBe(0);
    expect((await vault.kv.read('kv/web')).version).toBe('2@2026-11-23T01:33:02.518308804Z');
  });

  it('tells its version by a read where metadata is denied, and asks for metadata once', async () => {
    const { vault, server } = await against({
      'GET /v1/kv/metadata/web': DENIED_BY_POLICY,
      'GET /v1/kv/data/web': kv2({ A: 'b' }),
    });
    for (let n = 0; n < 3; n += 1) {
      expect(await vault.kv.version('kv/web')).toBe('2@2026-11-23T01:33:02.518308804Z');
    }
    expect(server.count('GET /v1/kv/metadata/web')).toBe(1);
  });

  it.each([
    ['deleted', metadata({ deletion_time: '2020-11-23T01:33:23Z' }), 'VAULT_DELETED'],
    ['destroyed', metadata({ destroyed: true }), 'VAULT_DESTROYED'],
    ['without a version', ok({ data: { current_version: 0, versions: {} } }), 'VAULT_NOT_FOUND'],
    ['missing', NOTHING, 'VAULT_NOT_FOUND'],
  ])('has no version when it is %s', async (_, answer, code) => {
    const { vault } = await against({ 'GET /v1/kv/metadata/web': answer });
    expect(await failure(vault.kv.version('kv/web'))).toMatchObject({ code });
  });

  it('that is to be deleted later is still there', async () => {
    const { vault } = await against({
      'GET /v1/kv/metadata/web': metadata({ deletion_time: '2126-11-23T01:33:23Z' }),
    });
    expect(await vault.kv.version('kv/web')).toMatch(/^2@/);
  });

  it('is written, with or without a guard', async () => {
    const { vault, server } = await against({
      'POST /v1/kv/data/web': ok({
        data: { version: 3, created_time: '', deletion_time: '', destroyed: false },
      }),
    });
    expect(await vault.kv.write('kv/web', { A: 'b' })).toEqual({ version: 3 });
    expect(await vault.kv.write('kv/web', { A: 'b' }, { cas: 0 })).toEqual({ version: 3 });
    expect(server.requests.slice(-2).map(({ body }) => body)).toEqual([
      { data: { A: 'b' } },
      { data: { A: 'b' }, options: { cas: 0 } },
    ]);
    server.routes['POST /v1/kv/data/web'] = errors(
      400,
      'check-and-set parameter did not match the current version',
    );
    expect(await failure(vault.kv.write('kv/web', {}, { cas: 1 }))).toMatchObject({
      code: 'VAULT_CAS_MISMATCH',
    });
  });

  it('too large for Vault is refused clearly', async () => {
    const { vault } = await against({
      'POST /v1/kv/data/web': errors(413, 'put failed due to value being too large'),
    });
    const error = await failure(vault.kv.write('kv/web', { A: 'x'.repeat(1_000_000) }));
    expect(error).toMatchObject({ code: 'VAULT_BAD_REQUEST', status: 413 });
    expect(error.message.length).toBeLessThan(400);
  });

  it('is deleted; also when it is not there', async () => {
    const { vault, server } = await against({ 'DELETE /v1/kv/data/web': DONE });
    await vault.kv.delete('kv/web');
    server.routes['DELETE /v1/kv/data/web'] = NOTHING;
    await vault.kv.delete('kv/web');
  });

  it('is listed, also at the mount itself, and with a slash at the end', async () => {
    const { vault, server } = await against({
      'GET /v1/sys/internal/ui/mounts/kv': mount('kv/', '2'),
      'GET /v1/kv/metadata?list=true': ok({ data: { keys: ['web', 'team/'] } }),
      'GET /v1/kv/metadata/team?list=true': ok({ data: { keys: ['api'] } }),
      'GET /v1/kv/metadata/none?list=true': NOTHING,
    });
    expect(await vault.kv.list('kv')).toEqual(['web', 'team/']);
    expect(await vault.kv.list('kv/team/')).toEqual(['api']);
    expect(await vault.kv.list('kv/none')).toEqual([]);
    expect(server.requests.filter(({ line }) => line.includes('internal'))).toHaveLength(1);
    expect(await failure(vault.kv.read('kv'))).toMatchObject({ code: 'VAULT_BAD_REQUEST' });
  });
});

describe('a secret of version 1', () => {
  it('is read, written, listed and deleted at its own path', async () => {
    const { vault, server } = await against({
      'GET /v1/kv1/web': ok({ lease_duration: 3600, data: { API_KEY: 'v1', ttl: '1h' } }),
      'POST /v1/kv1/web': DONE,
      'DELETE /v1/kv1/web': DONE,
      'GET /v1/kv1/team?list=true': ok({ data: { keys: ['api'] } }),
    });
    const secret = await vault.kv.read('kv1/web');
    expect(secret.data).toEqual({ API_KEY: 'v1', ttl: '1h' });
    expect(await vault.kv.version('kv1/web')).toBe(secret.version);
    expect(await vault.kv.write('kv1/web', { A: 'b' })).toEqual({});
    expect(server.requests.at(-1)?.body).toEqual({ A: 'b' });
    await vault.kv.delete('kv1/web');
    expect(await vault.kv.list('kv1/team')).toEqual(['api']);
    expect(await failure(vault.kv.read('kv1/web', { version: 1 }))).toMatchObject({
      code: 'VAULT_BAD_REQUEST',
    });
    expect(await failure(vault.kv.write('kv1/web', {}, { cas: 1 }))).toMatchObject({
      code: 'VAULT_BAD_REQUEST',
    });
  });

  it('has the same version for the same data, whatever the order of its keys', async () => {
    const { vault, server } = await against({
      'GET /v1/kv1/web': ok({ data: { a: '1', b: { c: 1, d: [2] } } }),
    });
    const first = await vault.kv.version('kv1/web');
    server.routes['GET /v1/kv1/web'] = ok({ data: { b: { d: [2], c: 1 }, a: '1' } });
    expect(await vault.kv.version('kv1/web')).toBe(first);
    server.routes['GET /v1/kv1/web'] = ok({ data: { b: { d: [2], c: 1 }, a: '2' } });
    expect(await vault.kv.version('kv1/web')).not.toBe(first);
  });

  it('of a mount that says nothing about versions', async () => {
    const { vault } = await against({
      [MOUNT_1]: mount('kv1/', undefined),
      'GET /v1/kv1/web': ok({ data: { a: 1 } }),
    });
    expect((await vault.kv.read('kv1/web')).data).toEqual({ a: 1 });
  });
});

describe('a mount', () => {
  it('may have slashes in its name', async () => {
    const { vault } = await against({
      'GET /v1/sys/internal/ui/mounts/team/kv/web': mount('team/kv/', '2'),
      'GET /v1/team/kv/data/web': kv2({ A: 'b' }),
    });
    expect((await vault.kv.read('team/kv/web')).data).toEqual({ A: 'b' });
  });

  it('that was upgraded meanwhile is looked up again', async () => {
    const { vault, server } = await against({ 'GET /v1/kv1/web': ok({ data: { A: 'one' } }) });
    await vault.kv.read('kv1/web');
    server.routes[MOUNT_1] = mount('kv1/', '2');
    server.routes['GET /v1/kv1/data/web'] = kv2({ A: 'two' });
    const warnings = ['Invalid path for a versioned K/V secrets engine. See the API docs …'];
    server.routes['GET /v1/kv1/web'] = { ...ok({ warnings }), status: 404 };
    expect((await vault.kv.read('kv1/web')).data).toEqual({ A: 'two' });
  });

  it('that does not exist is told from one that may not be seen', async () => {
    const { vault, server } = await against({ 'GET /v1/sys/internal/ui/mounts/none/x': DENIED_BY_POLICY });
    expect(await failure(vault.kv.read('none/x'))).toMatchObject({ code: 'VAULT_NO_MOUNT' });
    server.routes['GET /v1/none/x'] = DENIED_BY_POLICY;
    const error = await failure(vault.kv.read('none/x'));
    expect(error).toMatchObject({ code: 'VAULT_DENIED' });
    expect(error.message).toContain('or nothing is mounted there');
  });

  it('of another engine is refused', async () => {
    const { vault } = await against({
      'GET /v1/sys/internal/ui/mounts/pki/x': mount('pki/', undefined, 'pki'),
    });
    expect(await failure(vault.kv.read('pki/x'))).toMatchObject({ code: 'VAULT_NO_MOUNT' });
  });
});

it.each([
  '',
  '/kv/web',
  'kv//web',
  'kv/../sys/mounts',
  'kv/./web',
  'kv/web?x=1',
  'kv/web#x',
  'kv/%2e%2e/web',
  'kv/a\nb',
  'kv\\web',
  'a'.repeat(2_000),
])('the path %j is refused before anything is sent', async (path) => {
  const { vault, server } = await against({});
  await vault.health().catch(() => undefined);
  const sent = server.requests.length;
  for (const call of [
    vault.kv.read(path),
    vault.kv.version(path),
    vault.kv.write(path, {}),
    vault.kv.list(path),
    vault.kv.delete(path),
  ]) {
    expect(await failure(call)).toMatchObject({ code: 'VAULT_BAD_REQUEST', retryable: false });
  }
  expect(server.requests).toHaveLength(sent);
});

it('names with other characters are encoded', async () => {
  const { vault } = await against({
    'GET /v1/sys/internal/ui/mounts/kv/caf%C3%A9%20%26%2B%26%23x2F%3B': { status: 404, body: { errors: [] } },
    'GET /v1/sys/internal/ui/mounts/kv/caf%C3%A9%20%26%2B': mount('kv/', '2'),
    'GET /v1/kv/data/caf%C3%A9%20%26%2B': kv2({ A: 'b' }),
  });
  expect((await vault.kv.read('kv/café &+')).data).toEqual({ A: 'b' });
});
