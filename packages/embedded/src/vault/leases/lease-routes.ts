import { folderOf } from '../state/vault-store.js';
import { remainingSec } from '../tokens/show-token.js';
import type { VaultContext } from '../vault-context.js';
import { timeText } from '../wire/durations.js';
import { flagField, secondsField, textField } from '../wire/fields.js';
import { param, type VaultAnswer, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { badRequest, notFound, VaultFault } from '../wire/vault-fault.js';

/** `sys/leases/`, and the older `sys/renew` and `sys/revoke`. */
export function leaseRoutes(context: VaultContext): readonly VaultRoute[] {
  const renewLease = (call: VaultCall): Promise<VaultAnswer> => renew(context, call);
  const revokeLease = (call: VaultCall): Promise<undefined> => revoke(context, call);
  const revokePrefix = (call: VaultCall): Promise<undefined> => revokeAll(context, call);
  const force = (call: VaultCall): undefined => {
    for (const id of idsUnder(context, call)) context.leases.forget(id);
  };
  return [
    { path: 'leases/lookup', write: (call) => lookUp(context, call) },
    { path: 'leases/lookup/*prefix', list: (call) => list(context, call), sudo: true },
    { path: 'leases/renew', write: renewLease },
    { path: 'leases/renew/*id', write: renewLease },
    { path: 'renew', write: renewLease },
    { path: 'renew/*id', write: renewLease },
    { path: 'leases/revoke', write: revokeLease },
    { path: 'leases/revoke/*id', write: revokeLease },
    { path: 'revoke', write: revokeLease },
    { path: 'revoke/*id', write: revokeLease },
    { path: 'leases/revoke-prefix/*prefix', write: revokePrefix, sudo: true },
    { path: 'revoke-prefix/*prefix', write: revokePrefix, sudo: true },
    { path: 'leases/revoke-force/*prefix', write: force, sudo: true },
    { path: 'revoke-force/*prefix', write: force, sudo: true },
  ];
}

function lookUp(context: VaultContext, call: VaultCall): VaultAnswer {
  const lease = context.leases.find(idOf(call));
  if (lease === undefined) throw badRequest('invalid lease');
  return {
    data: {
      expire_time: timeText(lease.expiresMs),
      id: lease.id,
      issue_time: timeText(lease.issuedMs),
      last_renewal: lease.renewedMs === undefined ? null : timeText(lease.renewedMs),
      renewable: lease.renewable,
      ttl: remainingSec(lease.expiresMs, context.clock()),
    },
  };
}

async function renew(context: VaultContext, call: VaultCall): Promise<VaultAnswer> {
  const renewed = await context.leases.renew(idOf(call), secondsField(call.body, 'increment') ?? 0);
  return {
    lease: { id: renewed.lease.id, renewable: true, durationSec: renewed.ttlSec },
    ...(renewed.warnings === undefined ? {} : { warnings: renewed.warnings }),
  };
}

/** The first attempt is always waited for, so that what is answered with 204 is usually gone already. */
async function revoke(context: VaultContext, call: VaultCall): Promise<undefined> {
  const problem = await context.leases.revoke(idOf(call));
  if (problem !== undefined && flagField(call.body, 'sync') === true) throw notTakenBack();
}

async function revokeAll(context: VaultContext, call: VaultCall): Promise<undefined> {
  const ids = idsUnder(context, call);
  const problems = await Promise.all(ids.map((id) => context.leases.revoke(id)));
  const failed = problems.some((problem) => problem !== undefined);
  if (failed && flagField(call.body, 'sync') === true) throw notTakenBack();
}

function idsUnder(context: VaultContext, call: VaultCall): readonly string[] {
  const prefix = param(call, 'prefix');
  return context.leases.ids(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

function list(context: VaultContext, call: VaultCall): VaultAnswer {
  const prefix = param(call, 'prefix');
  const folder = prefix === '' ? '' : `${prefix}/`;
  const keys = folderOf(context.leases.ids(folder), folder);
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}

function idOf(call: VaultCall): string {
  const id =
    param(call, 'id') || (textField(call.body, 'lease_id') ?? textField(call.body, 'url_lease_id') ?? '');
  if (id === '') throw badRequest('lease_id must be specified');
  return id;
}

function notTakenBack(): VaultFault {
  return new VaultFault(
    500,
    'failed to revoke entry: what the lease gave could not be taken back yet; it is tried again until it succeeds',
  );
}
