import { createHash } from 'node:crypto';
import { dataOf } from '../transport/read-answer.js';
import { VaultError } from '../vault-error.js';
import type { KvData } from './kv.js';
import { secretOf } from './mounts.js';
import type { KvCall } from './mounts.js';

/** With the time, since a secret whose metadata was deleted begins at 1 again. */
export function numberedVersion(number: number, createdTime: string): string {
  return `${number}@${createdTime}`;
}

/** The same for the same data, whatever the order of its keys. */
export function digestVersion(data: KvData): string {
  return `sha256:${createHash('sha256').update(canonical(data)).digest('hex')}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}

/** The current version of a KV 2 secret, from its metadata. */
export async function metadataVersion({ location, request, path }: KvCall, doing: string): Promise<string> {
  const apiPath = `${location.mount.path}metadata/${secretOf(location)}`;
  const reply = await request({ doing, method: 'GET', path: apiPath });
  const metadata = dataOf(reply);
  const current = metadata.number('current_version');
  const details = { retryable: false, status: reply.status, path: apiPath };
  // Metadata can be written before any version is.
  if (current === 0) {
    throw new VaultError('VAULT_NOT_FOUND', `The secret "${path}" has no version yet. Write one.`, details);
  }
  const version = metadata.object('versions').object(String(current));
  if (version.boolean('destroyed')) {
    throw new VaultError(
      'VAULT_DESTROYED',
      `Version ${current} of the secret "${path}" was destroyed. Write a new version.`,
      details,
    );
  }
  if (version.optionalString('deletion_time') !== undefined && isPast(version.string('deletion_time'))) {
    throw new VaultError(
      'VAULT_DELETED',
      `Version ${current} of the secret "${path}" was deleted. Undelete it (vault kv undelete), or write a new version.`,
      details,
    );
  }
  return numberedVersion(current, version.string('created_time'));
}

/** With `delete_version_after`, the time lies ahead while the version is good. */
function isPast(time: string): boolean {
  return Date.parse(time) <= Date.now();
}
