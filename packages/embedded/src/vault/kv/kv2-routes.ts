import { folderOf } from '../state/vault-store.js';
import type { VaultContext } from '../vault-context.js';
import type { VaultAnswer, VaultCall, VaultRoute } from '../wire/vault-call.js';
import { param } from '../wire/vault-call.js';
import { notFound } from '../wire/vault-fault.js';
import { kv2ConfigRoutes } from './kv2-config.js';
import {
  deleteLatest,
  deleteVersions,
  destroyVersions,
  readVersion,
  undeleteVersions,
  writeVersion,
} from './kv2-versions.js';
import { deleteMetadata, readMetadata, writeMetadata } from './kv2-metadata.js';
import { secretKey } from './secret-key.js';

const WRONG_PATH =
  "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";

/** KV 2: secrets with versions, that can be deleted, brought back and destroyed. */
export function kv2Routes(context: VaultContext): readonly VaultRoute[] {
  const wrongPath = (): VaultAnswer => ({ status: 404, warnings: [WRONG_PATH] });
  return [
    ...kv2ConfigRoutes(context),
    ...dataRoutes(context),
    {
      path: 'metadata/*path',
      exists: (call) => exists(context, call),
      read: (call) => readMetadata(context, call),
      write: (call) => {
        writeMetadata(context, call);
        return undefined;
      },
      delete: (call) => {
        deleteMetadata(context, call);
        return undefined;
      },
      list: (call) => listSecrets(context, call),
    },
    { path: '*path', read: wrongPath, write: wrongPath, delete: wrongPath, list: wrongPath },
  ];
}

function dataRoutes(context: VaultContext): readonly VaultRoute[] {
  const changes = { delete: deleteVersions, undelete: undeleteVersions, destroy: destroyVersions };
  return [
    {
      path: 'data/*path',
      exists: (call) => exists(context, call),
      read: (call) => readVersion(context, call),
      write: (call) => writeVersion(context, call),
      delete: (call) => {
        deleteLatest(context, call);
        return undefined;
      },
    },
    ...Object.entries(changes).map(([name, change]) => ({
      path: `${name}/*path`,
      write: (call: VaultCall): undefined => {
        change(context, call);
      },
    })),
  ];
}

function exists(context: VaultContext, call: VaultCall): boolean {
  return context.store.get('kv2', secretKey(call)) !== undefined;
}

function listSecrets(context: VaultContext, call: VaultCall): VaultAnswer {
  const path = param(call, 'path');
  const folder = `${call.mount.uuid}/${path === '' ? '' : `${path}/`}`;
  const keys = folderOf(context.store.keys('kv2', folder), folder);
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}
