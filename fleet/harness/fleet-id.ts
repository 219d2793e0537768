import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** Every fleet has a record here, from before its first part is made until after the last one is gone. */
export const RECORDS = '/run/raftainer-fleet';

/** Names of all parts of one fleet, so that two of them do not meet and what a crash left can be found. */
export interface FleetId {
  /** Four hex digits. */
  readonly id: string;
  /** Of network namespaces, links and the bridge; names of links have 15 letters at most. */
  readonly prefix: string;
  readonly bridge: string;
  /** Of the control group. */
  readonly group: string;
  /** File that says who owns the fleet and where its data is. */
  readonly record: string;
}

/** A random one. */
export function newFleetId(): FleetId {
  return fleetId(randomBytes(2).toString('hex'));
}

/** The names of the fleet with this id. */
export function fleetId(id: string): FleetId {
  const prefix = `rf${id}`;
  return {
    id,
    prefix,
    bridge: `${prefix}-br`,
    group: `/raftainer-fleet-${id}`,
    record: join(RECORDS, `${id}.json`),
  };
}
