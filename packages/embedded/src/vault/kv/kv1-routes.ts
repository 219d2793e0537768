import { callerOf } from '../routing/authorize.js';
import { folderOf } from '../state/vault-store.js';
import { DEFAULT_TTL_SEC } from '../leases/bounded-ttl.js';
import type { VaultContext } from '../vault-context.js';
import { parseSeconds } from '../wire/durations.js';
import {
  param,
  type JsonObject,
  type VaultAnswer,
  type VaultCall,
  type VaultRoute,
} from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { refuseLarge } from './refuse-large.js';

/** KV 1: a secret at a path, without versions. */
export function kv1Routes(context: VaultContext): readonly VaultRoute[] {
  return routesFor(context, (call) => `${call.mount.uuid}/`);
}

/** The cubbyhole: the same, but every token has one of its own, which ends with it. */
export function cubbyholeRoutes(context: VaultContext): readonly VaultRoute[] {
  return routesFor(context, (call) => `${call.mount.uuid}/${callerOf(call).id}/`);
}

function routesFor(context: VaultContext, prefixOf: (call: VaultCall) => string): readonly VaultRoute[] {
  const { store } = context;
  const keyOf = (call: VaultCall): string => prefixOf(call) + param(call, 'path');
  return [
    {
      path: '*path',
      exists: (call) => store.get('kv1', keyOf(call)) !== undefined,
      read: (call) => read(store.get('kv1', keyOf(call))),
      write: (call) => {
        if (Object.keys(call.body).length === 0) throw badRequest('missing data fields');
        refuseLarge(call.body);
        store.put('kv1', keyOf(call), call.body);
        return undefined;
      },
      delete: (call) => {
        store.delete('kv1', keyOf(call));
        return undefined;
      },
      list: (call) => {
        const folder = param(call, 'path') === '' ? prefixOf(call) : `${keyOf(call)}/`;
        const keys = folderOf(store.keys('kv1', folder), folder);
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
  ];
}

/** A secret may say itself when to look again. */
function read(secret: JsonObject | undefined): VaultAnswer {
  if (secret === undefined) throw notFound();
  const own = parseSeconds(secret.ttl ?? secret.lease);
  const durationSec = own === undefined || own === 0 ? DEFAULT_TTL_SEC : own;
  return { data: secret, lease: { id: '', renewable: false, durationSec } };
}
