import type { Drain, DrainInfo, Host, HostRecord } from '@raftainer/cluster';
import type { HostUsage } from '@raftainer/planner';
import { hostUsage } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';
import { holdersOf } from './holders-of.js';
import { worldOf } from './world-of.js';

/** A host as the records show it. */
export interface HostView {
  readonly host: string;
  /**
   * `absent`: no agent holds its session; `engine-down`: it is present, and its Docker engine does not answer; `draining`:
   * it is present and takes nothing new.
   */
  readonly state: 'present' | 'absent' | 'engine-down' | 'draining';
  /** The record of the drain; present also while the host is absent. */
  readonly drain?: Partial<DrainInfo>;
  /** What its agent wrote; absent when there is none, or it cannot be read. */
  readonly record?: HostRecord;
  /** What the host has. */
  readonly capacity?: HostUsage;
  /** What the slots that it holds ask for together. */
  readonly allocated: HostUsage;
  /** The slots that it holds. */
  readonly slots: readonly SlotId[];
  /** Which of its records cannot be read, and why. */
  readonly problems: readonly string[];
}

const NOTHING: HostUsage = { cpu: 0, memoryBytes: 0, gpus: 0 };

/** Every host of which there is a record, or which holds a slot; sorted by name. Pure. */
export function viewHosts(fleet: Fleet): readonly HostView[] {
  const usage = hostUsage(worldOf(fleet));
  const holders = holdersOf(fleet);
  return hostNames(fleet).map((host) => {
    const known = fleet.hosts.find((one) => one.host === host);
    const drain = fleet.drains.find((one) => one.host === host);
    return {
      host,
      state: stateOf(known, drain),
      ...(drain === undefined ? {} : { drain: drain.info ?? {} }),
      ...(known?.record === undefined ? {} : { record: known.record, capacity: capacityOf(known.record) }),
      allocated: usage.get(host) ?? NOTHING,
      slots: [...holders].filter(([, holder]) => holder === host).map(([slot]) => slot),
      problems: problemsOf(fleet, host),
    };
  });
}

function stateOf(known: Host | undefined, drain: Drain | undefined): HostView['state'] {
  if (known?.session === undefined) return 'absent';
  if (known.record?.engine !== undefined) return 'engine-down';
  return drain === undefined ? 'present' : 'draining';
}

/** Names of all hosts that anything is known of, sorted. */
export function hostNames(fleet: Fleet): readonly string[] {
  const names = new Set([
    ...fleet.hosts.map(({ host }) => host),
    ...fleet.drains.map(({ host }) => host),
    ...holdersOf(fleet).values(),
  ]);
  return [...names].sort();
}

function capacityOf({ facts }: HostRecord): HostUsage {
  return { cpu: facts.cpu.cores, memoryBytes: facts.memory.totalBytes, gpus: facts.gpus.length };
}

function problemsOf(fleet: Fleet, host: string): readonly string[] {
  const unreadable = (what: string, problem: string | undefined): readonly string[] =>
    problem === undefined ? [] : [`${what} is unreadable: ${problem}`];
  const find = <T extends { readonly host: string }>(records: readonly T[]): T | undefined =>
    records.find((one) => one.host === host);
  return [
    ...unreadable('its record', find(fleet.hosts)?.problem),
    ...unreadable('its verdicts record', find(fleet.verdicts)?.problem),
    ...unreadable('its drain record', find(fleet.drains)?.problem),
  ];
}
