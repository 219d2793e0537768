import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { HostRecord } from './host-record.js';
import type { WakeUp } from './wake-ups.js';

/** A host that is, or was, part of the cluster. */
export interface Host {
  readonly host: string;
  /** The session of its agent; absent when the host is not present. */
  readonly session?: string;
  readonly modifyIndex: number;
  /** What its agent wrote last. Absent when empty or malformed. */
  readonly record?: HostRecord;
  /** Why `record` is absent although there is a value. */
  readonly problem?: string;
}

/** Whether the host name is ours, and who has it when it is not. */
export type HostAcquisition = HostAcquired | HostRefused;

export interface HostAcquired {
  readonly acquired: true;
}

export interface HostRefused {
  readonly acquired: false;
  /** Who has it. Without a session: nobody any more, but the lock delay of the last one still runs. */
  readonly holder?: Host;
}

/** The hosts' presence. Every failed read throws; an empty folder is an empty list. */
export interface Hosts {
  /** All hosts, the absent ones too; keys that name no host are left out. */
  list(options?: CallOptions): Promise<readonly Host[]>;
  get(host: string, options?: CallOptions): Promise<Host | undefined>;
  /** Takes the name `record.host` for a session and publishes the record. */
  acquire(session: string, record: HostRecord, options?: CallOptions): Promise<HostAcquisition>;
  /** Rewrites the record. False, and nothing written, when this session does not have the name. */
  update(session: string, record: HostRecord, options?: CallOptions): Promise<boolean>;
  /** Gives the name up; the record stays as that of an absent host. False when it was not ours. */
  release(session: string, record: HostRecord, options?: CallOptions): Promise<boolean>;
  /** Forgets an absent host. False when it is present. */
  remove(host: string, options?: CallOptions): Promise<boolean>;
  /** Wakes at once and whenever a host comes, goes or changes. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}
