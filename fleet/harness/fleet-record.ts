import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ControlGroup, freezerTree } from './control-group.js';
import { fleetId, RECORDS } from './fleet-id.js';
import { removeNamespaces } from './mount-namespace.js';
import { removeBridge, removeLinks } from './network.js';
import { startTicks } from './process-stat.js';

import type { FleetId } from './fleet-id.js';

/** Who owns a fleet, and where its data is. */
interface FleetRecord {
  readonly pid: number;
  /** Tells the owner from a later process with the same id. */
  readonly startTicks: number;
  readonly folder: string;
}

/** Where a fleet keeps its mount namespaces. */
export function namespacesFolder(folder: string): string {
  return join(folder, 'namespaces');
}

/** Says that this process owns a fleet, before its first part is made: whatever happens, it can be swept. */
export function recordFleet(id: FleetId, folder: string): void {
  mkdirSync(RECORDS, { recursive: true });
  const record: FleetRecord = { pid: process.pid, startTicks: startTicks(process.pid) ?? 0, folder };
  const draft = `${id.record}.new`;
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, id.record);
}

/** Removes everything of a fleet, in whatever state it is; what is gone already is no error. The record goes last. */
export async function removeFleet(id: FleetId, folder: string): Promise<void> {
  const tree = freezerTree();
  const group = tree === undefined ? undefined : new ControlGroup(tree, id.group);
  await group?.kill();
  await removeNamespaces(namespacesFolder(folder));
  await removeLinks(id);
  await removeBridge(id);
  await group?.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  rmSync(id.record, { force: true });
}

/** Removes the fleets whose owner is gone; gives their ids. */
export async function sweepFleets(): Promise<readonly string[]> {
  const ids = existsSync(RECORDS) ? readdirSync(RECORDS).filter((name) => name.endsWith('.json')) : [];
  const left = ids
    .map((name) => ({ id: fleetId(name.replace('.json', '')), record: readRecord(join(RECORDS, name)) }))
    .filter(({ record }) => record !== undefined && startTicks(record.pid) !== record.startTicks);
  for (const { id, record } of left) if (record !== undefined) await removeFleet(id, record.folder);
  return left.map(({ id }) => id.id);
}

/** Undefined when it has just been removed. */
function readRecord(file: string): FleetRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FleetRecord;
  } catch {
    return undefined;
  }
}
