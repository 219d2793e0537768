import { readMachine } from './machine.js';
import { ownNode } from './own-node.js';
import { whyNotOurs } from './whose-sessions.js';

import type { Machine } from './machine.js';
import type { SessionIds } from './sessions.js';
import type { ConsulClient } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';

/** What telling sessions apart needs. */
export interface SessionOriginsOptions {
  readonly consul: ConsulClient;
  readonly docker: Pick<Docker, 'info'>;
  readonly logger: Logger;
}

/** Tells whether sessions of which the ids are known here were made here. */
export class SessionOrigins {
  readonly #options: SessionOriginsOptions;
  #machine: Machine = {};
  #complained = false;

  constructor(options: SessionOriginsOptions) {
    this.#options = options;
  }

  /** This machine. An engine that does not answer yet is asked again the next time. */
  async machine(): Promise<Machine> {
    if (this.#machine.engineId === undefined) this.#machine = await readMachine(this.#options.docker);
    return this.#machine;
  }

  /** True also for sessions that are gone: there is nothing to be taken from anybody. */
  async areOurs(ids: SessionIds, machine: Machine | undefined, signal: AbortSignal): Promise<boolean> {
    const { consul, logger } = this.#options;
    const known = [ids.exclusive, ids.shared].filter((id) => id !== undefined);
    const infos = await Promise.all(known.map((id) => consul.sessions.info(id, { signal })));
    const alive = infos.find((info) => info !== undefined);
    if (alive === undefined) return true;
    const node = await ownNode(this.#options.consul, signal);
    const own = { node: node ?? alive.node, machine: await this.machine() };
    const why = whyNotOurs({ node: alive.node, ...(machine === undefined ? {} : { machine }) }, own);
    if (why === undefined) return true;
    const message = `The sessions that are known here are another machine's, and are left alone: ${why}. This state directory is a copy, or another host has this name: give every host a HOSTNAME and a state directory of its own.`;
    if (!this.#complained) logger.error({ code: 'AGENT_SESSIONS_NOT_OURS', sessions: ids }, message);
    this.#complained = true;
    return false;
  }
}
