import type { KvSecret, KvVersion } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { timeText } from '../wire/durations.js';
import { countField, isObject, objectField } from '../wire/fields.js';
import type { JsonObject, VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { kv2Config } from './kv2-config.js';
import { emptySecret } from './kv2-metadata.js';
import { secretKey } from './secret-key.js';
import { refuseLarge } from './refuse-large.js';

/** How many versions are kept when nobody says. */
const DEFAULT_MAX_VERSIONS = 10;

/** The version that is asked for, or the latest. A 404 still shows what is known of a deleted one. */
export function readVersion(context: VaultContext, call: VaultCall): VaultAnswer {
  const secret = context.store.get('kv2', secretKey(call));
  const wanted = countField({ version: call.query.get('version') }, 'version') ?? 0;
  const number = wanted === 0 ? (secret?.currentVersion ?? 0) : wanted;
  const version = secret?.versions[number];
  if (version === undefined) throw notFound();
  const metadata = showVersion(version, number);
  const gone = version.destroyed || isDeleted(version, context.clock());
  if (gone) return { status: 404, data: { data: null, metadata } };
  return { data: { data: version.data, metadata } };
}

/** Adds a version. */
export function writeVersion(context: VaultContext, call: VaultCall): VaultAnswer {
  const { data } = call.body;
  if (!isObject(data)) throw badRequest('no data provided');
  refuseLarge(data);
  const config = kv2Config(context, call);
  const now = context.clock();
  const before = context.store.get('kv2', secretKey(call)) ?? emptySecret(timeText(now));
  checkCas(call, { before, required: before.casRequired || config.casRequired });
  const deleteAfterSec = before.deleteAfterSec || config.deleteAfterSec;
  const version: KvVersion = {
    data,
    createdTime: timeText(now),
    deletionTime: deleteAfterSec === 0 ? '' : timeText(now + deleteAfterSec * 1000),
    destroyed: false,
  };
  const number = before.currentVersion + 1;
  const max = before.maxVersions || config.maxVersions || DEFAULT_MAX_VERSIONS;
  context.store.put('kv2', secretKey(call), {
    ...before,
    ...kept({ ...before.versions, [number]: version }, number, max),
    currentVersion: number,
    updatedTime: version.createdTime,
  });
  return { data: showVersion(version, number) };
}

/** Deletes the latest version, so that it can be brought back. */
export function deleteLatest(context: VaultContext, call: VaultCall): undefined {
  const current = context.store.get('kv2', secretKey(call))?.currentVersion ?? 0;
  change(context, call, { versions: [current], how: (version) => deleted(version, context.clock()) });
}

/** Deletes the versions that are named. */
export function deleteVersions(context: VaultContext, call: VaultCall): undefined {
  change(context, call, { versions: versionsOf(call), how: (version) => deleted(version, context.clock()) });
}

/** Brings deleted versions back. */
export function undeleteVersions(context: VaultContext, call: VaultCall): undefined {
  const how = (version: KvVersion): KvVersion =>
    version.destroyed ? version : { ...version, deletionTime: '' };
  change(context, call, { versions: versionsOf(call), how });
}

/** Removes the contents of versions for good. */
export function destroyVersions(context: VaultContext, call: VaultCall): undefined {
  const how = (version: KvVersion): KvVersion => ({ ...version, data: null, destroyed: true });
  change(context, call, { versions: versionsOf(call), how });
}

interface VersionChange {
  readonly versions: readonly number[];
  readonly how: (version: KvVersion) => KvVersion;
}

function change(context: VaultContext, call: VaultCall, { versions, how }: VersionChange): void {
  const secret = context.store.get('kv2', secretKey(call));
  if (secret === undefined) return;
  const changed = versions.flatMap((number) => {
    const version = secret.versions[number];
    return version === undefined ? [] : [[number, how(version)] as const];
  });
  if (changed.length === 0) return;
  context.store.put('kv2', secretKey(call), {
    ...secret,
    versions: { ...secret.versions, ...Object.fromEntries(changed) },
    updatedTime: timeText(context.clock()),
  });
}

function deleted(version: KvVersion, nowMs: number): KvVersion {
  return version.destroyed || isDeleted(version, nowMs)
    ? version
    : { ...version, deletionTime: timeText(nowMs) };
}

/** A moment of deletion may lie in the future. */
function isDeleted(version: KvVersion, nowMs: number): boolean {
  return version.deletionTime !== '' && Date.parse(version.deletionTime) <= nowMs;
}

function versionsOf(call: VaultCall): readonly number[] {
  const { versions } = call.body;
  const all: readonly unknown[] = Array.isArray(versions)
    ? versions
    : versions === undefined
      ? []
      : [versions];
  if (all.length === 0) throw badRequest('No version number provided');
  return all.map((version) => countField({ versions: version }, 'versions') ?? 0);
}

function checkCas(
  call: VaultCall,
  { before, required }: { readonly before: KvSecret; readonly required: boolean },
): void {
  const cas = countField(objectField(call.body, 'options') ?? {}, 'cas');
  if (cas === undefined && required) throw badRequest('check-and-set parameter required for this call');
  if (cas !== undefined && cas !== before.currentVersion)
    throw badRequest('check-and-set parameter did not match the current version');
}

/** Only the newest `max` versions stay. */
function kept(
  versions: Readonly<Record<string, KvVersion>>,
  newest: number,
  max: number,
): Pick<KvSecret, 'versions' | 'oldestVersion'> {
  const oldest = newest - max + 1;
  const staying = Object.entries(versions).filter(([number]) => Number(number) >= oldest);
  return { versions: Object.fromEntries(staying), oldestVersion: Math.max(oldest > 1 ? oldest : 0, 0) };
}

function showVersion(version: KvVersion, number: number): JsonObject {
  return {
    created_time: version.createdTime,
    deletion_time: version.deletionTime,
    destroyed: version.destroyed,
    version: number,
  };
}
