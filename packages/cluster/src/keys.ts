import { ClusterError } from './cluster-error.js';
import type { SlotRef } from '@raftainer/pod-spec';

/** First segment of every key when none is given. */
export const DEFAULT_PREFIX = 'raftainer';

const POD_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
const PREFIX = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const LOCK = /^([^/]+)\/(0|[1-9]\d{0,8})\.lock$/;
const SLOT = /^([^/]+)\/(0|[1-9]\d{0,8})$/;
// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const UNUSABLE = /[\u0000-\u001f\u007f]/;

/** The folders that the records live in; each ends with a slash, so that `web` never matches `web-2`. */
export interface ClusterFolders {
  readonly pods: string;
  readonly claims: string;
  readonly statuses: string;
  readonly verdicts: string;
  readonly hosts: string;
  readonly drains: string;
  readonly moves: string;
  readonly secretLeases: string;
}

/** The folders under a prefix (default {@link DEFAULT_PREFIX}). Throws `CLUSTER_INVALID_NAME`. */
export function folders(prefix: string = DEFAULT_PREFIX): ClusterFolders {
  if (!PREFIX.test(prefix)) {
    throw invalid('prefix', prefix, 'segments of letters, digits, ".", "_" and "-", joined by "/"');
  }
  return {
    pods: `${prefix}/pods/configs/`,
    claims: `${prefix}/pods/locks/`,
    statuses: `${prefix}/pods/status/`,
    verdicts: `${prefix}/pods/verdicts/`,
    hosts: `${prefix}/hosts/`,
    drains: `${prefix}/drains/`,
    moves: `${prefix}/pods/moves/`,
    secretLeases: `${prefix}/pods/leases/`,
  };
}

/** Whether the text can name a pod: a DNS label in lower case, at most 63 characters. */
export function isPodName(text: string): boolean {
  return POD_NAME.test(text);
}

/** Whether the text can name a host: letters, digits, `.`, `_` and `-`, at most 253 characters. */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text);
}

/** `raftainer/pods/configs/{pod}`. Throws `CLUSTER_INVALID_NAME`. */
export function podConfigKey(pod: string, prefix?: string): string {
  return folders(prefix).pods + checkedPod(pod);
}

/**
 * The key of a pod record as it was listed, whatever others have put there (`Web`, `a/b`), so that a
 * definition that no pod can have may still be read and removed. Throws `CLUSTER_INVALID_NAME`.
 */
export function listedPodKey(name: string, prefix?: string): string {
  if (name === '' || name.endsWith('/') || UNUSABLE.test(name) || name.length > 512) {
    throw invalid('pod name', name, 'some text without control characters that does not end in "/"');
  }
  return folders(prefix).pods + name;
}

/** The name under the definitions' folder, which need not be a valid one; undefined for other keys. */
export function parsePodConfigKey(key: string, prefix?: string): string | undefined {
  const folder = folders(prefix).pods;
  const name = key.startsWith(folder) ? key.slice(folder.length) : '';
  return name === '' || name.endsWith('/') ? undefined : name;
}

/** `raftainer/pods/locks/{pod}/{index}.lock`. Throws `CLUSTER_INVALID_NAME`. */
export function claimKey(pod: string, index: number, prefix?: string): string {
  return `${folders(prefix).claims}${checkedPod(pod)}/${checkedIndex(index)}.lock`;
}

/** The slot that a claim key is of; undefined for any other key. */
export function parseClaimKey(key: string, prefix?: string): SlotRef | undefined {
  return parseSlot(key, folders(prefix).claims, LOCK);
}

/** `raftainer/pods/status/{pod}/{index}`. Throws `CLUSTER_INVALID_NAME`. */
export function statusKey(pod: string, index: number, prefix?: string): string {
  return `${podStatusFolder(pod, prefix)}${checkedIndex(index)}`;
}

/** `raftainer/pods/status/{pod}/`, where the statuses of one pod are. Throws `CLUSTER_INVALID_NAME`. */
export function podStatusFolder(pod: string, prefix?: string): string {
  return `${folders(prefix).statuses}${checkedPod(pod)}/`;
}

/** The slot that a status key is of; undefined for any other key. */
export function parseStatusKey(key: string, prefix?: string): SlotRef | undefined {
  return parseSlot(key, folders(prefix).statuses, SLOT);
}

/** `raftainer/pods/verdicts/{host}`. Throws `CLUSTER_INVALID_NAME`. */
export function verdictsKey(host: string, prefix?: string): string {
  return folders(prefix).verdicts + checkedHost(host);
}

/** The host that a verdicts key is of; undefined for any other key. */
export function parseVerdictsKey(key: string, prefix?: string): string | undefined {
  return parseHost(key, folders(prefix).verdicts);
}

/** `raftainer/hosts/{host}`. Throws `CLUSTER_INVALID_NAME`. */
export function hostKey(host: string, prefix?: string): string {
  return folders(prefix).hosts + checkedHost(host);
}

/** The host that a presence key is of; undefined for any other key. */
export function parseHostKey(key: string, prefix?: string): string | undefined {
  return parseHost(key, folders(prefix).hosts);
}

/** `raftainer/drains/{host}`. Throws `CLUSTER_INVALID_NAME`. */
export function drainKey(host: string, prefix?: string): string {
  return folders(prefix).drains + checkedHost(host);
}

/** The host that a drain key is of; undefined for any other key. */
export function parseDrainKey(key: string, prefix?: string): string | undefined {
  return parseHost(key, folders(prefix).drains);
}

/** `raftainer/pods/moves/{pod}/{index}`. Throws `CLUSTER_INVALID_NAME`. */
export function moveKey(pod: string, index: number, prefix?: string): string {
  return `${folders(prefix).moves}${checkedPod(pod)}/${checkedIndex(index)}`;
}

/** The slot that a move key is of; undefined for any other key. */
export function parseMoveKey(key: string, prefix?: string): SlotRef | undefined {
  return parseSlot(key, folders(prefix).moves, SLOT);
}

/** `raftainer/pods/leases/{pod}/{index}`. Throws `CLUSTER_INVALID_NAME`. */
export function secretLeasesKey(pod: string, index: number, prefix?: string): string {
  return `${folders(prefix).secretLeases}${checkedPod(pod)}/${checkedIndex(index)}`;
}

/** The slot that a key of leases is of; undefined for any other key. */
export function parseSecretLeasesKey(key: string, prefix?: string): SlotRef | undefined {
  return parseSlot(key, folders(prefix).secretLeases, SLOT);
}

function parseSlot(key: string, folder: string, pattern: RegExp): SlotRef | undefined {
  const match = key.startsWith(folder) ? pattern.exec(key.slice(folder.length)) : null;
  const [, pod, index] = match ?? [];
  if (pod === undefined || index === undefined || !isPodName(pod)) {
    return undefined;
  }
  return { pod, index: Number(index) };
}

function parseHost(key: string, folder: string): string | undefined {
  const host = key.startsWith(folder) ? key.slice(folder.length) : '';
  return isHostName(host) ? host : undefined;
}

function checkedPod(name: string): string {
  if (!isPodName(name)) {
    throw invalid('pod name', name, 'a DNS label: 1 to 63 of a-z, 0-9 and "-", not at the ends');
  }
  return name;
}

function checkedHost(name: string): string {
  if (!isHostName(name)) {
    throw invalid('host name', name, 'up to 253 letters, digits, ".", "_" and "-"');
  }
  return name;
}

function checkedIndex(index: number): number {
  if (!Number.isInteger(index) || index < 0 || index > 999_999_999) {
    throw invalid('slot index', String(index), 'a whole number from 0');
  }
  return index;
}

function invalid(what: string, value: string, expected: string): ClusterError {
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return new ClusterError(
    'CLUSTER_INVALID_NAME',
    `${what} ${shown} cannot be part of a key; use ${expected}`,
  );
}
