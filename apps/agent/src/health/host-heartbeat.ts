import { SERVICE_META } from '@raftainer/planner';

import { codeOf } from '../agent-error.js';

import type { Registrations } from './registrations.js';
import type { ConsulClient } from '@raftainer/consul';

/** What the heartbeat of a host needs. */
export interface HostHeartbeatOptions {
  readonly consul: ConsulClient;
  /** Name of this host. */
  readonly host: string;
  readonly address: string;
  readonly registrations: Pick<Registrations, 'isStale' | 'renewed'>;
}

/** Life of the check without a beat. Two beats may get lost, and a restart of the agent is not seen by clients. */
export const HEARTBEAT_TTL_MS = 60_000;
export const HEARTBEAT_EVERY_MS = 20_000;
/** Longer than what follows it is kept: an alias of a service that is not there would pass. */
const DEREGISTER_AFTER_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;

interface Call {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Id of the service that the alias checks of a host's slots follow. */
export function heartbeatServiceOf(host: string): string {
  return `raftainer-heartbeat-${host}`;
}

/** Id of its TTL check. */
export function heartbeatCheckOf(host: string): string {
  return `${heartbeatServiceOf(host)}/alive`;
}

/**
 * A service of this host whose TTL check says that somebody looks after its slots: the agent, or a guard that holds its
 * claims. Their services follow it by alias checks, so one beat speaks for all of them, whatever their number.
 */
export class HostHeartbeat {
  readonly serviceId: string;
  readonly #checkId: string;
  readonly #options: HostHeartbeatOptions;

  constructor(options: HostHeartbeatOptions) {
    this.#options = options;
    this.serviceId = heartbeatServiceOf(options.host);
    this.#checkId = heartbeatCheckOf(options.host);
  }

  /** Makes the check pass, and registers it where Consul does not know it. */
  async beat(signal?: AbortSignal): Promise<void> {
    const call = { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
    try {
      await this.#pass(call);
      if (this.#options.registrations.isStale(this.serviceId)) await this.#register(call);
    } catch (error: unknown) {
      if (codeOf(error) !== 'CONSUL_NOT_FOUND') throw error;
      await this.#register(call);
    }
  }

  /** When nothing of this host is left that follows it. */
  async remove(): Promise<void> {
    await this.#options.consul.services.deregister(this.serviceId);
  }

  async #pass(call: Call): Promise<void> {
    await this.#options.consul.services.ttl.pass(
      this.#checkId,
      'the slots of this host are looked after',
      call,
    );
  }

  async #register(call: Call): Promise<void> {
    const { consul, host, address } = this.#options;
    const check = {
      checkId: this.#checkId,
      name: `the slots of ${host} are looked after`,
      ttlMs: HEARTBEAT_TTL_MS,
      status: 'passing',
      deregisterAfterMs: DEREGISTER_AFTER_MS,
    } as const;
    const meta = { [SERVICE_META.host]: host };
    await consul.services.register(
      { id: this.serviceId, name: 'raftainer-heartbeat', address, meta, checks: [check] },
      call,
    );
    // Consul keeps the state of a check on disk only once it was passed: one that was registered as passing is critical
    // after a restart of Consul, and all slots with it.
    await this.#pass(call);
    this.#options.registrations.renewed(this.serviceId);
  }
}
