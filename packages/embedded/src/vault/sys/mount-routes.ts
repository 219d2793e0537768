import { tokenOf } from '../routing/authorize.js';
import type { EngineType, Mount } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { objectField, requiredText, secondsField, textField } from '../wire/fields.js';
import {
  param,
  type JsonObject,
  type VaultAnswer,
  type VaultCall,
  type VaultRoute,
} from '../wire/vault-call.js';
import { badRequest, VaultFault } from '../wire/vault-fault.js';
import { showMount } from './show-mount.js';

/** The two kinds of mounts: where they are kept, and what may be there. */
interface MountKind {
  readonly prefix: '' | 'auth/';
  readonly types: readonly EngineType[];
}

const SECRETS: MountKind = { prefix: '', types: ['kv', 'database', 'pki', 'transit'] };
const LOGINS: MountKind = { prefix: 'auth/', types: ['approle', 'jwt'] };

/** Other names of engines. */
const ALIASES: Readonly<Record<string, { readonly type: EngineType; readonly version: string }>> = {
  'kv-v1': { type: 'kv', version: '1' },
  'kv-v2': { type: 'kv', version: '2' },
  generic: { type: 'kv', version: '1' },
};

/** `sys/mounts`, `sys/auth`: engines enabled, tuned and disabled; and which of them serves a path. */
export function mountRoutes(context: VaultContext): readonly VaultRoute[] {
  return [
    ...routesOf(context, 'mounts', SECRETS),
    ...routesOf(context, 'auth', LOGINS).map((route) => ({ ...route, sudo: route.path !== 'auth' })),
    // Any token may ask; what it may see is decided by what it may reach.
    { path: 'internal/ui/mounts', open: true, read: (call) => visibleMounts(context, call) },
    { path: 'internal/ui/mounts/*path', open: true, read: (call) => mountOf(context, call) },
  ];
}

function routesOf(context: VaultContext, name: string, kind: MountKind): readonly VaultRoute[] {
  return [
    { path: name, read: () => ({ data: showAll(context, kind), flat: true }) },
    {
      path: `${name}/*path`,
      read: (call) => readTuning(context, call, kind),
      write: (call) => {
        if (isTune(call)) tune(context, call, kind);
        else enable(context, call, kind);
        return undefined;
      },
      delete: (call) => disable(context, call, kind),
    },
  ];
}

function enable(context: VaultContext, call: VaultCall, kind: MountKind): undefined {
  const name = requiredText(call.body, 'type');
  const alias = ALIASES[name];
  const type = alias?.type ?? kind.types.find((each) => each === name);
  if (type === undefined || !kind.types.includes(type))
    throw badRequest(
      `plugin not found in the catalog: ${name} (the embedded server has ${kind.types.join(', ')})`,
    );
  const config = objectField(call.body, 'config') ?? {};
  const version = alias?.version ?? textField(objectField(call.body, 'options') ?? {}, 'version') ?? '1';
  if (type === 'kv' && version !== '1' && version !== '2')
    throw badRequest(`unknown version ${JSON.stringify(version)} of kv`);
  context.mounts.add({
    path: mountPath(call, kind),
    type,
    description: textField(call.body, 'description') ?? '',
    options: type === 'kv' ? { version } : null,
    defaultTtlSec: secondsField(config, 'default_lease_ttl') ?? 0,
    maxTtlSec: secondsField(config, 'max_lease_ttl') ?? 0,
  });
}

/** What was lent under the mount is taken back first: afterwards nobody would know how. */
async function disable(context: VaultContext, call: VaultCall, kind: MountKind): Promise<undefined> {
  const mount = context.mounts.get(mountPath(call, kind));
  if (mount === undefined) return undefined;
  const problems = await Promise.all(context.leases.ids(mount.path).map((id) => context.leases.revoke(id)));
  if (problems.some((problem) => problem !== undefined))
    throw new VaultFault(
      500,
      `leases under ${mount.path} could not be taken back yet; disable it again later`,
    );
  if (kind === LOGINS)
    for (const token of context.store.values('tokens'))
      if (token.path.startsWith(mount.path)) context.tokens.revoke(token.id);
  context.mounts.remove(mount);
}

function isTune(call: VaultCall): boolean {
  return param(call, 'path').endsWith('/tune');
}

function tune(context: VaultContext, call: VaultCall, kind: MountKind): undefined {
  const mount = tuned(context, call, kind);
  context.mounts.change({
    ...mount,
    description: textField(call.body, 'description') ?? mount.description,
    defaultTtlSec: secondsField(call.body, 'default_lease_ttl') ?? mount.defaultTtlSec,
    maxTtlSec: secondsField(call.body, 'max_lease_ttl') ?? mount.maxTtlSec,
  });
}

function readTuning(context: VaultContext, call: VaultCall, kind: MountKind): VaultAnswer {
  const { description, defaultTtlSec, maxTtlSec, options } = tuned(context, call, kind);
  const config = { default_lease_ttl: defaultTtlSec, max_lease_ttl: maxTtlSec, force_no_cache: false };
  return { data: { description, ...config, options }, flat: true };
}

function tuned(context: VaultContext, call: VaultCall, kind: MountKind): Mount {
  const path = param(call, 'path').replace(/\/tune$/, '');
  const mount = context.mounts.get(`${kind.prefix}${path}/`);
  if (mount === undefined) throw badRequest(`no mount at ${path}/`);
  return mount;
}

function mountPath(call: VaultCall, kind: MountKind): string {
  const path = param(call, 'path').replace(/\/+$/, '');
  if (path === '') throw badRequest('missing path');
  return `${kind.prefix}${path}/`;
}

function showAll(context: VaultContext, kind: MountKind): JsonObject {
  const login = kind === LOGINS;
  const mounts = context.mounts.all().filter(({ path }) => path.startsWith('auth/') === login);
  return Object.fromEntries(mounts.map((mount) => [mount.path.slice(kind.prefix.length), showMount(mount)]));
}

function visibleMounts(context: VaultContext, call: VaultCall): VaultAnswer {
  const acl = context.policies.acl(tokenOf(context, call.tokenId).policies);
  const shown = (kind: MountKind): JsonObject =>
    Object.fromEntries(
      Object.entries(showAll(context, kind)).filter(([path]) => acl.reaches(`${kind.prefix}${path}`)),
    );
  return { data: { secret: shown(SECRETS), auth: shown(LOGINS) } };
}

/** How clients find out which version of KV they speak to: for any token that may reach anything in the mount. */
function mountOf(context: VaultContext, call: VaultCall): VaultAnswer {
  const path = param(call, 'path');
  const mount = context.mounts.find(path);
  const acl = context.policies.acl(tokenOf(context, call.tokenId).policies);
  if (mount === undefined || !acl.reaches(mount.path))
    throw new VaultFault(
      403,
      `preflight capability check returned 403, please ensure client's policies grant access to path ${JSON.stringify(`${path}/`)}`,
    );
  return { data: { ...showMount(mount), path: mount.path } };
}
