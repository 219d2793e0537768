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

const WRONG_PATH =
  "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";

/** KV 2: secrets with versions, that can be deleted, brought back and destroyed. */
export function kv2Routes(context: VaultContext): readonly VaultRoute[] {
  const exists = (call: VaultCall): boolean => context.store.get('kv2', secretKey(call)) !== undefined;
  const list = (call: VaultCall): VaultAnswer => listSecrets(context, call);
  const wrongPath = (): VaultAnswer => ({ status: 404, warnings: [WRONG_PATH] });
  return [
    ...kv2ConfigRoutes(context),
    {
      path: 'data/*path',
      exists,
      read: (call) => readVersion(context, call),
      write: (call) => writeVersion(context, call),
      delete: (call) => {
        deleteLatest(context, call);
      },
    },
    {
      path: 'delete/*path',
      write: (call) => {
        deleteVersions(context, call);
      },
    },
    {
      path: 'undelete/*path',
      write: (call) => {
        undeleteVersions(context, call);
      },
    },
    {
      path: 'destroy/*path',
      write: (call) => {
        destroyVersions(context, call);
      },
    },
    {
      path: 'metadata/*path',
      exists,
      read: (call) => readMetadata(context, call),
      write: (call) => {
        writeMetadata(context, call);
      },
      delete: (call) => {
        deleteMetadata(context, call);
      },
      list,
    },
    { path: '*path', read: wrongPath, write: wrongPath, delete: wrongPath, list: wrongPath },
  ];
}

/** Where a secret is kept. */
export function secretKey(call: VaultCall): string {
  return `${call.mount.uuid}/${param(call, 'path')}`;
}

function listSecrets(context: VaultContext, call: VaultCall): VaultAnswer {
  const path = param(call, 'path');
  const folder = `${call.mount.uuid}/${path === '' ? '' : `${path}/`}`;
  const keys = folderOf(context.store.keys('kv2', folder), folder);
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}
