import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { SERVICE_META } from '@raftainer/planner';

import { codeOf } from '../agent-error.js';

import type { Registrations } from '../health/registrations.js';
import type { ConsulClient } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';

/** What the agent's own check needs. */
export interface AgentCheckOptions {
  readonly consul: ConsulClient;
  readonly host: string;
  readonly address: string;
  readonly version: string;
  readonly ttlMs: number;
  readonly logger: Logger;
  readonly registrations: Pick<Registrations, 'isStale' | 'renewed'>;
}

/** A service that is not there any more after this long is a host that was taken away. */
const DEREGISTER_AFTER_MS = 24 * 3_600_000;
const NOTE = 'the agent runs';

/**
 * The agent as a Consul service with a TTL check of the local Consul agent. The sessions hang on the check, so Consul
 * frees this host's claims the moment it lapses. Passing it writes nothing while its state does not change.
 */
export class AgentCheck {
  readonly serviceId: string;
  readonly checkId: string;
  readonly #options: AgentCheckOptions;
  /** The registration is known to be that of this run. */
  #current = false;

  constructor(options: AgentCheckOptions) {
    this.#options = options;
    this.serviceId = `raftainer-agent-${options.host}`;
    this.checkId = `${this.serviceId}/alive`;
  }

  /** Makes the check pass, and registers it where it is not known as it should be. */
  async ensure(signal: AbortSignal): Promise<void> {
    try {
      await this.#pass(signal);
      const isStale = this.#options.registrations.isStale(this.serviceId);
      if (isStale || (!this.#current && !(await this.#isCurrent(signal)))) await this.#register(signal);
      this.#current = true;
    } catch (error: unknown) {
      if (codeOf(error) !== 'CONSUL_NOT_FOUND') throw error;
      await this.#register(signal);
    }
  }

  /** Has the check that an earlier run registered live on while everything else is found out; nothing when there is none. */
  async revive(signal: AbortSignal): Promise<void> {
    await this.#pass(signal).catch(() => undefined);
  }

  /** Beats three times per TTL until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let complained = false;
    for (;;) {
      const startedAt = performance.now();
      try {
        await this.ensure(signal);
        complained = false;
      } catch (error: unknown) {
        if (signal.aborted) return;
        if (!complained)
          this.#options.logger.warn({ error }, "The agent's own check could not be passed in Consul");
        complained = true;
      }
      const restMs = this.#options.ttlMs / 3 - (performance.now() - startedAt);
      await sleep(Math.max(50, restMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  async remove(): Promise<void> {
    await this.#options.consul.services.deregister(this.serviceId);
  }

  /** Whether an earlier run registered just this: then there is nothing to write. */
  async #isCurrent(signal: AbortSignal): Promise<boolean> {
    const services = await this.#options.consul.services.list({ signal });
    const found = services.find(({ id }) => id === this.serviceId);
    return found !== undefined && isDeepStrictEqual(found.meta, this.#meta());
  }

  #meta(): Readonly<Record<string, string>> {
    const { host, version, ttlMs } = this.#options;
    return {
      [SERVICE_META.host]: host,
      'raftainer-version': version,
      'raftainer-check-ttl-ms': String(ttlMs),
    };
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { consul, ttlMs } = this.#options;
    await consul.services.ttl.pass(this.checkId, NOTE, { signal, timeoutMs: Math.ceil(ttlMs / 3) });
  }

  async #register(signal: AbortSignal): Promise<void> {
    const { consul, host, address, ttlMs, registrations } = this.#options;
    const check = {
      checkId: this.checkId,
      name: `the Raftainer agent of ${host} runs`,
      ttlMs,
      status: 'passing',
      deregisterAfterMs: DEREGISTER_AFTER_MS,
    } as const;
    await consul.services.register(
      {
        id: this.serviceId,
        name: 'raftainer-agent',
        address,
        meta: this.#meta(),
        checks: [check],
      },
      { signal },
    );
    registrations.renewed(this.serviceId);
  }
}
