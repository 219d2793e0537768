import { setTimeout as sleep } from 'node:timers/promises';

import { startConsul } from '@raftainer/testing';

import { atATime } from '../harness/at-a-time.js';
import { BenchAgent } from '../harness/bench-agent.js';
import { podNames, PodStore } from '../harness/pods.js';
import { fileHolds } from './file-holds.js';
import { secretFile, secretPath, VALUE_FILE } from './secret-pods.js';

import type { Ground } from '../harness/ground.js';
import type { RecordedRequest } from '../harness/recording-proxy.js';
import type { BenchVault, VaultDoor } from './bench-vault.js';

/** One change of a KV value, in milliseconds. */
export interface ChangeTimes {
  /** From just before the write until the container's file has it. */
  readonly fileMs: number;
  /** From the arrival of the request that noticed it until then. */
  readonly noticedMs: number;
}

/** Which secrets are watched, and by whom. */
export interface WatchedSecretsOptions {
  /** Of the agent, a part of names. */
  readonly name: string;
  readonly vault: BenchVault;
  /** `RAFTAINER_SECRETS_POLL`. */
  readonly pollMs: number;
  /** Pods, each with a secret of its own. */
  readonly pods: number;
  /** `RAFTAINER_SECRETS_DIR`. */
  readonly folder: string;
  readonly podSubnets: string;
}

/** After its interval a look may come a tenth later, and a busy machine takes its time. */
const PATIENCE_MS = 60_000;

/** An agent of its own that looks after secrets at an interval; they are changed, and looked at in the containers. */
export class WatchedSecrets {
  readonly #ground: Ground;
  readonly #options: WatchedSecretsOptions;
  readonly #agent: BenchAgent;
  readonly #store: PodStore;
  /** Of the process 1 of each pod. */
  readonly #pids: ReadonlyMap<string, number>;
  readonly door: VaultDoor;
  #changes = 0;

  private constructor(
    ground: Ground,
    options: WatchedSecretsOptions,
    parts: {
      readonly agent: BenchAgent;
      readonly store: PodStore;
      readonly pids: ReadonlyMap<string, number>;
      readonly door: VaultDoor;
    },
  ) {
    this.#ground = ground;
    this.#options = options;
    this.#agent = parts.agent;
    this.#store = parts.store;
    this.#pids = parts.pids;
    this.door = parts.door;
  }

  /** Starts the agent and its pods, and waits until they run. */
  static async start(ground: Ground, options: WatchedSecretsOptions): Promise<WatchedSecrets> {
    const { name, vault, pollMs, folder, podSubnets } = options;
    const consul = await startConsul();
    ground.cleanup.add(() => consul.stop());
    const door = await vault.door();
    const environment = {
      ...door.environment,
      RAFTAINER_SECRETS_DIR: folder,
      RAFTAINER_SECRETS_POLL: `${pollMs}ms`,
    };
    const store = new PodStore(ground, consul);
    const agent = await BenchAgent.start(ground, { name, consul, podSubnets, environment });
    const names = podNames(options.pods, `${ground.run}-${name}`);
    for (const pod of names) await vault.admin.kv.write(secretPath(pod), { value: 'first' });
    const written = await store.write(names, (pod) => ({ files: [secretFile(pod)] }));
    const { ids } = await store.running(agent, names, written);
    await store.published(names);
    return new WatchedSecrets(ground, options, { agent, store, pids: await pidsOf(ground, ids), door });
  }

  /** Changes one secret again and again, each time at another point of the interval; `between` is done after each. */
  async changeInTurn(times: number, between: () => Promise<void>): Promise<readonly ChangeTimes[]> {
    const { log, signal } = this.#ground;
    const { pollMs } = this.#options;
    const [pod = ''] = this.#pids.keys();
    const measured: ChangeTimes[] = [];
    // The first time is for code that never ran.
    await this.#change(pod);
    for (let time = 0; time < times; time += 1) {
      log(`  a secret is changed, ${time + 1} of ${times}`);
      // The last look was a moment ago: it noticed the last change.
      await sleep(((time + 0.5) / times) * pollMs, undefined, { signal });
      measured.push(await this.#change(pod));
      await between();
    }
    return measured;
  }

  /** Changes the secrets of all pods, spread over one interval. */
  async changeAll(): Promise<readonly ChangeTimes[]> {
    const { signal, log } = this.#ground;
    const pods = [...this.#pids.keys()];
    const measured: ChangeTimes[] = [];
    await atATime(pods.length, pods, async (pod, index) => {
      await sleep((index / pods.length) * this.#options.pollMs, undefined, { signal });
      measured.push(await this.#change(pod));
      log(`  ${measured.length} of ${pods.length} changes have arrived`);
    });
    return measured;
  }

  /** Removes the pods and ends the agent. */
  async end(): Promise<void> {
    await this.#store.removeAll(this.#agent);
    await this.#agent.end();
  }

  async #change(pod: string): Promise<ChangeTimes> {
    const { signal, run } = this.#ground;
    const { vault, pollMs } = this.#options;
    this.#changes += 1;
    const value = `${run} ${this.#changes}`;
    const path = `/proc/${this.#pids.get(pod) ?? ''}/root${VALUE_FILE}`;
    const sinceMs = Date.now();
    const [atMs] = await Promise.all([
      fileHolds(path, value, { signal, timeoutMs: 2 * pollMs + PATIENCE_MS }),
      vault.admin.kv.write(secretPath(pod), { value }),
    ]);
    const lookMs = noticingLook(this.door.proxy.peek(), pod, sinceMs)?.atMs;
    return { fileMs: atMs - sinceMs, noticedMs: atMs - (lookMs ?? NaN) };
  }
}

/** The look at the version that was followed by a read of the new value. */
function noticingLook(
  requests: readonly RecordedRequest[],
  pod: string,
  sinceMs: number,
): RecordedRequest | undefined {
  const [mount, secret] = secretPath(pod).split('/', 2);
  const own = requests.filter(
    ({ method, path }) =>
      method === 'GET' &&
      [`/v1/${mount}/metadata/${secret}`, `/v1/${mount}/data/${secret}`].some((each) =>
        path.startsWith(each),
      ),
  );
  const read = own.findIndex(({ path, atMs }) => atMs >= sinceMs && path.includes('/data/'));
  return read < 0 ? undefined : own.slice(0, read).findLast(({ path }) => path.includes('/metadata/'));
}

async function pidsOf(ground: Ground, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const pids = new Map<string, number>();
  for (const id of ids) {
    const { pid, labels } = await ground.docker.containers.inspect(id);
    if (pid === undefined) throw new Error(`The container ${id} does not run.`);
    pids.set(labels['raftainer.pod'] ?? id, pid);
  }
  return pids;
}
