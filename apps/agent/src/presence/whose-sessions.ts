import { areDifferent } from './machine.js';

import type { Machine } from './machine.js';

/** What is known of sessions that are to be resumed, and of this host. */
export interface SessionOrigin {
  /** Node of Consul that they belong to, as Consul says. */
  readonly node: string;
  /** Where they were made, as the state directory or the host's record says. */
  readonly machine?: Machine;
}

/** Where this agent runs. */
export interface OwnPlace {
  /** Name of the Consul agent's node. */
  readonly node: string;
  readonly machine: Machine;
}

/**
 * Why sessions are another machine's, although their ids are known here: a state directory that was copied (a cloned
 * machine, a golden image, a backup that was restored elsewhere). Two agents under one session would both run its slots.
 * Consul knows the node that a session belongs to, which no copy can change. Undefined: nothing says so.
 */
export function whyNotOurs({ node, machine = {} }: SessionOrigin, own: OwnPlace): string | undefined {
  if (node !== own.node)
    return `they belong to Consul's node ${node}, and the Consul of this host is ${own.node}`;
  if (areDifferent(machine, own.machine))
    return 'they were made on a machine with another machine id and another Docker engine';
  return undefined;
}
