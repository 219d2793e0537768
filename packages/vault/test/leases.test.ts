import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createVaultAt } from '../src/create-vault.js';
import type { KeptLease, Lease, VaultClient } from '../src/index.js';
import { auth, DONE, errors, ok, ROOT_LOOKUP, SEALED } from './support/answers.js';
import { failure } from './support/failure.js';
import { FakeClock } from './support/fake-clock.js';
import { startFakeVault } from './support/fake-vault.js';
import type { FakeVault, Routes } from './support/fake-vault.js';

const ID = 'database/creds/app/cL311KhS4E6VOZvY3kcaBo7W';
const RENEW = 'PUT /v1/sys/leases/renew';
const LEASE: Lease = { id: ID, durationSec: 3_600, renewable: true };

const renewed = (durationSec: number): ReturnType<typeof ok> =>
  ok({ lease_id: ID, renewable: true, lease_duration: durationSec });

interface Scene {
  readonly vault: VaultClient;
  readonly server: FakeVault;
  readonly clock: FakeClock;
  readonly told: string[];
  /** Types of what was told of the token. */
  readonly events: string[];
  readonly keep: (lease?: Lease) => KeptLease;
}

async function scene(routes: Routes, auth: 'token' | 'approle' = 'token'): Promise<Scene> {
  const server = await startFakeVault({ 'GET /v1/auth/token/lookup-self': ROOT_LOOKUP, ...routes });
  const clock = new FakeClock();
  const [told, events] = [[] as string[], [] as string[]];
  const vault = createVaultAt(clock, {
    address: server.address,
    onTokenChange: ({ type }) => events.push(type),
    auth: auth === 'token' ? { method: auth, token: 'root' } : { method: auth, roleId: 'r', secretId: 's' },
  });
  onTestFinished(() => vault.close());
  return {
    vault,
    server,
    clock,
    told,
    events,
    keep: (lease = LEASE) =>
      vault.leases.keep(lease, {
        onRenewed: ({ durationSec }) => told.push(`renewed ${durationSec}`),
        onFailing: ({ code }, since) => told.push(`${code} ${(since - Date.UTC(2026, 0, 1)) / 1_000}`),
        onEnding: (reason) => told.push(reason),
      }),
  };
}

describe('a lease', () => {
  it('is renewed, looked up and revoked', async () => {
    const { vault, server } = await scene({
      [RENEW]: renewed(3_600),
      'PUT /v1/sys/leases/revoke': DONE,
      'PUT /v1/sys/leases/lookup': ok({
        data: {
          expire_time: '2026-11-23T02:33:23.598197524Z',
          id: ID,
          issue_time: '2026-11-23T01:33:23.598197153Z',
          last_renewal: null,
          renewable: true,
          ttl: 3599,
        },
      }),
    });
    expect(await vault.leases.renew(ID)).toEqual(LEASE);
    expect(server.requests.at(-1)?.body).toEqual({ lease_id: ID });
    await vault.leases.renew(ID, { incrementSec: 60 });
    expect(server.requests.at(-1)?.body).toEqual({ lease_id: ID, increment: 60 });
    expect(await vault.leases.lookup(ID)).toEqual({
      id: ID,
      durationSec: 3_599,
      ttlSec: 3_599,
      renewable: true,
      issueTime: '2026-11-23T01:33:23.598197153Z',
      expireTime: '2026-11-23T02:33:23.598197524Z',
    });
    await vault.leases.revoke(ID);
    expect(await failure(vault.leases.revoke(''))).toMatchObject({ code: 'VAULT_BAD_REQUEST' });
  });

  it('that is gone is told apart; revoking it is success', async () => {
    const { vault } = await scene({
      [RENEW]: errors(400, 'lease not found'),
      'PUT /v1/sys/leases/revoke': errors(400, 'lease not found'),
      'PUT /v1/sys/leases/lookup': errors(400, 'invalid lease'),
    });
    expect(await failure(vault.leases.renew(ID))).toMatchObject({
      code: 'VAULT_LEASE_GONE',
      retryable: false,
    });
    expect(await failure(vault.leases.lookup(ID))).toMatchObject({ code: 'VAULT_LEASE_GONE' });
    await vault.leases.revoke(ID);
  });
});

describe('a lease that is kept', () => {
  it('is renewed until it is stopped', async () => {
    const { server, clock, told, keep } = await scene({ [RENEW]: renewed(3_600) });
    const kept = keep();
    await clock.advance(2_280_000);
    await vi.waitFor(() => {
      expect(told).toEqual(['renewed 3600']);
    });
    kept.stop();
    await clock.advance(10_000_000);
    expect(server.count(RENEW)).toBe(1);
    expect(clock.armed).toBe(0);
  });

  it('tells of its maximum', async () => {
    const { clock, told, keep } = await scene({ [RENEW]: renewed(1_000) });
    keep();
    await clock.advance(2_280_000);
    await vi.waitFor(() => {
      expect(told).toEqual(['renewed 1000']);
    });
    await clock.advance(500_000);
    expect(told).toEqual(['renewed 1000', 'maximum']);
  });

  it('tells that it is gone', async () => {
    const { clock, told, keep } = await scene({ [RENEW]: errors(400, 'lease not found') });
    keep();
    await clock.advance(2_280_000);
    await vi.waitFor(() => {
      expect(told).toEqual(['gone']);
    });
  });

  it('tells since when renewing fails', async () => {
    let answer = SEALED;
    const { clock, told, keep } = await scene({ [RENEW]: () => answer });
    keep();
    await clock.advance(2_280_000);
    await vi.waitFor(() => {
      expect(told).toEqual(['VAULT_SEALED 2280']);
    });
    await clock.advance(1_000);
    await vi.waitFor(() => {
      expect(told).toEqual(['VAULT_SEALED 2280', 'VAULT_SEALED 2280']);
    });
    answer = renewed(3_600);
    await clock.advance(2_000);
    await vi.waitFor(() => {
      expect(told.at(-1)).toBe('renewed 3600');
    });
  });

  it('ends with the token it was issued under', async () => {
    const { vault, clock, told, events, keep } = await scene(
      {
        'POST /v1/auth/approle/login': auth('token', { lease_duration: 1_200 }),
        'POST /v1/auth/token/renew-self': auth('token', { lease_duration: 440 }),
        [RENEW]: renewed(3_600),
        'PUT /v1/sys/leases/revoke': DONE,
      },
      'approle',
    );
    await vault.leases.revoke('other');
    keep();
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(events).toEqual(['logged-in', 'renewed']);
    });
    // The token is known to end at 1 200 s from 969 s on: a half of the rest is left for getting another lease.
    await clock.advance(220_000);
    expect(told).toEqual([]);
    await clock.advance(115_000);
    expect(told).toEqual(['maximum']);
  });

  it('goes with its client, without a word', async () => {
    const { vault, clock, told, keep } = await scene({});
    keep();
    await vault.close();
    expect(clock.armed).toBe(0);
    keep();
    expect(clock.armed).toBe(0);
    expect(told).toEqual([]);
  });

  it('does not mind what its listeners throw', async () => {
    const { vault, server, clock } = await scene({ [RENEW]: renewed(3_600) });
    vault.leases.keep(LEASE, {
      onRenewed: () => {
        throw new Error('mine');
      },
      onEnding: () => undefined,
    });
    for (let n = 1; n <= 3; n += 1) {
      await clock.advance(2_280_000);
      await vi.waitFor(() => {
        expect(server.count(RENEW)).toBe(n);
      });
      await new Promise((done) => setTimeout(done, 30));
    }
  });
});
