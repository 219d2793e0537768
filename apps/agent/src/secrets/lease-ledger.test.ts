import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul, startEmbeddedVault } from '@raftainer/embedded';
import { silentLogger } from '@raftainer/logger';
import { createVault } from '@raftainer/vault';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';

import { LeaseLedger } from './lease-ledger.js';

import type { SlotClaim } from './slot-claim.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { EmbeddedConsul, EmbeddedVault } from '@raftainer/embedded';
import type { VaultClient } from '@raftainer/vault';

const SLOT = { pod: 'web', index: 0 };

let store: EmbeddedConsul;
let consul: ConsulClient;
let cluster: Cluster;
let server: EmbeddedVault;
let vault: VaultClient;

beforeEach(async () => {
  [store, server] = await Promise.all([startEmbeddedConsul({ port: 0 }), startEmbeddedVault({ port: 0 })]);
  consul = createConsul({ host: store.host, port: store.port });
  cluster = createCluster(consul);
  vault = createVault({ address: server.address, auth: { method: 'token', token: server.rootToken } });
});

afterEach(async () => {
  consul.close();
  await vault.close();
  await server.close();
  await store.close();
});

/** Takes the slot as a host of this name; `shared`: two copies of it may run at once. */
async function claimAs(
  host: string,
  shared = false,
): Promise<{ readonly claim: SlotClaim; readonly ledger: LeaseLedger }> {
  const session = await consul.sessions.create({ name: host, ttlMs: 60_000, lockDelayMs: 0 });
  await cluster.claims.acquire({ ...SLOT, session }, { host, revision: 'r', since: 'now' });
  const { epoch = 0 } = (await cluster.claims.get('web', 0)) ?? {};
  const claim = { id: 'web/0', slot: SLOT, epoch, session } as const;
  return {
    claim,
    ledger: new LeaseLedger({ cluster, vault, logger: silentLogger, host, isShared: () => shared }),
  };
}

async function ask(path: string, body: object = {}): Promise<Response> {
  const headers = { 'X-Vault-Token': server.rootToken };
  return fetch(`${server.address}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** A token, by its accessor. */
async function newToken(): Promise<string> {
  const { auth } = (await (await ask('auth/token/create')).json()) as { auth: { accessor: string } };
  return auth.accessor;
}

async function isAlive(accessor: string): Promise<boolean> {
  return (await ask('auth/token/lookup-accessor', { accessor })).ok;
}

/** Has the steady clock show what it will show so many milliseconds after now; gives what moves it further from now. */
function laterBy(ms: number): (ms: number) => void {
  const now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(now + ms);
  onTestFinished(() => {
    clock.mockRestore();
  });
  return (more) => clock.mockReturnValue(now + more);
}

it('the next holder revokes what the last one recorded, and only then has a record of its own', async () => {
  const first = await claimAs('a');
  const old = await newToken();
  await first.ledger.record(first.claim, { leases: [], tokens: [old] });
  await consul.sessions.destroy(first.claim.session);
  const next = await claimAs('b');
  const own = await newToken();
  await next.ledger.takeOver(next.claim, { leases: [], tokens: [] });
  await next.ledger.record(next.claim, { leases: [], tokens: [own] });
  expect([await isAlive(old), await isAlive(own)]).toEqual([false, true]);
  expect((await cluster.secretLeases.get(SLOT))?.holdings).toEqual([
    { epoch: next.claim.epoch, host: 'b', leases: [], tokens: [own] },
  ]);
  await next.ledger.giveBack(next.claim, { leases: [], tokens: [own] });
  expect(await isAlive(own)).toBe(false);
  expect(await cluster.secretLeases.get(SLOT)).toBeUndefined();
});

it('what cannot be revoked stays in the record, and is told', async () => {
  const first = await claimAs('a');
  const old = await newToken();
  await first.ledger.record(first.claim, { leases: [], tokens: [old] });
  await consul.sessions.destroy(first.claim.session);
  const next = await claimAs('b');
  await server.seal();
  await next.ledger.takeOver(next.claim, { leases: [], tokens: [] });
  expect(next.ledger.leftovers('web/0')).toBe(1);
  expect((await cluster.secretLeases.get(SLOT))?.holdings).toEqual([
    { epoch: first.claim.epoch, host: 'a', leases: [], tokens: [old] },
  ]);
});

it('a copy that hands over keeps what it has until the next one has served for a while', async () => {
  const first = await claimAs('a', true);
  const old = await newToken();
  await first.ledger.record(first.claim, { leases: [], tokens: [old] });
  await consul.sessions.destroy(first.claim.session);
  const next = await claimAs('b', true);
  const own = { leases: [], tokens: [await newToken()] };
  await next.ledger.takeOver(next.claim, own);
  expect(next.ledger.leftovers('web/0')).toBe(0);
  const later = laterBy(3_600_000);
  await next.ledger.retry(next.claim, own, false);
  await next.ledger.retry(next.claim, own, true);
  expect(await isAlive(old)).toBe(true);
  later(2 * 3_600_000);
  await next.ledger.retry(next.claim, own, true);
  expect(await isAlive(old)).toBe(false);
  expect((await cluster.secretLeases.get(SLOT))?.holdings).toEqual([
    { epoch: next.claim.epoch, host: 'b', ...own },
  ]);
});

it('one that stops before it served takes nothing from the copy that serves', async () => {
  const first = await claimAs('a', true);
  const old = { leases: [], tokens: [await newToken()] };
  await first.ledger.record(first.claim, old);
  await consul.sessions.destroy(first.claim.session);
  const next = await claimAs('b', true);
  const own = { leases: [], tokens: [await newToken()] };
  await next.ledger.takeOver(next.claim, own);
  await next.ledger.giveBack(next.claim, own);
  expect([await isAlive(old.tokens[0] ?? ''), await isAlive(own.tokens[0] ?? '')]).toEqual([true, false]);
  expect((await cluster.secretLeases.get(SLOT))?.holdings).toEqual([
    { epoch: first.claim.epoch, host: 'a', ...old },
  ]);
});

it('one that has lost the slot records nothing', async () => {
  const first = await claimAs('a');
  await consul.sessions.destroy(first.claim.session);
  await expect(first.ledger.record(first.claim, { leases: ['x'], tokens: [] })).rejects.toMatchObject({
    code: 'AGENT_CLAIM_NOT_ACQUIRED',
  });
});

it('a host that takes its own slot again keeps what it has', async () => {
  const first = await claimAs('a');
  const own = { leases: [], tokens: [await newToken()] };
  await first.ledger.record(first.claim, own);
  await consul.sessions.destroy(first.claim.session);
  const again = await claimAs('a');
  await again.ledger.takeOver(again.claim, own);
  expect(await isAlive(own.tokens[0] ?? '')).toBe(true);
  expect((await cluster.secretLeases.get(SLOT))?.holdings).toEqual([
    { epoch: again.claim.epoch, host: 'a', ...own },
  ]);
});

it('what is recorded of a pod that was removed is revoked, whoever had it', async () => {
  const first = await claimAs('a');
  const old = await newToken();
  await first.ledger.record(first.claim, { leases: [], tokens: [old] });
  const other = new LeaseLedger({ cluster, vault, logger: silentLogger, host: 'b', isShared: () => false });
  await other.forget(SLOT);
  expect(await isAlive(old)).toBe(false);
  expect(await cluster.secretLeases.get(SLOT)).toBeUndefined();
});
