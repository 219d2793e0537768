import type { KvSecret } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { durationText, timeText } from '../wire/durations.js';
import { countField, flagField, secondsField } from '../wire/fields.js';
import type { VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { notFound } from '../wire/vault-fault.js';
import { secretKey } from './secret-key.js';

/** A secret without versions yet. */
export function emptySecret(now: string): KvSecret {
  return {
    versions: {},
    currentVersion: 0,
    oldestVersion: 0,
    createdTime: now,
    updatedTime: now,
    maxVersions: 0,
    casRequired: false,
    deleteAfterSec: 0,
  };
}

/** All about a secret but its contents. */
export function readMetadata(context: VaultContext, call: VaultCall): VaultAnswer {
  const secret = context.store.get('kv2', secretKey(call));
  if (secret === undefined) throw notFound();
  const versions = Object.entries(secret.versions).map(
    ([version, { createdTime, deletionTime, destroyed }]) => [
      version,
      { created_time: createdTime, deletion_time: deletionTime, destroyed },
    ],
  );
  return {
    data: {
      cas_required: secret.casRequired,
      created_time: secret.createdTime,
      current_version: secret.currentVersion,
      delete_version_after: durationText(secret.deleteAfterSec),
      max_versions: secret.maxVersions,
      oldest_version: secret.oldestVersion,
      updated_time: secret.updatedTime,
      versions: Object.fromEntries(versions),
    },
  };
}

/** Sets a secret's own rules; it need not be there yet. */
export function writeMetadata(context: VaultContext, call: VaultCall): undefined {
  const before = context.store.get('kv2', secretKey(call)) ?? emptySecret(timeText(context.clock()));
  context.store.put('kv2', secretKey(call), {
    ...before,
    maxVersions: countField(call.body, 'max_versions') ?? before.maxVersions,
    casRequired: flagField(call.body, 'cas_required') ?? before.casRequired,
    deleteAfterSec: secondsField(call.body, 'delete_version_after') ?? before.deleteAfterSec,
  });
}

/** Removes a secret with all its versions, for good. */
export function deleteMetadata(context: VaultContext, call: VaultCall): undefined {
  context.store.delete('kv2', secretKey(call));
}
