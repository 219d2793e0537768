import { setTimeout as sleep } from 'node:timers/promises';

import { startConsul } from '@raftainer/testing';

import { atATime } from '../harness/at-a-time.js';
import { BenchAgent } from '../harness/bench-agent.js';
import { podNames, PodStore } from '../harness/pods.js';
import { countKinds, vaultKind } from '../harness/request-kinds.js';
import { databaseFile, secretFile, secretPath } from './secret-pods.js';

import type { Ground } from '../harness/ground.js';
import type { KindCounts } from '../harness/request-kinds.js';
import type { BenchVault, VaultDoor } from './bench-vault.js';

/** What was asked of Vault in a time, and how many containers started in it. */
export interface SecretsActivity {
  readonly requests: KindCounts;
  readonly started: number;
}

/** What the slots stand on. */
export interface SlotsOptions {
  readonly vault: BenchVault;
  /** `RAFTAINER_SECRETS_POLL`. */
  readonly pollMs: number;
  /** `RAFTAINER_SECRETS_DIR`. */
  readonly folder: string;
}

/** How long an agent is watched after it was started again, and the deployment after its last container ran. */
export const AFTERWARDS_MS = 20_000;
const CONCURRENT_WRITES = 8;

/** An agent with many slots, each with a KV secret and database credentials of its own. */
export class SlotsWithSecrets {
  readonly #ground: Ground;
  readonly #door: VaultDoor;
  readonly #agent: BenchAgent;
  readonly #store: PodStore;

  private constructor(
    ground: Ground,
    parts: { readonly door: VaultDoor; readonly agent: BenchAgent; readonly store: PodStore },
  ) {
    this.#ground = ground;
    this.#door = parts.door;
    this.#agent = parts.agent;
    this.#store = parts.store;
  }

  /** Starts the agent, without slots yet. */
  static async start(ground: Ground, { vault, pollMs, folder }: SlotsOptions): Promise<SlotsWithSecrets> {
    const consul = await startConsul();
    ground.cleanup.add(() => consul.stop());
    const door = await vault.door();
    await atATime(CONCURRENT_WRITES, podsOf(ground), async (pod) => {
      await vault.admin.kv.write(secretPath(pod), { value: 'first' });
    });
    const store = new PodStore(ground, consul);
    const environment = {
      ...door.environment,
      RAFTAINER_SECRETS_DIR: folder,
      RAFTAINER_SECRETS_POLL: `${pollMs}ms`,
    };
    const podSubnets = '10.218.128.0/17';
    const agent = await BenchAgent.start(ground, { name: 'secrets', consul, podSubnets, environment });
    return new SlotsWithSecrets(ground, { door, agent, store });
  }

  /** Deploys the slots; the login of the agent counts as a part of it. */
  async deploy(): Promise<SecretsActivity> {
    return this.#during(async () => {
      const pods = podsOf(this.#ground);
      const written = await this.#store.write(pods, (pod) => ({ files: [secretFile(pod), databaseFile()] }));
      await this.#store.running(this.#agent, pods, written);
      await this.#store.published(pods);
      await this.#pause(AFTERWARDS_MS);
    });
  }

  /** Counts while nothing happens. */
  async rest(ms: number): Promise<SecretsActivity> {
    this.#door.proxy.take();
    return this.#during(() => this.#pause(ms));
  }

  /** Starts the agent again, in the one way or the other. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<SecretsActivity> {
    this.#door.proxy.take();
    return this.#during(async () => {
      await this.#agent.restart(signal, this.#ground.signal);
      await this.#pause(AFTERWARDS_MS);
    });
  }

  /** Removes the pods and ends the agent. */
  async end(): Promise<void> {
    await this.#store.removeAll(this.#agent);
    await this.#agent.end();
  }

  async #during(work: () => Promise<void>): Promise<SecretsActivity> {
    const query = {
      action: 'start' as const,
      attributes: { 'raftainer.host': this.#agent.host },
      sinceMs: Date.now(),
    };
    await work();
    const requests = countKinds(this.#door.proxy.take(), vaultKind);
    return { requests, started: this.#ground.engine.seen(query).length };
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ground.signal });
  }
}

function podsOf({ options, run }: Ground): readonly string[] {
  return podNames(options.secrets.slots, `${run}-slots`);
}
